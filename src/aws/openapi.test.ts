import assert from 'node:assert/strict';
import { test } from 'node:test';
import { MIB } from '#kernel/units.ts';
import { parseDocument, rolesOf } from './openapi.ts';

test('a document is JSON or YAML, and nothing else is one', () => {
  assert.deepEqual(parseDocument('{"a": 1}'), { a: 1 });
  assert.deepEqual(parseDocument('a: 1'), { a: 1 });
  for (const text of ['', '[]', 'text', 'a: [', '[1', 'a: *none', '['.repeat(10_000)]) {
    assert.equal(parseDocument(text), undefined, text.slice(0, 10));
  }
});

test('a key that stands twice is its last, in YAML as in JSON, however many there are', () => {
  assert.deepEqual(parseDocument('{"a": 1, "a": 2}'), { a: 2 });
  assert.deepEqual(parseDocument('a: 1\nb: {c: 1, c: 3}\na: 2'), { a: 2, b: { c: 3 } });
  const keys = Array.from({ length: 20_000 }, (_, index) => `k${index}: 1`);
  assert.equal(Object.keys(parseDocument(keys.join('\n')) ?? {}).length, keys.length);
});

test('JSON has 6 MiB at the most, YAML one', () => {
  const json = (bytes: number) => `{"a":"${'é'.repeat((bytes - 8) / 2)}"}`;
  assert.ok(parseDocument(json(6 * MIB)) !== undefined);
  assert.equal(parseDocument(`${json(6 * MIB)} `), undefined);
  assert.equal(parseDocument(json(12 * MIB)), undefined);
  const yaml = (bytes: number) => `a: ${'é'.repeat((bytes - 4) / 2)} `;
  assert.ok(parseDocument(yaml(MIB)) !== undefined);
  assert.equal(parseDocument(`${yaml(MIB)} `), undefined);
});

test('YAML has 500 aliases at the most', () => {
  const text = (count: number) =>
    `a:\n${Array.from({ length: count }, (_, index) => `- &a${index} x\n- *a${index}`).join('\n')}`;
  assert.ok(parseDocument(text(500)) !== undefined);
  assert.equal(parseDocument(text(501)), undefined);
});

test('roles are found wherever they stand, in lists of whatever length too', () => {
  const list = Array.from({ length: 500_000 }, () => 1);
  const document = { list, deep: [{ credentials: 'a' }, [{ authorizerCredentials: 'b' }]] };
  assert.deepEqual([...rolesOf(document)].toSorted(), ['a', 'b']);
});
