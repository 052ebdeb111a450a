import * as fc from 'fast-check';
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { afterPrefix, commonPrefix } from './key-order.ts';

const text = fc.string({ unit: 'binary', maxLength: 4 });
const less = (a: string, b: string): boolean => Buffer.compare(Buffer.from(a), Buffer.from(b)) < 0;

test('what follows a prefix is greater than every text that begins with it', () => {
  assert.equal(afterPrefix('a/'), 'a0');
  assert.equal(afterPrefix('a\u{d7ff}'), 'a\u{e000}');
  assert.equal(afterPrefix('a\u{10ffff}'), 'b');
  assert.equal(afterPrefix('\u{10ffff}'), undefined);
  assert.equal(afterPrefix(''), undefined);
  const property = fc.property(text, text, (prefix, rest) => {
    const bound = afterPrefix(prefix);
    if (bound !== undefined) assert.ok(less(prefix + rest, bound));
  });
  fc.assert(property);
});

test('what follows a prefix is not greater than any text beyond it', () => {
  const property = fc.property(text, text, (prefix, other) => {
    const bound = afterPrefix(prefix);
    fc.pre(bound !== undefined && !other.startsWith(prefix) && less(prefix, other));
    assert.ok(!less(other, bound ?? ''));
  });
  fc.assert(property);
});

test('a common prefix ends with the first delimiter behind the prefix', () => {
  assert.equal(commonPrefix('a/b/c', '', '/'), 'a/');
  assert.equal(commonPrefix('a/b/c', 'a/', '/'), 'a/b/');
  assert.equal(commonPrefix('a/b', 'a/', '/'), undefined);
  assert.equal(commonPrefix('a--b', 'a', '--'), 'a--');
  assert.equal(commonPrefix('a/b', '', ''), undefined);
});
