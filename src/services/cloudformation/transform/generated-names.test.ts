import assert from 'node:assert/strict';
import { test } from 'node:test';
import { withGenerated } from './generated-names.ts';

const NAMES = new Map([
  ['Layer', 'Layer123'],
  ['Fn.Alias', 'FnAliaslive'],
  ['Fn.Version', 'FnVersion1'],
]);

test('references of every form lead to what the transform made', () => {
  const given = {
    a: { Ref: 'Fn.Alias' },
    b: { 'Fn::GetAtt': ['Fn.Version', 'Version'] },
    c: { 'Fn::GetAtt': ['Layer', 'LayerVersionArn'] },
    d: { 'Fn::Sub': '${Fn.Alias} ${Layer} ${Layer.LayerVersionArn} ${!Layer} ${Fn}' },
    e: { 'Fn::Sub': ['${Layer} ${x}', { Layer: 1, x: { Ref: 'Layer' } }] },
    f: { DependsOn: ['Layer', 'Fn'] },
  };
  assert.deepEqual(withGenerated(given, NAMES), {
    a: { Ref: 'FnAliaslive' },
    b: { 'Fn::GetAtt': ['FnVersion1', 'Version'] },
    c: { 'Fn::GetAtt': ['Layer123', 'LayerVersionArn'] },
    d: { 'Fn::Sub': '${FnAliaslive} ${Layer123} ${Layer123.LayerVersionArn} ${!Layer} ${Fn}' },
    e: { 'Fn::Sub': ['${Layer} ${x}', { Layer: 1, x: { Ref: 'Layer123' } }] },
    f: { DependsOn: ['Layer123', 'Fn'] },
  });
});
