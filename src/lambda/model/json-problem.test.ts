import assert from 'node:assert/strict';
import { test } from 'node:test';

import {
  assert as assertProperty,
  constantFrom,
  oneof,
  property,
  string,
  uint8Array,
} from 'fast-check';

import { utf8 } from '#kernel/bytes.ts';

import { jsonProblem } from './json-problem.ts';

const AT =
  ' at [Source: REDACTED (`StreamReadFeature.INCLUDE_SOURCE_IN_LOCATION` disabled); line: ';

test('finds nothing wrong with JSON', () => {
  const texts = ['{}', ' [1, {"a": [true, null, -1.5e3]}] ', '"x"', '0', 'null', '"\\u00e9 é"'];
  for (const text of texts) assert.equal(jsonProblem(utf8(text)), undefined, text);
});

test('names a byte that begins no character, as recorded', () => {
  // lambda: TestLambdaErrors::test_lambda_invoke_payload_encoding_error
  const bytes = Uint8Array.of(0x6e, 0x87, 0x72, 0x9e);
  assert.equal(jsonProblem(bytes), `Invalid UTF-8 start byte 0x87\n${AT}1, column: 3]`);
});

test('says what was expected where', () => {
  const cases: [string, string][] = [
    ['', 'Unexpected end-of-input'],
    ['{"a":1', 'Unexpected end-of-input: expected close marker for Object'],
    ['[1', 'Unexpected end-of-input: expected close marker for Array'],
    [
      '{a:1}',
      "Unexpected character ('a' (code 97)): was expecting double-quote to start field name",
    ],
    [
      '{"a" 1}',
      "Unexpected character ('1' (code 49)): was expecting a colon to separate field name and value",
    ],
    [
      '[1 2]',
      "Unexpected character ('2' (code 50)): was expecting comma to separate Array entries",
    ],
    [
      'hello',
      "Unrecognized token 'hello': was expecting (JSON String, Number, Array, Object or token 'null', 'true' or 'false')",
    ],
    ['"a', 'Unexpected end-of-input: was expecting closing quote for a string value'],
  ];
  for (const [text, expected] of cases) {
    assert.ok(
      jsonProblem(utf8(text))?.startsWith(`${expected}\n${AT}1, column: `),
      `${text}: ${jsonProblem(utf8(text))}`,
    );
  }
});

test('counts lines', () => {
  assert.match(jsonProblem(utf8('{\n"a": x\n}')) ?? '', /line: 2, column: 7\]$/);
});

test('agrees with the parser on what is JSON, and always ends', () => {
  const decoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });
  const text = oneof(
    uint8Array({ maxLength: 40 }),
    string({ maxLength: 40, unit: constantFrom(...'{}[]",:\\ 01-e.tfn\n'.split('')) }).map(utf8),
  );
  assertProperty(
    property(text, (bytes) => {
      let isJson = true;
      try {
        JSON.parse(decoder.decode(bytes));
      } catch {
        isJson = false;
      }
      assert.equal(jsonProblem(bytes) === undefined, isJson);
    }),
    { numRuns: 5000 },
  );
});

test('does not overflow on a payload of open brackets', () => {
  assert.match(jsonProblem(utf8('['.repeat(1_000_000))) ?? '', /^Unexpected end-of-input/);
});
