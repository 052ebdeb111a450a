import assert from 'node:assert/strict';
import { beforeEach, describe, test } from 'node:test';
import { MINUTE_MS } from '#kernel/units.ts';
import { refusal, simpleTable, startDynamodb } from '../../../test/support/dynamodb.ts';
import type { TestDynamodb } from '../../../test/support/dynamodb.ts';
import type { TransactWriteItem } from '#aws/models/dynamodb.types.gen.ts';

let db: TestDynamodb;
beforeEach(async () => {
  db = await startDynamodb();
  await db.call('CreateTable', simpleTable());
});

const TableName = 'tab';
const key = (h: string): { h: { S: string } } => ({ h: { S: h } });
const Put = (h: string, more: object = {}): TransactWriteItem => ({
  Put: { TableName, Item: key(h), ...more },
});
const write = (items: readonly TransactWriteItem[], more: object = {}) =>
  db.call('TransactWriteItems', { TransactItems: items, ...more });
const count = async (): Promise<number | undefined> => (await db.call('Scan', { TableName })).Count;
const CANCELLED = 'Transaction cancelled, please refer cancellation reasons for specific reasons';

describe('TransactWriteItems', () => {
  test('does all of its actions', async () => {
    await write([Put('updated'), Put('deleted'), Put('checked')]);
    await write([
      Put('put'),
      {
        Update: {
          TableName,
          Key: key('updated'),
          UpdateExpression: 'SET v = :v',
          ExpressionAttributeValues: { ':v': { N: '1' } },
        },
      },
      { Delete: { TableName, Key: key('deleted') } },
      {
        ConditionCheck: {
          TableName,
          Key: key('checked'),
          ConditionExpression: 'attribute_exists(h)',
        },
      },
    ]);
    const { Items } = await db.call('Scan', { TableName });
    const names = Items?.map((item) => item['h']?.S).toSorted();
    assert.deepEqual(names, ['checked', 'put', 'updated']);
  });

  test('does none where one is refused, and gives every reason', async () => {
    // recordings/dynamodb test_transaction_write_canceled
    await write([Put('there')]);
    const failing = write([
      {
        ...Put('there', {
          ConditionExpression: 'attribute_not_exists(h)',
          ReturnValuesOnConditionCheckFailure: 'ALL_OLD',
        }),
      },
      Put('fresh'),
      { Update: { TableName, Key: key('x'), UpdateExpression: 'SET v = nowhere' } },
      { Delete: { TableName, Key: { h: { N: '1' } } } },
    ]);
    await assert.rejects(failing, {
      code: 'TransactionCanceledException',
      message: `${CANCELLED} [ConditionalCheckFailed, None, ValidationError, ValidationError]`,
      fields: {
        CancellationReasons: [
          {
            Code: 'ConditionalCheckFailed',
            Message: 'The conditional request failed',
            Item: key('there'),
          },
          { Code: 'None' },
          {
            Code: 'ValidationError',
            Message:
              'The provided expression refers to an attribute that does not exist in the item',
          },
          {
            Code: 'ValidationError',
            Message: 'The provided key element does not match the schema',
          },
        ],
      },
    });
    assert.equal(await count(), 1);
  });

  test('refuses at once what it can see without the items', async () => {
    const cases: readonly (readonly [readonly TransactWriteItem[], string])[] = [
      [[Put('a'), Put('a')], 'Transaction request cannot include multiple operations on one item'],
      [[{}], 'TransactItems can only contain one of Check, Put, Update or Delete'],
      [
        [Put('')],
        'One or more parameter values are not valid. The AttributeValue for a key attribute cannot contain an empty string value. Key: h',
      ],
      [
        [Put('a', { Item: { ...key('a'), v: { S: 'x'.repeat(410_000) } } })],
        'Item size has exceeded the maximum allowed size',
      ],
      [
        [Put('a', { ConditionExpression: 'bogus(h)' })],
        'Invalid ConditionExpression: Invalid function name; function: bogus',
      ],
    ];
    for (const [items, message] of cases) {
      assert.deepEqual(await refusal(write(items)), ['ValidationException', message]);
    }
    assert.deepEqual(await refusal(write([Put('a', { TableName: 'nowhere' })])), [
      'ResourceNotFoundException',
      'Requested resource not found',
    ]);
    assert.equal(await count(), 0);
  });

  test('is done once for one token, for ten minutes', async () => {
    const ClientRequestToken = 'token';
    const add = [
      {
        Update: {
          TableName,
          Key: key('n'),
          UpdateExpression: 'ADD v :one',
          ExpressionAttributeValues: { ':one': { N: '1' } },
        },
      },
    ];
    const value = async (): Promise<unknown> =>
      (await db.call('GetItem', { TableName, Key: key('n') })).Item?.['v'];
    await write(add, { ClientRequestToken });
    await db.clock.advance(10 * MINUTE_MS - 1);
    await write(add, { ClientRequestToken });
    assert.deepEqual(await value(), { N: '1' });
    const [code] = await refusal(write([Put('other')], { ClientRequestToken }));
    assert.equal(code, 'IdempotentParameterMismatchException');
    await db.clock.advance(1);
    await write(add, { ClientRequestToken });
    assert.deepEqual(await value(), { N: '2' });
  });

  test('costs twice', async () => {
    const { ConsumedCapacity } = await write([Put('a'), Put('b')], {
      ReturnConsumedCapacity: 'TOTAL',
    });
    assert.deepEqual(ConsumedCapacity, [{ TableName, CapacityUnits: 4, WriteCapacityUnits: 4 }]);
  });
});

describe('TransactGetItems', () => {
  test('reads items in the order asked, and nothing for none', async () => {
    await write([Put('a')]);
    const { Responses, ConsumedCapacity } = await db.call('TransactGetItems', {
      TransactItems: [
        { Get: { TableName, Key: key('no') } },
        { Get: { TableName, Key: key('a'), ProjectionExpression: 'h' } },
      ],
      ReturnConsumedCapacity: 'TOTAL',
    });
    assert.deepEqual(Responses, [{}, { Item: key('a') }]);
    assert.deepEqual(ConsumedCapacity, [{ TableName, CapacityUnits: 4, ReadCapacityUnits: 4 }]);
  });

  test('is cancelled for a key that is none of the table', async () => {
    const wrong = db.call('TransactGetItems', {
      TransactItems: [{ Get: { TableName, Key: { h: { N: '1' } } } }],
    });
    assert.deepEqual(await refusal(wrong), [
      'TransactionCanceledException',
      `${CANCELLED} [ValidationError]`,
    ]);
  });
});
