import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { simpleTable, startDynamodb, type TestDynamodb } from '../../../test/support/dynamodb.ts';
import { requestContext } from '../../../test/support/request-context.ts';
import { dynamodbPermissions } from './permissions.ts';
import { TableDefinitions } from './store/tables.ts';

const ACCOUNT = '111111111111';
const context = { ...requestContext(ACCOUNT), region: 'eu-central-1' };
const TABLE = `arn:aws:dynamodb:eu-central-1:${ACCOUNT}:table/tab`;
const KEY = { h: { S: 'ann' } };

describe('what DynamoDB’s operations need', () => {
  let db: TestDynamodb;
  before(async () => {
    db = await startDynamodb();
    await db.call('CreateTable', simpleTable());
  });
  after(() => db[Symbol.asyncDispose]());

  async function ask(operation: string, input: Readonly<Record<string, unknown>>) {
    const { database } = db;
    const permissions = dynamodbPermissions({ database, tables: new TableDefinitions() });
    const needs = await permissions.needsOf({ operation, input, context });
    const keys = needs.map((need) => need.keys?.['dynamodb:LeadingKeys']);
    return { needs: needs.map(({ action, resource }) => `${action} ${resource}`), keys };
  }

  test('a table by name or ARN, an index of it, and both tables of a restoration', async () => {
    const scan = [`dynamodb:Scan ${TABLE}`];
    assert.deepEqual((await ask('Scan', { TableName: 'tab' })).needs, scan);
    assert.deepEqual((await ask('Scan', { TableName: TABLE })).needs, scan);
    const indexed = await ask('Scan', { TableName: 'tab', IndexName: 'i' });
    assert.deepEqual(indexed.needs, [`dynamodb:Scan ${TABLE}/index/i`]);
    const restoration = { SourceTableName: 'old', TargetTableName: 'tab' };
    assert.deepEqual((await ask('RestoreTableToPointInTime', restoration)).needs, [
      `dynamodb:RestoreTableToPointInTime ${TABLE.replace('/tab', '/old')}`,
      `dynamodb:RestoreTableToPointInTime ${TABLE}`,
    ]);
    // The stream that is named does not stand for the table that is changed.
    const destination = { TableName: 'tab', StreamArn: 'arn:aws:kinesis:r:1:stream/s' };
    const { needs } = await ask('EnableKinesisStreamingDestination', destination);
    assert.deepEqual(needs, [`dynamodb:EnableKinesisStreamingDestination ${TABLE}`]);
  });

  test('batches on each table, transactions and statements by their parts', async () => {
    const batch = { RequestItems: { tab: { Keys: [KEY] }, other: { Keys: [KEY] } } };
    assert.deepEqual((await ask('BatchGetItem', batch)).needs, [
      `dynamodb:BatchGetItem ${TABLE}`,
      `dynamodb:BatchGetItem ${TABLE.replace('/tab', '/other')}`,
    ]);
    const TransactItems = [
      { Put: { TableName: 'tab', Item: KEY } },
      { ConditionCheck: { TableName: 'tab', Key: KEY } },
    ];
    assert.deepEqual((await ask('TransactWriteItems', { TransactItems })).needs, [
      `dynamodb:PutItem ${TABLE}`,
      `dynamodb:ConditionCheckItem ${TABLE}`,
    ]);
    const Statement = `UPDATE "tab" SET v = 1 WHERE h = 'ann'`;
    const updated = await ask('ExecuteStatement', { Statement });
    assert.deepEqual(updated.needs, [`dynamodb:PartiQLUpdate ${TABLE}`]);
    const unread = await ask('ExecuteStatement', { Statement: 'no statement' });
    assert.deepEqual(unread.needs, ['dynamodb:PartiQLSelect *']);
  });

  test('whether a statement reads the whole table', async () => {
    const { database } = db;
    const { needsOf } = dynamodbPermissions({ database, tables: new TableDefinitions() });
    const isScan = async (Statement: string) => {
      const input = { Statement };
      const [need] = await needsOf({ operation: 'ExecuteStatement', input, context });
      return need?.keys?.['dynamodb:FullTableScan'];
    };
    assert.equal(await isScan(`SELECT * FROM "tab" WHERE h = 'ann'`), 'false');
    assert.equal(await isScan(`SELECT * FROM "tab" WHERE h > 'ann'`), 'true');
    assert.equal(await isScan('SELECT * FROM "tab"'), 'true');
    assert.equal(await isScan(`SELECT * FROM "none" WHERE h = 'ann'`), 'true');
    assert.equal(await isScan(`DELETE FROM "tab" WHERE h = 'ann'`), undefined);
  });

  test('the bucket to which a table is exported', async () => {
    const exported = { TableArn: TABLE, S3Bucket: 'b', S3Prefix: 'p' };
    assert.deepEqual((await ask('ExportTableToPointInTime', exported)).needs, [
      `dynamodb:ExportTableToPointInTime ${TABLE}`,
      's3:PutObject arn:aws:s3:::b/p/AWSDynamoDB/*',
    ]);
  });

  test('leading keys where an operation reaches for some; what cannot be told matches nothing', async () => {
    const keysOf = async (operation: string, input: object): Promise<unknown> =>
      (await ask(operation, { TableName: 'tab', ...input })).keys[0];
    assert.deepEqual(await keysOf('GetItem', { Key: KEY }), ['ann']);
    assert.deepEqual(await keysOf('PutItem', { Item: { ...KEY, v: { N: '1' } } }), ['ann']);
    const batch = { RequestItems: { tab: [{ PutRequest: { Item: KEY } }] } };
    assert.deepEqual(await keysOf('BatchWriteItem', batch), ['ann']);
    const values = { ExpressionAttributeValues: { ':v': { S: 'ann' } } };
    const plain = { KeyConditionExpression: 'h = :v', ...values };
    assert.deepEqual(await keysOf('Query', plain), ['ann']);
    const named = { KeyConditionExpression: '#h=:v', ExpressionAttributeNames: { '#h': 'h' } };
    assert.deepEqual(await keysOf('Query', { ...named, ...values }), ['ann']);
    const legacy = { KeyConditions: { h: { AttributeValueList: [{ S: 'ann' }] } } };
    assert.deepEqual(await keysOf('Query', legacy), ['ann']);
    assert.deepEqual(await keysOf('Query', {}), ['\0unknown']);
    assert.deepEqual(await keysOf('GetItem', { Key: {} }), ['\0unknown']);
    assert.equal(await keysOf('Scan', {}), undefined);
  });
});
