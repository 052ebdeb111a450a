import assert from 'node:assert/strict';
import { test } from 'node:test';
import * as fc from 'fast-check';
import type { AttributeValue } from '#aws/models/dynamodb.types.gen.ts';
import { areEqual, areEqualItems, compareValues } from './compare.ts';
import { decodeItem, encodeItem } from './item-text.ts';
import { hashKeyBytes, keyBytes, numberKeyBytes, prefixEnd, segmentStart } from './key-bytes.ts';
import { compareNumbers } from './number.ts';
import { parseAttributes, parseValue } from './parse-value.ts';
import { itemBytes } from './size.ts';
import { attributeOf } from './value.ts';
import type { Value } from './value.ts';

const numberText = fc
  .tuple(
    fc.boolean(),
    fc.bigInt({ min: 1n, max: 10n ** 38n - 1n }),
    fc.integer({ min: -90, max: 80 }),
  )
  .map(([isNegative, digits, power]) => `${isNegative ? '-' : ''}${digits}E${power}`);

test('orders numbers as keys by their value', () => {
  fc.assert(
    fc.property(fc.oneof(numberText, fc.constant('0')), numberText, (a, b) => {
      const byBytes = Math.sign(Buffer.compare(numberKeyBytes(a), numberKeyBytes(b)));
      assert.equal(byBytes, Math.sign(compareNumbers(a, b)), `${a} ${b}`);
    }),
  );
});

test('orders neighbouring numbers, of both signs, with prefixes of one another', () => {
  const ordered = [
    '-1E125',
    '-100',
    '-12.3',
    '-12.29',
    '-12',
    '-1.2',
    '-1',
    '-0.1',
    '-1E-130',
    '0',
    '1E-130',
    '0.1',
    '1',
    '1.2',
    '12',
    '12.29',
    '12.3',
    '99',
    '100',
    '1E125',
  ];
  const sorted = ordered
    .toReversed()
    .toSorted((a, b) => Buffer.compare(numberKeyBytes(a), numberKeyBytes(b)));
  assert.deepEqual(sorted, ordered);
});

test('orders strings by their UTF-8 bytes, as keys and in comparisons', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary' }), fc.string({ unit: 'binary' }), (a, b) => {
      const byBytes = Math.sign(Buffer.compare(keyBytes({ S: a }), keyBytes({ S: b })));
      assert.equal(Math.sign(compareValues({ S: a }, { S: b }) ?? NaN), byBytes);
    }),
  );
});

test('ends a prefix just after all that begins with it', () => {
  const end = prefixEnd(Buffer.from([1, 0xff, 0xff]));
  assert.deepEqual(end && [...end], [2]);
  assert.equal(prefixEnd(Buffer.from([0xff])), undefined);
  assert.equal(prefixEnd(Buffer.alloc(0)), undefined);
});

test('cuts the hashes into segments without gap or overlap', () => {
  for (const total of [1, 2, 3, 7, 1_000_000]) {
    const first = segmentStart(0, total);
    assert.deepEqual(first && [...first], [0, 0, 0, 0]);
    assert.equal(segmentStart(total, total), undefined);
  }
  const second = segmentStart(1, 2);
  assert.deepEqual(second && [...second], [0x80, 0, 0, 0]);
  assert.notDeepEqual(hashKeyBytes({ S: 'a' }), hashKeyBytes({ S: 'b' }));
});

const value: fc.Arbitrary<Value> = fc.letrec<{ value: Value }>((tie) => ({
  value: fc.oneof(
    { maxDepth: 3 },
    fc.record({ S: fc.string() }),
    fc.record({ N: fc.integer().map(String) }),
    fc.record({ B: fc.uint8Array() }),
    fc.record({ BOOL: fc.boolean() }),
    fc.constant({ NULL: true } as const),
    fc.record({ SS: fc.uniqueArray(fc.string(), { minLength: 1 }) }),
    fc.record({
      BS: fc.uniqueArray(fc.uint8Array({ minLength: 1 }), { minLength: 1, selector: String }),
    }),
    fc.record({ L: fc.array(tie('value'), { maxLength: 3 }) }),
    fc.record({ M: fc.dictionary(fc.oneof(fc.string(), fc.constant('__proto__')), tie('value')) }),
  ),
})).value;

