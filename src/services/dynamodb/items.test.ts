import assert from 'node:assert/strict';
import { beforeEach, describe, test } from 'node:test';
import { refusal, simpleTable, startDynamodb } from '../../../test/support/dynamodb.ts';
import type { TestDynamodb } from '../../../test/support/dynamodb.ts';

let db: TestDynamodb;
beforeEach(async () => {
  db = await startDynamodb();
  await db.call('CreateTable', simpleTable());
});

const TableName = 'tab';
const key = (h: string): { h: { S: string } } => ({ h: { S: h } });
const put = (item: object, more: object = {}): Promise<object> =>
  db.call('PutItem', { TableName, Item: item as never, ...more });
const get = async (h: string, more: object = {}): Promise<unknown> =>
  (await db.call('GetItem', { TableName, Key: key(h), ...more })).Item;
const update = (h: string, more: object): ReturnType<typeof db.call<'UpdateItem'>> =>
  db.call('UpdateItem', { TableName, Key: key(h), ...more });

describe('PutItem', () => {
  test('stores every type and gives it back', async () => {
    const item = {
      h: { S: 'all' },
      n: { N: '1.50' },
      b: { B: Buffer.from([0, 255]) },
      ss: { SS: ['x', 'y'] },
      ns: { NS: ['1', '2.0'] },
      bs: { BS: [Buffer.from([1])] },
      l: { L: [{ S: '' }, { NULL: true }] },
      m: { M: { nested: { BOOL: false } } },
    };
    await put(item);
    assert.deepEqual(await get('all'), { ...item, n: { N: '1.5' }, ns: { NS: ['1', '2'] } });
  });

  test('answers the old item where it is asked to', async () => {
    assert.deepEqual(await put({ ...key('a'), v: { N: '1' } }, { ReturnValues: 'ALL_OLD' }), {});
    const { Attributes } = (await put(key('a'), { ReturnValues: 'ALL_OLD' })) as {
      Attributes: object;
    };
    assert.deepEqual(Attributes, { ...key('a'), v: { N: '1' } });
    assert.deepEqual(await refusal(put(key('a'), { ReturnValues: 'ALL_NEW' })), [
      'ValidationException',
      'Return values set to invalid value',
    ]);
  });

  test('keeps the item where its condition fails, and shows it where asked', async () => {
    // recordings/dynamodb test_return_values_on_conditions_check_failure
    await put({ ...key('a'), v: { N: '1' } });
    const failing = put(key('a'), {
      ConditionExpression: 'attribute_not_exists(h)',
      ReturnValuesOnConditionCheckFailure: 'ALL_OLD',
    });
    await assert.rejects(failing, {
      code: 'ConditionalCheckFailedException',
      message: 'The conditional request failed',
      status: 400,
      fields: {
        Item: { ...key('a'), v: { N: '1' } },
        Message: 'The conditional request failed',
      },
    });
    assert.deepEqual(await get('a'), { ...key('a'), v: { N: '1' } });
  });

  test('refuses keys in AWS words', async () => {
    const before = 'One or more parameter values';
    const cases: readonly (readonly [object, string])[] = [
      [{ x: { S: 'a' } }, `${before} were invalid: Missing the key h in the item`],
      [{ h: { N: '1' } }, `${before} were invalid: Type mismatch for key h expected: S actual: N`],
      [
        key(''),
        `${before} are not valid. The AttributeValue for a key attribute cannot contain an empty string value. Key: h`,
      ],
      [
        key('x'.repeat(2049)),
        `${before} were invalid: Size of hashkey has exceeded the maximum size limit of2048 bytes`,
      ],
    ];
    for (const [item, message] of cases) {
      assert.deepEqual(await refusal(put(item)), ['ValidationException', message]);
    }
    await put(key('x'.repeat(2048)));
  });

  test('takes items of 400 KB and no more', async () => {
    const sized = (bytes: number): object => ({ ...key('a'), v: { S: 'x'.repeat(bytes - 3) } });
    await put(sized(400 * 1024));
    assert.deepEqual(await refusal(put(sized(400 * 1024 + 1))), [
      'ValidationException',
      'Item size has exceeded the maximum allowed size',
    ]);
  });

  test('refuses a table that is not there, and names that none can have', async () => {
    assert.deepEqual(await refusal(put(key('a'), { TableName: 'nowhere' })), [
      'ResourceNotFoundException',
      'Requested resource not found',
    ]);
    assert.deepEqual(await refusal(put(key('a'), { TableName: 'bad table!@#' })), [
      'ValidationException',
      "1 validation error detected: Value 'bad table!@#' at 'tableName' failed to satisfy constraint: Member must satisfy regular expression pattern: [a-zA-Z0-9_.-]+",
    ]);
  });

  test('refuses to mix expressions with what was before them', async () => {
    assert.deepEqual(
      await refusal(
        put(key('a'), {
          Expected: { h: { Exists: false } },
          ConditionExpression: 'attribute_not_exists(h)',
        }),
      ),
      [
        'ValidationException',
        'Can not use both expression and non-expression parameters in the same request: Non-expression parameters: {Expected} Expression parameters: {ConditionExpression}',
      ],
    );
    assert.deepEqual(
      await refusal(put(key('a'), { ExpressionAttributeValues: { ':v': { S: 'unused' } } })),
      [
        'ValidationException',
        'ExpressionAttributeValues can only be specified when using expressions: ConditionExpression is null',
      ],
    );
  });

  test('finds the table by its ARN too', async () => {
    await put(key('a'), { TableName: 'arn:aws:dynamodb:eu-central-1:111111111111:table/tab' });
    assert.deepEqual(await get('a'), key('a'));
  });

  test('counts what it consumes', async () => {
    const item = { ...key('a'), v: { S: 'x'.repeat(1500) } };
    assert.deepEqual(await put(item, { ReturnConsumedCapacity: 'TOTAL' }), {
      ConsumedCapacity: { TableName, CapacityUnits: 2 },
    });
    assert.deepEqual(await put(key('a'), { ReturnConsumedCapacity: 'INDEXES' }), {
      ConsumedCapacity: { TableName, CapacityUnits: 2, Table: { CapacityUnits: 2 } },
    });
  });
});

