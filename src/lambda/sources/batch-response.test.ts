import assert from 'node:assert/strict';
import { test } from 'node:test';
import { utf8 } from '#kernel/bytes.ts';

import { failedIdsOf } from './batch-response.ts';

const IDS = ['1', '2', '3'];

function failed(text: string): string[] {
  return [...failedIdsOf(utf8(text), IDS)];
}

test('says that nothing failed where the function says so in any of its ways', () => {
  // Recorded as test_dynamodb_report_batch_item_success_scenarios and that of Kinesis.
  const answers = ['', '""', 'null', '{}', '[]'];
  const lists = ['{"batchItemFailures":[]}', '{"batchItemFailures":null}'];
  for (const text of [...answers, ...lists]) assert.deepEqual(failed(text), [], text);
});

test('names the items that failed', () => {
  const item = (id: string) => ({ itemIdentifier: id });
  const answer = { batchItemFailures: [item('3'), item('1'), item('3')] };
  assert.deepEqual(failed(JSON.stringify(answer)), ['3', '1']);
});

test('fails the whole batch where the answer makes no sense', () => {
  // Recorded as test_dynamodb_report_batch_item_failure_scenarios and that of Kinesis.
  const items = [
    '{"itemIdentifier":""}',
    '{"itemIdentifier":null}',
    '{"foo":"1"}',
    '{"foo":null}',
    '{"itemIdentifier":"unknown"}',
    '"1"',
  ];
  for (const item of items) {
    assert.deepEqual(failed(`{"batchItemFailures":[{"itemIdentifier":"1"},${item}]}`), IDS, item);
  }
  for (const text of ['{not json', '{"batchItemFailures":"1"}', '7', '"text"']) {
    assert.deepEqual(failed(text), IDS, text);
  }
});
