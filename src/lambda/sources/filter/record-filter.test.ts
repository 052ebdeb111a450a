import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { PatternRefused } from '#kernel/event-pattern/index.ts';

import type { SourceKind } from '../model.ts';
import { compileFilter } from './index.ts';

function passes(pattern: unknown, event: unknown, kind: SourceKind = 'sqs'): boolean {
  const Pattern = typeof pattern === 'string' ? pattern : JSON.stringify(pattern);
  return compileFilter({ Filters: [{ Pattern }] }, kind)(event);
}

function message(body: unknown) {
  return { messageId: 'm', body: typeof body === 'string' ? body : JSON.stringify(body) };
}

describe('the body of a message', () => {
  // Recorded in lambda_integration_sqs: test_sqs_event_filter[...].
  const recorded: readonly (readonly [string, unknown, unknown, unknown])[] = [
    ['valid-json-filter', { 'my-key': ['my-value'] }, { 'my-key': 'my-value' }, { 'my-key': 'x' }],
    ['exists', { 'my-key': [{ exists: true }] }, { 'my-key': 'any-value-one' }, { other: 1 }],
    ['numeric-prefix', { test2: [{ prefix: 'us-1' }] }, { test2: 'us-1-48454' }, { test2: 'eu' }],
    [
      'numeric-range',
      { 'my-number': [{ numeric: ['>=', 100, '<', 200] }] },
      { 'my-number': 100 },
      { 'my-number': 200 },
    ],
    [
      'and-filter',
      { testItem: ['test24', 'test45'], test2: ['go'] },
      { testItem: 'test45', test2: 'go' },
      { testItem: 'test67', test2: 'go' },
    ],
    ['filter4', { test2: [{ numeric: ['>', 100] }] }, { test2: 105 }, 'this is a test string'],
  ];
  for (const [name, body, matching, other] of recorded) {
    it(`is matched as JSON: ${name}`, () => {
      assert.equal(passes({ body }, message(matching)), true);
      assert.equal(passes({ body }, message(other)), false);
    });
  }

  it('is matched as text by a pattern of texts, and JSON is no text then', () => {
    assert.equal(passes({ body: [{ prefix: 'a' }] }, message('abc')), true);
    assert.equal(passes({ body: ['1'] }, message('1')), true);
    assert.equal(passes({ body: [{ prefix: '{' }] }, message({ a: 1 })), false);
  });
});

it('matches an item that was changed', () => {
  const event = {
    eventName: 'INSERT',
    dynamodb: { NewImage: { presentKey: { S: 'presentValue' } } },
  };
  // Recorded in test_dynamodb_event_filter[content_filter_type].
  const image = { presentKey: { S: ['presentValue'] } };
  assert.equal(passes({ dynamodb: { NewImage: image } }, event, 'dynamodb'), true);
  assert.equal(passes({ eventName: ['REMOVE'] }, event, 'dynamodb'), false);
});

it('matches the data of a record of Kinesis once it is decoded', () => {
  const record = (text: string) => ({ kinesis: { data: Buffer.from(text).toString('base64') } });
  // Recorded in lambda_integration_kinesis: test_kinesis_event_filtering_json_pattern.
  const pattern = { data: { event_type: ['function_1'] } };
  assert.equal(passes(pattern, record('{"event_type":"function_1"}'), 'kinesis'), true);
  assert.equal(passes(pattern, record('{"event_type":"function_2"}'), 'kinesis'), false);
  assert.equal(passes(pattern, record('no json'), 'kinesis'), false);
});

it('lets everything pass where there is no pattern or an empty one', () => {
  assert.equal(compileFilter(undefined, 'sqs')(message('x')), true);
  assert.equal(compileFilter({ Filters: [] }, 'sqs')(message('x')), true);
  assert.equal(passes('{}', message('x')), true);
});

it('lets pass what any one of several patterns matches', () => {
  const Filters = [{ Pattern: '{"body":["a"]}' }, { Pattern: '{"body":["b"]}' }];
  const filter = compileFilter({ Filters }, 'sqs');
  assert.deepEqual(
    ['a', 'b', 'c'].map((body) => filter(message(body))),
    [true, true, false],
  );
});

it('refuses what is no pattern', () => {
  // Recorded in test_sqs_invalid_event_filter and test_dynamodb_invalid_event_filter.
  for (const text of ['null', '"simple string"', '["a"]', '[{"eventName": ["INSERT"=123}]']) {
    assert.throws(() => passes(text, message('x')), PatternRefused, text);
  }
});