describe('GetItem', () => {
  test('answers nothing for no item, and half a unit', async () => {
    assert.deepEqual(
      await db.call('GetItem', { TableName, Key: key('no'), ReturnConsumedCapacity: 'TOTAL' }),
      { ConsumedCapacity: { TableName, CapacityUnits: 0.5 } },
    );
  });

  test('projects', async () => {
    await put({ ...key('a'), v: { M: { x: { S: '1' }, y: { S: '2' } } } });
    assert.deepEqual(await get('a', { ProjectionExpression: 'v.x' }), {
      v: { M: { x: { S: '1' } } },
    });
    assert.deepEqual(await get('a', { AttributesToGet: ['h'] }), key('a'));
  });

  test('refuses keys that are none of the table', async () => {
    for (const Key of [{}, { x: { S: 'a' } }, { h: { N: '1' } }, { ...key('a'), r: { S: 'x' } }]) {
      assert.deepEqual(await refusal(db.call('GetItem', { TableName, Key })), [
        'ValidationException',
        'The provided key element does not match the schema',
      ]);
    }
  });
});

describe('UpdateItem', () => {
  test('makes an item where there is none', async () => {
    await update('a', {
      UpdateExpression: 'SET v = :v',
      ExpressionAttributeValues: { ':v': { N: '1' } },
    });
    assert.deepEqual(await get('a'), { ...key('a'), v: { N: '1' } });
    await update('b', {});
    assert.deepEqual(await get('b'), key('b'));
  });

  test('makes no item where it only takes away', async () => {
    await update('a', { UpdateExpression: 'REMOVE v' });
    assert.equal(await get('a'), undefined);
  });

  test('answers the attributes that are asked for', async () => {
    await put({ ...key('a'), v: { N: '1' }, w: { S: 'w' } });
    const values = {
      ExpressionAttributeValues: { ':one': { N: '1' } },
      UpdateExpression: 'ADD v :one',
    };
    const answers = async (ReturnValues: string): Promise<unknown> =>
      (await update('a', { ...values, ReturnValues })).Attributes;
    assert.deepEqual(await answers('UPDATED_NEW'), { v: { N: '2' } });
    assert.deepEqual(await answers('UPDATED_OLD'), { v: { N: '2' } });
    assert.deepEqual(await answers('ALL_OLD'), { ...key('a'), v: { N: '3' }, w: { S: 'w' } });
    assert.deepEqual(await answers('ALL_NEW'), { ...key('a'), v: { N: '5' }, w: { S: 'w' } });
    assert.equal(await answers('NONE'), undefined);
  });

  test('touches no key', async () => {
    const setKey = update('a', {
      UpdateExpression: 'SET h = :v',
      ExpressionAttributeValues: { ':v': { S: 'b' } },
    });
    assert.deepEqual(await refusal(setKey), [
      'ValidationException',
      'One or more parameter values were invalid: Cannot update attribute h. This attribute is part of the key',
    ]);
  });

  test('leaves the item as it was where the condition or the update fails', async () => {
    await put({ ...key('a'), v: { N: '1' } });
    const values = { ExpressionAttributeValues: { ':two': { N: '2' } } };
    await assert.rejects(
      update('a', { UpdateExpression: 'SET v = :two', ConditionExpression: 'v > :two', ...values }),
    );
    await assert.rejects(
      update('a', { UpdateExpression: 'SET h2 = :two, v = nowhere', ...values }),
    );
    assert.deepEqual(await get('a'), { ...key('a'), v: { N: '1' } });
  });

  test('grows no item beyond 400 KB', async () => {
    await put({ ...key('a'), v: { S: 'x'.repeat(300_000) } });
    const grow = update('a', {
      UpdateExpression: 'SET w = :w',
      ExpressionAttributeValues: { ':w': { S: 'x'.repeat(200_000) } },
    });
    assert.deepEqual(await refusal(grow), [
      'ValidationException',
      'Item size to update has exceeded the maximum allowed size',
    ]);
  });

  test('knows the parameters that were before expressions', async () => {
    await put({
      ...key('a'),
      n: { N: '1' },
      set: { SS: ['x', 'y'] },
      l: { L: [] },
      gone: { S: '' },
    });
    await update('a', {
      AttributeUpdates: {
        n: { Action: 'ADD', Value: { N: '2' } },
        set: { Action: 'DELETE', Value: { SS: ['x'] } },
        gone: { Action: 'DELETE' },
        fresh: { Value: { S: 'v' } },
        l: { Action: 'ADD', Value: { L: [{ S: 'e' }] } },
      },
      Expected: {
        n: { ComparisonOperator: 'LT', AttributeValueList: [{ N: '2' }] },
        missing: { Exists: false },
      },
    });
    assert.deepEqual(await get('a'), {
      ...key('a'),
      n: { N: '3' },
      set: { SS: ['y'] },
      l: { L: [{ S: 'e' }] },
      fresh: { S: 'v' },
    });
    const failing = update('a', {
      Expected: { n: { Value: { N: '1' } }, set: { Exists: true, Value: { SS: ['y'] } } },
    });
    assert.equal((await refusal(failing))[0], 'ConditionalCheckFailedException');
    await update('a', {
      Expected: { n: { Value: { N: '1' } }, set: { Value: { SS: ['y'] } } },
      ConditionalOperator: 'OR',
    });
    const before = 'One or more parameter values were invalid: ';
    const cases: readonly (readonly [object, string])[] = [
      [
        { Expected: { n: { Exists: true } } },
        `${before}Value must be provided when Exists is true for Attribute: n`,
      ],
      [
        { Expected: { n: {} } },
        `${before}Value must be provided when Exists is null for Attribute: n`,
      ],
      [
        { Expected: { n: { ComparisonOperator: 'BETWEEN', AttributeValueList: [{ N: '1' }] } } },
        `${before}Invalid number of argument(s) for the BETWEEN ComparisonOperator`,
      ],
      [
        { AttributeUpdates: { n: { Action: 'ADD', Value: { S: 'x' } } } },
        `${before}ADD action is not supported for the type S`,
      ],
      [
        { ConditionalOperator: 'OR' },
        'ConditionalOperator cannot be used without Filter or Expected',
      ],
      [
        { Expected: { n: { Exists: false } }, ConditionalOperator: 'AND' },
        'ConditionalOperator can only be used when Filter or Expected has two or more elements',
      ],
      [
        { AttributeUpdates: { n: { Action: 'PUT' } } },
        `${before}Only DELETE action is allowed when no attribute value is specified`,
      ],
    ];
    for (const [more, message] of cases) {
      assert.deepEqual(await refusal(update('a', more)), ['ValidationException', message]);
    }
  });
});

