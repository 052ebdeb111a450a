import assert from 'node:assert/strict';
import { test } from 'node:test';
import { requestedKeys } from './requested-keys.ts';

const KEY = { id: { S: 'ann' } };

function keysOf(operation: string, input: Readonly<Record<string, unknown>>) {
  const keys = requestedKeys({ operation, input });
  const attributes = keys['dynamodb:Attributes'];
  return {
    attributes: [attributes ?? []].flat().toSorted((one, other) => (one < other ? -1 : 1)),
    select: keys['dynamodb:Select'],
    returned: keys['dynamodb:ReturnValues'],
  };
}

test('the attributes that a request names, by their place at the top', () => {
  const names = { '#n': 'name', '#c': 'city', '#id': 'id' };
  const read = {
    Key: KEY,
    ProjectionExpression: '#n, address.#c, entries[0].x',
    ExpressionAttributeNames: names,
  };
  const narrow = keysOf('GetItem', read);
  assert.deepEqual(narrow.attributes, ['address', 'entries', 'id', 'name']);
  assert.equal(narrow.select, 'SPECIFIC_ATTRIBUTES');
  const query = {
    KeyConditionExpression: '#id = :id AND begins_with(sort, :s)',
    FilterExpression: 'NOT contains(tags, :t) and size(body) > :n OR a.b BETWEEN :x AND :y',
    ExpressionAttributeNames: names,
  };
  assert.deepEqual(keysOf('Query', query).attributes, ['a', 'body', 'id', 'sort', 'tags']);
  const update = {
    Key: KEY,
    UpdateExpression:
      'SET salary = if_not_exists(wage, :b) REMOVE past ADD amount :t DELETE kinds :k',
    ConditionExpression: 'attribute_exists(id)',
  };
  const changed = ['amount', 'id', 'kinds', 'past', 'salary', 'wage'];
  assert.deepEqual(keysOf('UpdateItem', update).attributes, changed);
  assert.deepEqual(keysOf('PutItem', { Item: { ...KEY, v: { N: '1' } } }).attributes, ['id', 'v']);
  const legacy = { Key: KEY, AttributeUpdates: { v: {} }, Expected: { w: {} } };
  assert.deepEqual(keysOf('UpdateItem', legacy).attributes, ['id', 'v', 'w']);
  assert.deepEqual(keysOf('Scan', { AttributesToGet: ['x'] }).attributes, ['x']);
});

test('batches and transactions name what their parts name', () => {
  const got = {
    RequestItems: { t: { Keys: [KEY], ProjectionExpression: 'v' }, u: { Keys: [KEY] } },
  };
  assert.deepEqual(keysOf('BatchGetItem', got).attributes, ['id', 'v']);
  assert.equal(keysOf('BatchGetItem', got).select, 'ALL_ATTRIBUTES');
  const written = {
    RequestItems: {
      t: [
        { PutRequest: { Item: { ...KEY, v: { N: '1' } } } },
        { DeleteRequest: { Key: { k: {} } } },
      ],
    },
  };
  assert.deepEqual(keysOf('BatchWriteItem', written).attributes, ['id', 'k', 'v']);
  const TransactItems = [
    { Update: { Key: KEY, UpdateExpression: 'SET v = :v' } },
    { ConditionCheck: { Key: KEY, ConditionExpression: 'w = :w' } },
  ];
  assert.deepEqual(keysOf('TransactWriteItems', { TransactItems }).attributes, ['id', 'v', 'w']);
});

test('what is not asked for by name is asked for as a whole', () => {
  assert.equal(keysOf('Query', {}).select, 'ALL_ATTRIBUTES');
  assert.equal(keysOf('Query', { IndexName: 'i' }).select, 'ALL_PROJECTED_ATTRIBUTES');
  assert.equal(keysOf('Scan', { Select: 'COUNT' }).select, 'COUNT');
  assert.equal(keysOf('GetItem', { Key: KEY }).select, 'ALL_ATTRIBUTES');
  assert.equal(keysOf('PutItem', {}).returned, 'NONE');
  assert.equal(keysOf('UpdateItem', { ReturnValues: 'ALL_OLD' }).returned, 'ALL_OLD');
  assert.equal(keysOf('PutItem', {}).select, undefined);
});

test('of a statement it is not told, which no policy names; of tables there is nothing to tell', () => {
  const { attributes, select } = keysOf('ExecuteStatement', { Statement: 'SELECT * FROM t' });
  assert.deepEqual([attributes, select], [['\0unknown'], '\0unknown']);
  assert.deepEqual(requestedKeys({ operation: 'DescribeTable', input: {} }), {});
});
