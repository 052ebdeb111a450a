import assert from 'node:assert/strict';
import { beforeEach, describe, test } from 'node:test';
import * as fc from 'fast-check';
import type { QueryInput, ScanInput } from '#aws/models/dynamodb.types.gen.ts';
import { refusal, simpleTable, startDynamodb } from '../../../test/support/dynamodb.ts';
import type { TestDynamodb } from '../../../test/support/dynamodb.ts';

let db: TestDynamodb;
const TableName = 'tab';
const BEFORE = 'One or more parameter values were invalid: ';

const query = (condition: string, values: object, more: Partial<QueryInput> = {}) =>
  db.call('Query', {
    TableName,
    KeyConditionExpression: condition,
    ExpressionAttributeValues: values as never,
    ...more,
  });
const scan = (more: Partial<ScanInput> = {}) => db.call('Scan', { TableName, ...more });
const put = (item: object) => db.call('PutItem', { TableName, Item: item as never });
type Items = readonly { readonly [name: string]: object }[] | undefined;
const ranges = (items: Items): readonly unknown[] =>
  (items ?? []).map((item) => Object.values(item['r'] ?? {})[0]);

describe('Query', () => {
  beforeEach(async () => {
    db = await startDynamodb();
    await db.call('CreateTable', simpleTable('N'));
    for (const r of ['-10', '-1.5', '0', '2', '10', '100']) {
      await put({ h: { S: 'a' }, r: { N: r }, even: { BOOL: Number(r) % 2 === 0 } });
    }
    await put({ h: { S: 'b' }, r: { N: '1' } });
  });
  const a = { ':h': { S: 'a' } };

  test('answers a hash key in the order of the range keys, both ways', async () => {
    const { Items, Count, ScannedCount, LastEvaluatedKey } = await query('h = :h', a);
    assert.deepEqual(ranges(Items), ['-10', '-1.5', '0', '2', '10', '100']);
    assert.deepEqual([Count, ScannedCount, LastEvaluatedKey], [6, 6, undefined]);
    const backward = await query('h = :h', a, { ScanIndexForward: false });
    assert.deepEqual(ranges(backward.Items), ['100', '10', '2', '0', '-1.5', '-10']);
  });

  test('answers every condition on range keys', async () => {
    const cases: readonly (readonly [string, object, readonly string[]])[] = [
      ['r = :x', { ':x': { N: '2.0' } }, ['2']],
      ['r < :x', { ':x': { N: '0' } }, ['-10', '-1.5']],
      ['r <= :x', { ':x': { N: '0' } }, ['-10', '-1.5', '0']],
      ['r > :x', { ':x': { N: '10' } }, ['100']],
      [':x <= r', { ':x': { N: '10' } }, ['10', '100']],
      ['r BETWEEN :x AND :y', { ':x': { N: '-1.5' }, ':y': { N: '2' } }, ['-1.5', '0', '2']],
    ];
    for (const [condition, values, expected] of cases) {
      const { Items } = await query(`h = :h AND ${condition}`, { ...a, ...values });
      assert.deepEqual(ranges(Items), expected, condition);
    }
    const legacy = await db.call('Query', {
      TableName,
      KeyConditions: {
        h: { ComparisonOperator: 'EQ', AttributeValueList: [{ S: 'a' }] },
        r: { ComparisonOperator: 'GE', AttributeValueList: [{ N: '10' }] },
      },
      QueryFilter: { even: { ComparisonOperator: 'EQ', AttributeValueList: [{ BOOL: true }] } },
    });
    assert.deepEqual(ranges(legacy.Items), ['10', '100']);
  });

  test('pages by the limit, both ways, within a condition', async () => {
    for (const ScanIndexForward of [true, false]) {
      const seen: unknown[] = [];
      let start: QueryInput['ExclusiveStartKey'];
      do {
        const page = await query(
          'h = :h AND r > :x',
          { ...a, ':x': { N: '-10' } },
          {
            Limit: 2,
            ScanIndexForward,
            ...(start && { ExclusiveStartKey: start }),
          },
        );
        seen.push(...ranges(page.Items));
        start = page.LastEvaluatedKey;
      } while (start);
      const expected = ['-1.5', '0', '2', '10', '100'];
      assert.deepEqual(seen, ScanIndexForward ? expected : expected.toReversed());
    }
    const exact = await query('h = :h', a, { Limit: 6 });
    assert.deepEqual(exact.LastEvaluatedKey, { h: { S: 'a' }, r: { N: '100' } });
  });

  test('counts before the filter what it scanned', async () => {
    const page = await query(
      'h = :h',
      { ...a, ':t': { BOOL: true } },
      {
        FilterExpression: 'even = :t',
        Select: 'COUNT',
        Limit: 3,
      },
    );
    assert.deepEqual(page, {
      Count: 2,
      ScannedCount: 3,
      LastEvaluatedKey: { h: { S: 'a' }, r: { N: '0' } },
    });
  });

  test('ends a page with the item that fills 1 MB', async () => {
    for (let index = 0; index < 4; index += 1) {
      await put({ h: { S: 'big' }, r: { N: String(index) }, v: { S: 'x'.repeat(350 * 1024) } });
    }
    const first = await query(
      'h = :h',
      { ':h': { S: 'big' } },
      { ReturnConsumedCapacity: 'TOTAL' },
    );
    assert.deepEqual(ranges(first.Items), ['0', '1', '2']);
    assert.equal(
      first.ConsumedCapacity?.CapacityUnits,
      Math.ceil((3 * (350 * 1024 + 8)) / 4096) / 2,
    );
    const second = await query(
      'h = :h',
      { ':h': { S: 'big' } },
      { ExclusiveStartKey: first.LastEvaluatedKey ?? {} },
    );
    assert.deepEqual(ranges(second.Items), ['3']);
    assert.equal(second.LastEvaluatedKey, undefined);
  });

  test('refuses in AWS words', async () => {
    const x = { ...a, ':x': { N: '1' } };
    const start = (h: string, r: string): Partial<QueryInput> => ({
      ExclusiveStartKey: { h: { S: h }, r: { N: r } },
    });
    const cases: readonly (readonly [() => Promise<unknown>, string])[] = [
      [() => query('r = :x', { ':x': { N: '1' } }), 'Query condition missed key schema element: h'],
      [() => query('h = :h AND v = :x', x), 'Query condition missed key schema element: r'],
      [
        () => query('h = :x', { ':x': { N: '1' } }),
        `${BEFORE}Condition parameter type does not match schema type`,
      ],
      [() => query('h > :h', a), 'Query key condition not supported'],
      [
        () => query('h = :h', { ':h': { S: '' } }),
        'One or more parameter values are not valid. The AttributeValue for a key attribute cannot contain an empty string value. Key: h',
      ],
      [
        () => query('h = :h', x, { FilterExpression: 'r = :x' }),
        'Filter Expression can only contain non-primary key attributes: Primary key attribute: r',
      ],
      [
        () => query('h = :h', a, { IndexName: 'nowhere' }),
        'The table does not have the specified index: nowhere',
      ],
      [
        () => query('h = :h', a, { ExclusiveStartKey: { h: { S: 'a' } } }),
        'The provided starting key is invalid',
      ],
      [
        () => query('h = :h', a, { ExclusiveStartKey: { h: { S: 'a' }, r: { S: '1' } } }),
        'The provided starting key is invalid',
      ],
      [
        () => query('h = :h', a, start('b', '1')),
        'The provided starting key is outside query boundaries based on provided conditions',
      ],
      [
        () => query('h = :h AND r > :x', x, start('a', '1')),
        'The provided starting key does not match the range key predicate',
      ],
      [
        () => query('h = :h', a, { Select: 'SPECIFIC_ATTRIBUTES' }),
        'Must specify the AttributesToGet or ProjectionExpression when choosing to get SPECIFIC_ATTRIBUTES',
      ],
      [
        () => query('h = :h', a, { Select: 'ALL_ATTRIBUTES', ProjectionExpression: 'h' }),
        'Cannot specify the ProjectionExpression when choosing to get ALL_ATTRIBUTES',
      ],
      [
        () => query('h = :h', a, { Select: 'ALL_PROJECTED_ATTRIBUTES' }),
        'ALL_PROJECTED_ATTRIBUTES can be used only when Querying using an IndexName',
      ],
      [
        () => query('h = :h', a, { ProjectionExpression: 'h.x' }),
        "Key attributes must be scalars; list random access '[]' and map lookup '.' are not allowed: Key: h",
      ],
      [
        () => db.call('Query', { TableName }),
        'Either the KeyConditions or KeyConditionExpression parameter must be specified in the request.',
      ],
      [
        () =>
          db.call('Query', {
            TableName,
            KeyConditions: { h: { ComparisonOperator: 'NE', AttributeValueList: [{ S: 'a' }] } },
          }),
        'Attempted conditional constraint is not an indexable operation',
      ],
    ];
    for (const [ask, message] of cases) {
      assert.deepEqual(await refusal(ask()), ['ValidationException', message]);
    }
  });
});