test('writers at the same time lose nothing, and one alone meets a condition', async () => {
  const add = { UpdateExpression: 'ADD v :one', ExpressionAttributeValues: { ':one': { N: '1' } } };
  await Promise.all(Array.from({ length: 100 }, () => update('sum', add)));
  assert.deepEqual(await get('sum'), { ...key('sum'), v: { N: '100' } });
  const once = { ConditionExpression: 'attribute_not_exists(h)' };
  const puts = Array.from({ length: 20 }, () => put(key('once'), once));
  const settled = await Promise.allSettled(puts);
  assert.equal(settled.filter(({ status }) => status === 'fulfilled').length, 1);
});

describe('DeleteItem', () => {
  test('deletes, once and twice', async () => {
    await put(key('a'));
    const remove = { TableName, Key: key('a'), ReturnValues: 'ALL_OLD' };
    assert.deepEqual(await db.call('DeleteItem', remove), { Attributes: key('a') });
    assert.deepEqual(await db.call('DeleteItem', remove), {});
    assert.equal(await get('a'), undefined);
  });

  test('keeps what its condition wants kept', async () => {
    await put(key('a'));
    const failing = db.call('DeleteItem', {
      TableName,
      Key: key('a'),
      ConditionExpression: 'attribute_exists(v)',
    });
    assert.equal((await refusal(failing))[0], 'ConditionalCheckFailedException');
    assert.deepEqual(await get('a'), key('a'));
  });
});

