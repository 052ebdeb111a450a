import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Json, JsonObject } from '#kernel/json.ts';
import { readTemplate } from '../template/template.ts';
import { EVALUATION_CHARACTERS_MAX } from '../limits.ts';
import { evaluate, KNOWN_AFTER_APPLY } from './evaluate.ts';
import { referencesOf } from './references.ts';
import { createScope } from './scope.ts';

const template = readTemplate({
  Parameters: { List: { Type: 'CommaDelimitedList' }, Stage: { Type: 'String' } },
  Mappings: { Sizes: { prod: { memory: 512 } } },
  Conditions: {
    IsProd: { 'Fn::Equals': [{ Ref: 'Stage' }, 'prod'] },
    Either: { 'Fn::Or': [{ Condition: 'IsProd' }, { 'Fn::Not': [{ Condition: 'IsProd' }] }] },
  },
  Resources: { Queue: { Type: 'AWS::SQS::Queue' }, New: { Type: 'AWS::SQS::Queue' } },
});

const scope = createScope({
  accountId: '111111111111',
  region: 'eu-west-1',
  template,
  parameters: [
    { key: 'List', value: 'a, b', isHidden: false },
    { key: 'Stage', value: 'prod', isHidden: false },
  ],
  stackName: 'stack',
  stackId: 'id',
  notificationArns: [],
  exports: new Map([['shared', 'value']]),
  existing: (id) =>
    id === 'Queue' ? { physicalId: 'url', properties: {}, attributes: { Arn: 'arn' } } : 'unknown',
});

const done = (value: Json): Json | undefined => evaluate(value, scope);

test('evaluates each function', () => {
  const cases: readonly (readonly [JsonObject, Json])[] = [
    [{ Ref: 'Queue' }, 'url'],
    [{ Ref: 'List' }, ['a', 'b']],
    [{ Ref: 'AWS::AccountId' }, '111111111111'],
    [{ 'Fn::GetAtt': ['Queue', 'Arn'] }, 'arn'],
    [{ 'Fn::GetAtt': 'Queue.Arn' }, 'arn'],
    [
      { 'Fn::Sub': '${Stage}/${Queue.Arn}/${!Literal}/${AWS::Region}' },
      'prod/arn/${Literal}/eu-west-1',
    ],
    [{ 'Fn::Sub': ['${x}-${Stage}', { x: { Ref: 'Queue' } }] }, 'url-prod'],
    [{ 'Fn::Join': ['-', { Ref: 'List' }] }, 'a-b'],
    [{ 'Fn::Select': ['1', { Ref: 'List' }] }, 'b'],
    [{ 'Fn::Split': ['|', 'a|b'] }, ['a', 'b']],
    [{ 'Fn::If': ['IsProd', 1, 2] }, 1],
    [{ 'Fn::And': [{ Condition: 'IsProd' }, { Condition: 'Either' }] }, true],
    [{ 'Fn::FindInMap': ['Sizes', { Ref: 'Stage' }, 'memory'] }, 512],
    [{ 'Fn::FindInMap': ['Sizes', 'x', 'y', { DefaultValue: 3 }] }, 3],
    [{ 'Fn::Base64': 'hi' }, 'aGk='],
    [{ 'Fn::ImportValue': 'shared' }, 'value'],
    [{ 'Fn::GetAZs': '' }, ['eu-west-1a', 'eu-west-1b', 'eu-west-1c']],
    [{ 'Fn::Cidr': ['10.0.0.0/16', 2, 8] }, ['10.0.0.0/24', '10.0.1.0/24']],
    [{ 'Fn::Length': { Ref: 'List' } }, 2],
    [{ 'Fn::ToJsonString': { a: { Ref: 'Stage' } } }, '{"a":"prod"}'],
  ];
  for (const [value, expected] of cases) {
    assert.deepEqual(done(value), expected, JSON.stringify(value));
  }
});

test('leaves out what AWS::NoValue stands for', () => {
  assert.deepEqual(done({ a: { Ref: 'AWS::NoValue' }, b: [{ Ref: 'AWS::NoValue' }, 1] }), {
    b: [1],
  });
});

test('a value that needs what is not made yet is known only then', () => {
  for (const value of [
    { Ref: 'New' },
    { 'Fn::Sub': 'x-${New.Arn}' },
    { 'Fn::Join': ['', ['x', { Ref: 'New' }]] },
  ]) {
    assert.equal(done(value), KNOWN_AFTER_APPLY);
  }
});

test('names what is not there', () => {
  assert.throws(() => done({ 'Fn::FindInMap': ['Sizes', 'x', 'y'] }), {
    message: 'Template error: Unable to get mapping for Sizes::x::y',
  });
  assert.throws(() => done({ 'Fn::ImportValue': 'nothing' }), {
    message: 'No export named nothing found.',
  });
  assert.throws(() => done({ 'Fn::GetAtt': ['Queue', 'Nothing'] }), {
    message: 'Template error: resource Queue does not support attribute type Nothing in Fn::GetAtt',
  });
  assert.throws(() => done({ 'Fn::Cidr': ['10.0.0.0/24', 2, 8] }), { name: 'AwsError' });
});

test('what would grow with each level of its functions is refused, and no name is evaluated twice', () => {
  const nested = (text: string, depth: number): Json =>
    depth === 0 ? 'x' : { 'Fn::Sub': [text, { a: nested(text, depth - 1) }] };
  assert.equal(done(nested('${a}${a}', 10)), 'x'.repeat(1024));
  const message = /more than can be evaluated/;
  assert.throws(() => done(nested('${a}${a}', 64)), { code: 'ValidationError', message });
  let quoted: Json = '"';
  for (let depth = 0; depth < 64; depth += 1) quoted = { 'Fn::ToJsonString': quoted };
  assert.throws(() => done(quoted), { message });
  let asked = 0;
  const counting = { ...scope, ref: (name: string) => ((asked += 1), name) };
  evaluate({ 'Fn::Sub': '${AWS::Region}${AWS::Region}${AWS::Region}' }, counting);
  assert.equal(asked, 1);
});

test('a text as long as a template that begins variables and ends none is read through once', () => {
  // Looked through from each beginning it would take many minutes.
  const open = '${'.repeat(EVALUATION_CHARACTERS_MAX / 2);
  assert.equal(done({ 'Fn::Sub': open }), open);
  assert.deepEqual(referencesOf({ 'Fn::Sub': open }), []);
  assert.equal(done({ 'Fn::Sub': '${Queue} ${!Literal} ${' }), 'url ${Literal} ${');
  assert.deepEqual(referencesOf({ 'Fn::Sub': '${Queue.Arn} ${!Literal} ${} ${Stage} ${' }), [
    { name: 'Queue', attribute: 'Arn' },
    { name: 'Stage' },
  ]);
});