test('Query finds what begins with a string, a binary, and the last byte', async () => {
  db = await startDynamodb();
  await db.call('CreateTable', simpleTable('S'));
  const texts = ['', 'a', 'ab', 'ab\u{10FFFF}', 'b', '\uFFFF', '\u{10FFFF}'].slice(1);
  for (const r of texts) await put({ h: { S: 'a' }, r: { S: r } });
  const found = async (prefix: string): Promise<readonly unknown[]> =>
    ranges(
      (await query('h = :h AND begins_with(r, :p)', { ':h': { S: 'a' }, ':p': { S: prefix } }))
        .Items,
    );
  assert.deepEqual(await found('a'), ['a', 'ab', 'ab\u{10FFFF}']);
  assert.deepEqual(await found('\u{10FFFF}'), ['\u{10FFFF}']);
  assert.deepEqual(ranges((await query('h = :h', { ':h': { S: 'a' } })).Items), texts);
});

describe('Scan', () => {
  beforeEach(async () => {
    db = await startDynamodb();
    await db.call('CreateTable', simpleTable());
    for (let index = 0; index < 100; index += 25) {
      const requests = Array.from({ length: 25 }, (_, each) => ({
        PutRequest: { Item: { h: { S: `k${index + each}` }, n: { N: String(index + each) } } },
      }));
      await db.call('BatchWriteItem', { RequestItems: { tab: requests } });
    }
  });

  test('gives every item once, page by page and segment by segment', async () => {
    const scanAll = async (segment: Partial<ScanInput>): Promise<readonly unknown[]> => {
      const seen: unknown[] = [];
      let start: ScanInput['ExclusiveStartKey'];
      do {
        const more = start && { ExclusiveStartKey: start };
        const page = await scan({ ...segment, Limit: 7, ...more });
        seen.push(...(page.Items ?? []).map((item) => item['h']?.S));
        start = page.LastEvaluatedKey;
      } while (start);
      return seen;
    };
    for (const TotalSegments of [1, 3, 7]) {
      const seen: unknown[] = [];
      for (let Segment = 0; Segment < TotalSegments; Segment += 1) {
        seen.push(...(await scanAll({ Segment, TotalSegments })));
      }
      assert.deepEqual([new Set(seen).size, seen.length], [100, 100]);
    }
  });

  test('filters with expressions and without', async () => {
    const by = await scan({
      FilterExpression: 'n < :ten',
      ExpressionAttributeValues: { ':ten': { N: '10' } },
    });
    assert.deepEqual([by.Count, by.ScannedCount], [10, 100]);
    const legacy = await scan({
      ScanFilter: {
        n: { ComparisonOperator: 'LT', AttributeValueList: [{ N: '5' }] },
        h: { ComparisonOperator: 'BEGINS_WITH', AttributeValueList: [{ S: 'k9' }] },
      },
      ConditionalOperator: 'OR',
      Select: 'COUNT',
    });
    assert.deepEqual(legacy, { Count: 5 + 11, ScannedCount: 100 });
  });

  test('refuses in AWS words', async () => {
    const cases: readonly (readonly [Partial<ScanInput>, string])[] = [
      [
        { Segment: 0 },
        'The TotalSegments parameter is required but was not present in the request when Segment parameter is present',
      ],
      [
        { TotalSegments: 4 },
        'The Segment parameter is required but was not present in the request when parameter TotalSegments is present',
      ],
      [
        { Segment: 5, TotalSegments: 5 },
        'The Segment parameter is zero-based and must be less than parameter TotalSegments: Segment: 5 is not less than TotalSegments: 5',
      ],
      [
        { ExclusiveStartKey: {} },
        'The provided starting key is invalid: The provided key element does not match the schema',
      ],
      [
        { ExclusiveStartKey: { h: { N: '1' } } },
        'The provided starting key is invalid: The provided key element does not match the schema',
      ],
      [{ AttributesToGet: ['a', 'a'] }, `${BEFORE}Duplicate value in attribute name: a`],
    ];
    for (const [more, message] of cases) {
      assert.deepEqual(await refusal(scan(more)), ['ValidationException', message]);
    }
    const inOther = await Promise.all(
      [0, 1].map((Segment) =>
        scan({ Segment, TotalSegments: 2, ExclusiveStartKey: { h: { S: 'k1' } } }).then(
          () => 'taken',
          (error: Error) => error.message,
        ),
      ),
    );
    assert.ok(inOther.includes('taken'));
    assert.ok(
      inOther.some((message) =>
        message.startsWith(
          'The provided starting key is invalid: Invalid ExclusiveStartKey. Please use ExclusiveStartKey with correct Segment. TotalSegments: 2 Segment: ',
        ),
      ),
    );
  });
});