describe('BatchWriteItem and BatchGetItem', () => {
  test('write and read many items of several tables', async () => {
    await db.call('CreateTable', { ...simpleTable(), TableName: 'other' });
    await put(key('gone'));
    assert.deepEqual(
      await db.call('BatchWriteItem', {
        RequestItems: {
          tab: [{ PutRequest: { Item: key('a') } }, { DeleteRequest: { Key: key('gone') } }],
          other: [{ PutRequest: { Item: key('b') } }],
        },
        ReturnConsumedCapacity: 'TOTAL',
      }),
      {
        UnprocessedItems: {},
        ConsumedCapacity: [
          { TableName: 'tab', CapacityUnits: 2 },
          { TableName: 'other', CapacityUnits: 1 },
        ],
      },
    );
    assert.deepEqual(
      await db.call('BatchGetItem', {
        RequestItems: {
          tab: { Keys: [key('a'), key('gone')] },
          other: { Keys: [key('b')], ProjectionExpression: 'x' },
        },
      }),
      { Responses: { tab: [key('a')], other: [{}] }, UnprocessedKeys: {} },
    );
  });

  test('refuse one key twice, and too many', async () => {
    const duplicates = ['ValidationException', 'Provided list of item keys contains duplicates'];
    const twice = [{ PutRequest: { Item: key('a') } }, { DeleteRequest: { Key: key('a') } }];
    assert.deepEqual(
      await refusal(db.call('BatchWriteItem', { RequestItems: { tab: twice } })),
      duplicates,
    );
    assert.deepEqual(
      await refusal(
        db.call('BatchGetItem', { RequestItems: { tab: { Keys: [key('a'), key('a')] } } }),
      ),
      duplicates,
    );
    await db.call('CreateTable', { ...simpleTable(), TableName: 'other' });
    const Keys = Array.from({ length: 51 }, (_, index) => key(String(index)));
    assert.deepEqual(
      await refusal(db.call('BatchGetItem', { RequestItems: { tab: { Keys }, other: { Keys } } })),
      ['ValidationException', 'Too many items requested for the BatchGetItem call'],
    );
  });

  test('call a wrong key of a put what they call one of a get', async () => {
    const wrong = [{ PutRequest: { Item: { h: { N: '1' } } } }];
    assert.deepEqual(await refusal(db.call('BatchWriteItem', { RequestItems: { tab: wrong } })), [
      'ValidationException',
      'The provided key element does not match the schema',
    ]);
  });

  test('leave the keys unprocessed that would fill more than 16 MB', async () => {
    const keys = Array.from({ length: 45 }, (_, index) => key(String(index)));
    for (const each of keys) await put({ ...each, v: { S: 'x'.repeat(390_000) } });
    const first = await db.call('BatchGetItem', { RequestItems: { tab: { Keys: keys } } });
    const read = first.Responses?.['tab']?.length ?? 0;
    const left = first.UnprocessedKeys?.['tab']?.Keys.length ?? 0;
    assert.equal(read, Math.floor((16 * 1024 * 1024) / 390_003));
    assert.equal(left, 45 - read);
  });
});
