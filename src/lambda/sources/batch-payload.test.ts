import assert from 'node:assert/strict';
import { test } from 'node:test';
import * as fc from 'fast-check';
import { textOf } from '#kernel/bytes.ts';

import { fittingCount, inPayloads, pack, payloadOf } from './batch-payload.ts';

function recordOf(id: string, text: string) {
  return pack({ id, event: { text }, bytes: text.length, arrivedAtMs: 0 });
}

test('payloads keep all records in order, and only a single record may be over the bound', () => {
  const texts = fc.array(fc.string({ unit: 'grapheme', maxLength: 2000 }), { maxLength: 30 });
  fc.assert(
    fc.property(texts, (given) => {
      const records = given.map((text, index) => recordOf(String(index), text));
      const payloads = inPayloads(records, 5000);
      assert.deepEqual(payloads.flat(), records);
      for (const payload of payloads) {
        const bytes = payloadOf(payload);
        assert.ok(payload.length === 1 || bytes.byteLength <= 5000);
        const parsed: unknown = JSON.parse(textOf(bytes));
        assert.deepEqual(parsed, { Records: payload.map(({ record }) => record.event) });
      }
    }),
    { numRuns: 100 },
  );
});

test('members stand behind the records', () => {
  const payload = payloadOf([recordOf('1', 'a')], { shardId: 's', state: {} });
  assert.equal(textOf(payload), '{"Records":[{"text":"a"}],"shardId":"s","state":{}}');
});

test('a batch has no more records than were asked for', () => {
  const records = ['1', '2', '3'].map((id) => recordOf(id, id));
  assert.equal(fittingCount(records, 2, 1_000_000), 2);
  assert.equal(fittingCount(records, 4, 1_000_000), 3);
  assert.equal(fittingCount(records, 3, 1), 1);
});
