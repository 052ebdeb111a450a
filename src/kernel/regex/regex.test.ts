import assert from 'node:assert/strict';
import { test } from 'node:test';
import { compileRegex, InvalidRegex, matchesWhole } from './index.ts';

test('expressions match as those of JavaScript do', () => {
  const sources = [
    'a+b',
    '(a|ab)(c|bcd)',
    'x*?(y)',
    '(?:ab){2,3}',
    '[^a-c]+',
    '^a.c$',
    '\\bfoo\\b',
    '(a)?b',
    '\\d{2}(?<n>.)',
    'a||b',
    '[\\x62-\\x64]+',
    '\\x61[\\u0062]',
  ];
  const texts = ['aab', 'abcd', 'xxy', 'ababab', 'defg', 'abc', 'a foo b', 'b', '123', ''];
  for (const source of sources) {
    for (const text of texts) {
      const expected = new RegExp(source).exec(text);
      const found = compileRegex(source).match(text);
      assert.equal(found?.[0], expected?.[0], `${source} ${text}`);
      assert.equal(found?.[1], expected?.[1], `${source} ${text}`);
    }
  }
});

test('an expression that would take JavaScript for ever ends', () => {
  assert.equal(compileRegex('(a+)+$').match(`${'a'.repeat(5000)}b`), undefined);
  for (const source of ['(', '*a', '(?=a)', '\\1', '[a', `(a{999}){999}`]) {
    assert.throws(() => compileRegex(source), InvalidRegex, source);
  }
});

test('a whole text matches, or it does not', () => {
  const cases: readonly (readonly [string, string, boolean])[] = [
    ['a|ab', 'ab', true],
    ['a|b', 'ab', false],
    ['(?i)abc', 'ABC', true],
    ['[\\x20-\\x7E]*', 'plain text', true],
    ['[\\x20-\\x7E]*', 'naïve', false],
    ['(?=.*[A-Z])(?=.*\\d)[A-Za-z\\d]{4,8}', 'abC1', true],
    ['(?=.*[A-Z])(?=.*\\d)[A-Za-z\\d]{4,8}', 'abcd1', false],
    ['(?!.*--)[a-z-]+', 'a-b', true],
    ['(?!.*--)[a-z-]+', 'a--b', false],
    ['(?:(?!ab).)*', 'bab', false],
  ];
  for (const [pattern, text, expected] of cases) {
    assert.equal(matchesWhole(pattern, text), expected, `${pattern} ${text}`);
    if (!pattern.startsWith('(?i)')) {
      assert.equal(new RegExp(`^(?:${pattern})$`).test(text), expected);
    }
  }
  assert.equal(matchesWhole('(a+)+', `${'a'.repeat(4000)}b`), false);
});

test('an expression that is none, or would take too long, is refused', () => {
  for (const source of ['a)(b', '(?=(?=a))', '(?<=a)b', '[']) {
    assert.throws(() => matchesWhole(source, 'ab'), InvalidRegex, source);
  }
  const lookahead = '(?=.*a).*';
  assert.equal(matchesWhole(lookahead, 'a'.repeat(400)), true);
  assert.throws(() => matchesWhole(lookahead, 'a'.repeat(4000)), /takes too long/);
});
