import assert from 'node:assert/strict';
import { test } from 'node:test';
import { array, assert as assertProperty, constantFrom, oneof, property, string } from 'fast-check';
import { fieldsOf } from './discover-fields.ts';
import { MalformedQuery, Pipeline, parseQuery } from './index.ts';

const NOW = Date.UTC(2026, 0, 1);

/** The rows that a query finds in messages that came a minute apart, the last first. */
function ask(text: string, messages: readonly string[], group = 'g'): Record<string, string>[] {
  const pipeline = new Pipeline(parseQuery(text), NOW);
  for (const [index, message] of messages.toReversed().entries()) {
    const timestamp = NOW - index * 60_000;
    const place = { stream: 's', group, accountId: '111111111111', pointer: String(index) };
    if (!pipeline.add(fieldsOf({ ...place, timestamp, ingestedAtMs: timestamp, message }))) break;
  }
  return pipeline.results().map((row) => {
    const { '@ptr': _pointer, ...shown } = Object.fromEntries(row);
    return shown;
  });
}

test('without fields, time and message are shown, the newest first', () => {
  assert.deepEqual(ask('limit 1', ['a', 'b']), [
    { '@timestamp': '2026-01-01 00:00:00.000', '@message': 'b' },
  ]);
});

test('filters compare, match, and look into lists', () => {
  const messages = ['{"n":1,"s":"Ab"}', '{"n":20,"s":"b"}', 'no json', '{"n":"x"}'];
  const found = (condition: string): unknown =>
    ask(`fields n | filter ${condition} | sort n`, messages).map(({ n }) => n);
  assert.deepEqual(found('n > 1'), ['20', 'x']);
  assert.deepEqual(found('n >= 1 and n < 20'), ['1']);
  assert.deepEqual(found('s like /(?i)^a/'), ['1']);
  assert.deepEqual(found('s =~ /b$/'), ['1', '20']);
  assert.deepEqual(found("s like 'A'"), ['1']);
  assert.deepEqual(found("s not like 'A' and ispresent(s)"), ['20']);
  assert.deepEqual(found('n in [1, "x"]'), ['1', 'x']);
  assert.deepEqual(found('not (n = 1 or n = "x") and ispresent(n)'), ['20']);
  assert.deepEqual(found('n not in [1, 20] and n != 5'), ['x', undefined]);
});

test('fields are computed, named and shown', () => {
  assert.deepEqual(
    ask('fields a.b * 2 + 1 as c, strlen(t) | display c, upper', ['{"a":{"b":3},"t":"xy"}']),
    [{ c: '7' }],
  );
  assert.deepEqual(ask('fields list.1, toupper(t), 7 / 2', ['{"list":[1,2],"t":"xy"}']), [
    { 'list.1': '2', 'toupper(t)': 'XY', '7 / 2': '3.5' },
  ]);
  assert.deepEqual(ask('fields `a-b`', ['{"a-b":true}']), [{ 'a-b': '1' }]);
});

test('parse takes parts of texts, by wildcards and by groups', () => {
  const messages = ['user=jane, took 12 ms', 'nothing'];
  assert.deepEqual(
    ask(
      'parse "user=*, took * ms" as user, took | filter took > 10 | display user, took',
      messages,
    ),
    [{ user: 'jane', took: '12' }],
  );
  assert.deepEqual(
    ask('parse @message /user=(?<who>\\w+), took (?<ms>\\d+)/ | stats sum(ms) by who', messages),
    [{}, { 'sum(ms)': '12', who: 'jane' }],
  );
});

test('stats counts by groups, and later commands see its results', () => {
  const messages = ['{"k":"a","v":1}', '{"k":"b","v":2}', '{"k":"a","v":4}'];
  const query = 'stats count(*) as n, avg(v), max(v), pct(v, 50) by k | sort n desc | limit 1';
  assert.deepEqual(ask(query, messages), [
    { k: 'a', n: '2', 'avg(v)': '2.5', 'max(v)': '4', 'pct(v, 50)': '1' },
  ]);
  assert.deepEqual(ask('stats count(*) by bin(2m)', messages), [
    { 'bin(2m)': '2026-01-01 00:00:00.000', 'count(*)': '1' },
    { 'bin(2m)': '2025-12-31 23:58:00.000', 'count(*)': '2' },
  ]);
  assert.deepEqual(
    ask('stats sum(v) / count(*) as mean, count_distinct(k), earliest(v)', messages),
    [{ mean: '2.3333', 'count_distinct(k)': '2', 'earliest(v)': '1' }],
  );
  assert.deepEqual(ask('stats count(*)', []), []);
});

test('dedup keeps the first of each', () => {
  assert.deepEqual(ask('fields k | dedup k', ['{"k":1}', '{"k":2}', '{"k":1}']), [
    { k: '1' },
    { k: '2' },
  ]);
});

test('reports of functions have fields of their own', () => {
  const report =
    'REPORT RequestId: 6f2a\tDuration: 3.25 ms\tBilled Duration: 4 ms\tMemory Size: 128 MB\tMax Memory Used: 60 MB\t\n';
  const query =
    'filter @type = "REPORT" | fields @requestId, @duration, @billedDuration, @maxMemoryUsed';
  assert.deepEqual(ask(query, ['x', report], '/aws/lambda/f'), [
    {
      '@requestId': '6f2a',
      '@duration': '3.25',
      '@billedDuration': '4',
      '@maxMemoryUsed': '60000000',
    },
  ]);
});

test('what says nothing is refused, with its place', () => {
  const bad = [
    '',
    'fields',
    'felds a',
    'limit 0',
    'limit 10001',
    'stats @message',
    'filter a = ',
    'parse "*"',
  ];
  for (const text of [
    ...bad,
    'filter nosuch(a)',
    'filter a like /(/',
    'fields (a',
    `filter ${'('.repeat(60)}`,
  ]) {
    assert.throws(() => parseQuery(text), MalformedQuery, text);
  }
  parseQuery('limit 10000');
});

test('any text is read or refused', () => {
  const words = constantFrom(
    'fields',
    'filter',
    'stats',
    'parse',
    'sort',
    'a',
    '|',
    '(',
    ')',
    '"x*"',
    '/x/',
    'as',
    'by',
    ',',
    '1',
    '=',
    'like',
    'count',
  );
  assertProperty(
    property(array(oneof(words, string()), { maxLength: 12 }), (parts) => {
      try {
        ask(parts.join(' '), ['{"a":1}', 'x']);
      } catch (error) {
        assert.ok(error instanceof MalformedQuery, String(error));
      }
    }),
    { numRuns: 500 },
  );
});