test('Query and Scan agree with a model of the table, whatever is put and deleted', async () => {
  const hash = fc.constantFrom('a', 'b');
  const range = fc.integer({ min: -3, max: 3 });
  const change = fc.record({
    h: hash,
    r: range,
    isDeleted: fc.boolean(),
    g: fc.option(fc.constantFrom('x', 'y')),
  });
  await fc.assert(
    fc.asyncProperty(fc.array(change, { maxLength: 15 }), async (changes) => {
      db = await startDynamodb();
      await db.call('CreateTable', {
        ...simpleTable('N'),
        AttributeDefinitions: [
          ...simpleTable('N').AttributeDefinitions,
          { AttributeName: 'g', AttributeType: 'S' },
        ],
        GlobalSecondaryIndexes: [
          {
            IndexName: 'gsi',
            KeySchema: [{ AttributeName: 'g', KeyType: 'HASH' }],
            Projection: { ProjectionType: 'KEYS_ONLY' },
          },
        ],
      });
      const model = new Map<
        string,
        { readonly h: string; readonly r: number; readonly g: string | null }
      >();
      for (const { h, r, isDeleted, g } of changes) {
        const Key = { h: { S: h }, r: { N: String(r) } };
        if (isDeleted) {
          await db.call('DeleteItem', { TableName, Key });
          model.delete(`${h}/${r}`);
        } else {
          await put({ ...Key, ...(g !== null && { g: { S: g } }) });
          model.set(`${h}/${r}`, { h, r, g });
        }
      }
      const items = [...model.values()];
      for (const h of ['a', 'b']) {
        const found = ranges((await query('h = :h', { ':h': { S: h } })).Items);
        const expected = items
          .filter((item) => item.h === h)
          .map((item) => item.r)
          .toSorted((x, y) => x - y);
        assert.deepEqual(found, expected.map(String));
      }
      assert.equal((await scan()).Count, items.length);
      for (const g of ['x', 'y']) {
        const found = await query('g = :g', { ':g': { S: g } }, { IndexName: 'gsi' });
        assert.equal(found.Count, items.filter((item) => item.g === g).length);
      }
      const { Table } = await db.call('DescribeTable', { TableName });
      const weight = items.reduce(
        (sum, { r, g }) => sum + 3 + (r === 0 ? 1 : r < 0 ? 3 : 2) + (g === null ? 0 : 2),
        0,
      );
      assert.deepEqual([Table?.ItemCount, Table?.TableSizeBytes], [items.length, weight]);
      assert.equal(
        Table?.GlobalSecondaryIndexes?.[0]?.ItemCount,
        items.filter((item) => item.g !== null).length,
      );
    }),
    { numRuns: 25 },
  );
});
