import assert from 'node:assert/strict';
import { test } from 'node:test';
import * as fc from 'fast-check';
import { addNumbers, canonicalNumber, compareNumbers, numberBytes, parseNumber } from './number.ts';

test('gives numbers back without exponent, sign of zero or superfluous zeros', () => {
  const cases: readonly (readonly [string, string])[] = [
    ['0', '0'],
    ['-0', '0'],
    ['000', '0'],
    ['0.00', '0'],
    ['+1', '1'],
    ['0042.1200', '42.12'],
    ['1e3', '1000'],
    ['1.5E-3', '0.0015'],
    ['.5', '0.5'],
    ['5.', '5'],
    ['-123.4560', '-123.456'],
    ['1E125', `1${'0'.repeat(125)}`],
    ['1E-130', `0.${'0'.repeat(129)}1`],
    ['9'.repeat(38), '9'.repeat(38)],
  ];
  for (const [text, expected] of cases) assert.equal(canonicalNumber(text), expected, text);
});

test('takes 38 digits and no more', () => {
  assert.equal(canonicalNumber('1'.repeat(38)), '1'.repeat(38));
  assert.equal(canonicalNumber(`${'1'.repeat(38)}00`), `${'1'.repeat(38)}00`);
  assert.throws(() => canonicalNumber('1'.repeat(39)), {
    message: 'Attempting to store more than 38 significant digits in a Number',
  });
});

test('takes magnitudes from 1E-130 to 9.9E+125', () => {
  canonicalNumber(`9.${'9'.repeat(37)}E125`);
  assert.throws(() => canonicalNumber('1E126'), {
    message:
      'Number overflow. Attempting to store a number with magnitude larger than supported range',
  });
  assert.throws(() => canonicalNumber('-1E-131'), {
    message:
      'Number underflow. Attempting to store a number with magnitude smaller than supported range',
  });
});

test('refuses what is no number', () => {
  assert.throws(() => parseNumber(''), {
    message: 'The parameter cannot be converted to a numeric value',
  });
  for (const text of ['b', ' 1', '1 ', '1e', '--1', '0x1', 'NaN', 'Infinity', '1.2.3', '.']) {
    assert.throws(() => parseNumber(text), {
      message: `The parameter cannot be converted to a numeric value: ${text}`,
    });
  }
});

test('reads a megabyte of digits in no time', () => {
  assert.throws(() => parseNumber(`${'1'.repeat(1_000_000)}x`));
});

test('adds and subtracts exactly', () => {
  assert.equal(addNumbers('0.1', '0.2', false), '0.3');
  assert.equal(addNumbers('1', '1', true), '0');
  assert.equal(addNumbers('-5', '3', true), '-8');
  assert.equal(
    addNumbers('99999999999999999999999999999999999999', '1', false),
    `1${'0'.repeat(38)}`,
  );
  assert.throws(() => addNumbers('1E40', '1', false), {
    message: /more than 38 significant digits/,
  });
  assert.throws(() => addNumbers('9E125', '9E125', false), { message: /^Number overflow/ });
});

test('agrees with integers, however large', () => {
  const integer = fc.bigInt({ min: -(10n ** 37n), max: 10n ** 37n });
  fc.assert(
    fc.property(integer, integer, (a, b) => {
      assert.equal(addNumbers(String(a), String(b), false), String(a + b));
      assert.equal(addNumbers(String(a), String(b), true), String(a - b));
      assert.equal(Math.sign(compareNumbers(String(a), String(b))), a < b ? -1 : a > b ? 1 : 0);
      assert.equal(canonicalNumber(String(a)), String(a));
    }),
  );
});

test('weighs numbers as AWS was measured to', () => {
  const measured: readonly (readonly [string, number])[] = [
    ['0', 1],
    ['1', 2],
    ['12', 2],
    ['123', 3],
    ['1234', 3],
    ['12345678901234567890123456789012345678', 20],
    ['0042', 2],
    ['100', 2],
    ['1010', 3],
    ['0.0000001', 2],
    ['1E125', 2],
    ['1E-100', 2],
    ['1.5', 3],
    ['15', 2],
    ['1.2', 3],
    ['1.200', 3],
    ['1.234', 4],
    ['3.14159', 5],
    ['123456', 4],
    ['100.5', 4],
    ['0.15', 2],
    ['-42', 3],
    ['-0', 1],
  ];
  for (const [text, bytes] of measured) assert.equal(numberBytes(text), bytes, text);
});