test('stores and reads back every item', () => {
  fc.assert(
    fc.property(fc.dictionary(fc.string(), value), (item) => {
      const parsed = parseAttributes(item);
      const stored = decodeItem(encodeItem(parsed));
      assert.ok(areEqualItems(stored, parsed));
      assert.equal(itemBytes(stored), itemBytes(parsed));
    }),
  );
});

test('keeps an attribute named __proto__ apart from the prototype', () => {
  const item = Object.fromEntries([['__proto__', { S: '2' }]]);
  assert.deepEqual(attributeOf(decodeItem(encodeItem(item)), '__proto__'), { S: '2' });
  assert.equal(attributeOf({}, 'constructor'), undefined);
});

test('holds sets equal whatever their order', () => {
  assert.ok(areEqual({ SS: ['a', 'b'] }, { SS: ['b', 'a'] }));
  assert.ok(!areEqual({ SS: ['a', 'b'] }, { SS: ['a', 'c'] }));
  assert.ok(!areEqual({ L: [{ S: 'a' }] }, { L: [{ S: 'b' }] }));
  assert.ok(!areEqual({ S: '1' }, { N: '1' }));
});

test('weighs an item by its names and values', () => {
  // As in recordings/dynamodb test_transact_write_items_streaming: SizeBytes of keys and image.
  assert.equal(itemBytes({ id: { S: 'Fred' } }), 6);
  assert.equal(
    itemBytes({ id: { S: 'NewKey' }, attr1: { S: 'value1' }, attr2: { S: 'value2' } }),
    30,
  );
  assert.equal(itemBytes({ é: { S: 'é' } }), 4);
  assert.equal(
    itemBytes({ l: { L: [{ S: 'ab' }] }, m: { M: { k: { BOOL: true } } } }),
    1 + 3 + 3 + 1 + 3 + 3,
  );
});

test('refuses values in AWS words', () => {
  const cases: readonly (readonly [AttributeValue, string])[] = [
    [{}, 'Supplied AttributeValue is empty, must contain exactly one of the supported datatypes'],
    [
      { S: 'a', N: '1' },
      'Supplied AttributeValue has more than one datatypes set, must contain exactly one of the supported datatypes',
    ],
    [{ N: 'b' }, 'The parameter cannot be converted to a numeric value: b'],
    [
      { NULL: false },
      'One or more parameter values were invalid: Null attribute value types must have the value of true',
    ],
    [{ SS: [] }, 'One or more parameter values were invalid: An string set  may not be empty'],
    [{ NS: [] }, 'One or more parameter values were invalid: An number set  may not be empty'],
    [{ BS: [] }, 'One or more parameter values were invalid: Binary sets should not be empty'],
    [
      { SS: ['a', 'a'] },
      'One or more parameter values were invalid: Input collection [a, a] contains duplicates.',
    ],
    [{ NS: ['1', '1.0'] }, 'Input collection contains duplicates'],
    [
      { BS: [Buffer.of(1), Buffer.of(1)] },
      'One or more parameter values were invalid: Input collection [AQ==, AQ==]of type BS contains duplicates.',
    ],
    [
      { L: [{ M: { a: {} } }] },
      'Supplied AttributeValue is empty, must contain exactly one of the supported datatypes',
    ],
  ];
  for (const [input, message] of cases) assert.throws(() => parseValue(input), { message });
});

test('takes 32 levels of nesting and no more', () => {
  const nested = (levels: number): AttributeValue =>
    levels === 1 ? { S: 'x' } : { L: [nested(levels - 1)] };
  parseValue(nested(32));
  assert.throws(() => parseValue(nested(33)), {
    message: /^Nesting Levels have exceeded supported limits/,
  });
});
