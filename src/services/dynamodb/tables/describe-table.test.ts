import assert from 'node:assert/strict';
import { test } from 'node:test';
import { simpleTable, startDynamodb } from '../../../../test/support/dynamodb.ts';

// Recorded: dynamodb.json TestDynamoDB::test_dynamodb_create_table_with_partial_sse_specification
test('a table without a key of its own shows the same one of its account, until that is taken away', async () => {
  const db = await startDynamodb();
  const TableName = 'tab';
  const made = await db.call('CreateTable', {
    ...simpleTable(),
    SSESpecification: { Enabled: true },
  });
  const { SSEDescription } = made.TableDescription ?? {};
  assert.deepEqual([SSEDescription?.Status, SSEDescription?.SSEType], ['ENABLED', 'KMS']);
  assert.match(
    SSEDescription?.KMSMasterKeyArn ?? '',
    /:key\/[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/,
  );
  const SSESpecification = { Enabled: false };
  const changed = await db.call('UpdateTable', { TableName, SSESpecification });
  assert.deepEqual(changed.TableDescription?.SSEDescription, {
    ...SSEDescription,
    Status: 'UPDATING',
  });
  const { Table } = await db.call('DescribeTable', { TableName });
  assert.equal(Table?.SSEDescription, undefined);
});
