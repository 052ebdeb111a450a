import assert from 'node:assert/strict';
import { test } from 'node:test';
import { compilePattern } from './validate-pattern.ts';

test('patterns that are rewritten match what they matched', () => {
  const value = compilePattern(String.raw`^[ \t]*[\x20-\x7E]+([ \t]+[\x20-\x7E]+)*[ \t]*$`, 512);
  const original = /^[ \t]*[\x20-\x7E]+([ \t]+[\x20-\x7E]+)*[ \t]*$/;
  for (const text of ['', '\t', ' ', 'a', '\ta', 'a\tb', 'a \t', 'a\u0001', '\t\t b\t', 'é']) {
    assert.equal(value.matches(text), original.test(text), JSON.stringify(text));
  }
});

test("Java's classes and flags are understood", () => {
  assert.ok(compilePattern(String.raw`([\p{L}\p{Z}\p{N}_.:/=+\-@]*)`, 128).matches('é 1_-@'));
  assert.ok(!compilePattern(String.raw`([\p{L}\p{Z}\p{N}_.:/=+\-@]*)`, 128).matches('a!'));
  assert.ok(compilePattern(String.raw`\p{Print}+`, 256).matches('abc'));
  assert.ok(!compilePattern(String.raw`\p{Print}+`, 256).matches('a\n'));
  assert.ok(compilePattern('(?i)all|[0-9]{12}', undefined).matches('ALL'));
});

test('the whole value must match', () => {
  assert.ok(!compilePattern('[0-9]+', 10).matches('1a'));
  assert.ok(!compilePattern('a|b', 10).matches('ab'));
});
