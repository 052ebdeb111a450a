import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Shape } from '../model.ts';
import { headerSafe, parseText } from './texts.ts';

const shape = (kind: 'integer' | 'double' | 'boolean'): Shape =>
  kind === 'boolean' ? { kind, name: '' } : { kind, name: '', isSensitive: false };

test('a value cannot end its header', () => {
  assert.equal(headerSafe('a\r\nset-cookie: b'), 'a  set-cookie: b');
  assert.equal(headerSafe('é\t~'), 'é\t~');
  assert.equal(headerSafe('€\u0000\u007F'), '   ');
});

test('numbers and booleans are read strictly', () => {
  assert.equal(parseText(shape('integer'), '12'), 12);
  assert.equal(parseText(shape('integer'), ' -12 '), -12);
  for (const text of ['', '1.5', '1e3', '0x10', '12345678901234567890', 'a']) {
    assert.equal(parseText(shape('integer'), text), undefined, text);
  }
  assert.equal(parseText(shape('double'), '1.5e3'), 1500);
  assert.equal(parseText(shape('double'), '.'), undefined);
  assert.equal(parseText(shape('double'), '1'.repeat(100_000).concat('x')), undefined);
  assert.equal(parseText(shape('boolean'), 'TRUE'), true);
  assert.equal(parseText(shape('boolean'), 'yes'), undefined);
});
