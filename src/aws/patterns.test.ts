import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { compilePattern } from './patterns.ts';

describe('a pattern of a user', () => {
  it('matches the whole of a text, or finds a part', () => {
    const pattern = compilePattern('b+|\\u0063\\/');
    assert.deepEqual(
      ['bb', 'c/', 'abb'].map((text) => [pattern?.matches(text), pattern?.finds(text)]),
      [
        [true, true],
        [true, true],
        [false, true],
      ],
    );
    assert.equal(compilePattern('a.c')?.matches('a\nc'), false);
    assert.equal(compilePattern('a.c', true)?.matches('a\nc'), true);
  });

  it('takes no longer for being nested', () => {
    const text = 'a'.repeat(100_000);
    assert.equal(compilePattern('^(a+)+$')?.finds(`${text}!`), false);
    assert.equal(compilePattern('(a|aa)+')?.matches(`${text}!`), false);
  });

  it('is none where it is malformed, too long or repeats too often', () => {
    assert.equal(compilePattern('('), undefined);
    assert.equal(compilePattern('(?=a)b'), undefined);
    assert.ok(compilePattern('a'.repeat(1000)) !== undefined);
    assert.equal(compilePattern('a'.repeat(1001)), undefined);
    assert.ok(compilePattern('a{1,500}b{500}') !== undefined);
    assert.equal(compilePattern('a{1,500}b{501}'), undefined);
  });

  it('replaces with what a function makes of each match', () => {
    const pattern = compilePattern('(\\w)(\\d)?');
    const by = (groups: readonly string[], index: number) => `<${groups.join('|')}@${index}>`;
    assert.equal(pattern?.replace('a1 b', by), '<a1|a|1@0> <b|b|@3>');
    assert.equal(pattern.replace('a1 b', by, true), '<a1|a|1@0> b');
  });
});
