import assert from 'node:assert/strict';
import { test } from 'node:test';
import * as fc from 'fast-check';
import { AwsError } from '#aws/errors.ts';
import { parseTemplate } from './parse.ts';

test('reads short forms within one another, and keeps texts that look like numbers', () => {
  const text = `
Resources:
  A:
    Properties:
      Ref: !Ref B
      Attribute: !GetAtt B.Outputs.Url
      Sub: !Sub ['\${x}', {x: !Select [0, !Split [',', !Ref C]]}]
      Account: 012345678901
      Version: 2012-10-17
      Number: 42
      Decimal: 1.10
      On: true
      If: !If [IsProd, !Ref D, !Ref 'AWS::NoValue']
`;
  assert.deepEqual(parseTemplate(text), {
    Resources: {
      A: {
        Properties: {
          Ref: { Ref: 'B' },
          Attribute: { 'Fn::GetAtt': ['B', 'Outputs.Url'] },
          Sub: {
            'Fn::Sub': ['${x}', { x: { 'Fn::Select': [0, { 'Fn::Split': [',', { Ref: 'C' }] }] } }],
          },
          Account: '012345678901',
          Version: '2012-10-17',
          Number: 42,
          Decimal: '1.10',
          On: true,
          If: { 'Fn::If': ['IsProd', { Ref: 'D' }, { Ref: 'AWS::NoValue' }] },
        },
      },
    },
  });
});

test('reads whatever JSON says as JSON does', () => {
  fc.assert(
    fc.property(fc.dictionary(fc.string(), fc.jsonValue()), (tree) => {
      assert.deepEqual(parseTemplate(JSON.stringify(tree)), JSON.parse(JSON.stringify(tree)));
    }),
    { numRuns: 200 },
  );
});

test('refuses what is no template with an error of AWS, and nothing else', () => {
  fc.assert(
    fc.property(
      fc.string({ unit: fc.constantFrom(...Array.from('{}[]:!&*-"\n aRef')) }),
      (text) => {
        try {
          parseTemplate(text);
        } catch (error) {
          assert.ok(error instanceof AwsError, String(error));
        }
      },
    ),
    { numRuns: 500 },
  );
});

test('a template is nested 200 levels deep, and no deeper', () => {
  const nested = (levels: number) => `${'{"a":'.repeat(levels)}1${'}'.repeat(levels)}`;
  assert.ok(parseTemplate(nested(200)));
  const deeper = { message: 'Template format error: nested more than 200 levels deep.' };
  assert.throws(() => parseTemplate(nested(201)), deeper);
  assert.throws(() => parseTemplate(`a: ${'['.repeat(200)}1${']'.repeat(200)}`), deeper);
  assert.throws(() => parseTemplate(nested(8000)), deeper);
});

test('a key that stands twice in one map is refused where it stands, however many there are', () => {
  const at = (form: string, line: number, column: number) => ({
    message: `Template format error: ${form} not well-formed. (line ${line}, column ${column})`,
  });
  assert.throws(() => parseTemplate('a: 1\nb: 2\na: 3'), at('YAML', 3, 1));
  assert.throws(() => parseTemplate('a:\n  b: {c: 1, d: 2, c: 3}'), at('YAML', 2, 19));
  assert.throws(() => parseTemplate('a: !Sub\n  - x\n  - {c: 1, c: 2}'), at('YAML', 1, 4));
  assert.throws(() => parseTemplate('{a: 1, a: 2}'), /JSON not well-formed/);
  assert.deepEqual(parseTemplate('a: {c: 1}\nb: {c: 1}'), { a: { c: 1 }, b: { c: 1 } });
  const keys = Array.from({ length: 20_000 }, (_, index) => `k${index}: 1`);
  assert.equal(Object.keys(parseTemplate(keys.join('\n'))).length, keys.length);
});
