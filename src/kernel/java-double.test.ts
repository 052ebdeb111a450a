import assert from 'node:assert/strict';
import { test } from 'node:test';
import { javaDouble } from './java-double.ts';

test('doubles have a point, and an exponent from ten million and below a thousandth', () => {
  const texts: readonly [number, string][] = [
    [41, '41.0'],
    [-0, '-0.0'],
    [0.5, '0.5'],
    [0.001, '0.001'],
    [0.00099, '9.9E-4'],
    [9_999_999, '9999999.0'],
    [10_000_000, '1.0E7'],
    [-12_345_678.5, '-1.23456785E7'],
    [Number.NaN, 'NaN'],
    [-Infinity, '-Infinity'],
  ];
  for (const [value, text] of texts) assert.equal(javaDouble(value), text);
});
