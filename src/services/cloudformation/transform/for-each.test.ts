import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Json, JsonObject } from '#kernel/json.ts';
import { transformTemplate } from './index.ts';

const CONTEXT = {
  accountId: '111111111111',
  region: 'us-east-1',
  parameters: new Map([['Names', 'a-1, b-2']]),
};

function written(tree: JsonObject): JsonObject {
  return transformTemplate({ Transform: 'AWS::LanguageExtensions', ...tree }, CONTEXT);
}

const queues = (items: Json, key = 'Queue&{Name}') => ({
  'Fn::ForEach::Queues': [
    'Name',
    items,
    { [key]: { Type: 'AWS::SQS::Queue', Properties: { QueueName: { Ref: 'Name' } } } },
  ],
});

test('a loop is written out once for each item, in keys, texts and references', () => {
  const { Resources, Outputs } = written({
    Resources: { Other: { Type: 'AWS::SNS::Topic' }, ...queues({ Ref: 'Names' }) },
    Outputs: {
      'Fn::ForEach::Urls': [
        'Name',
        ['a-1'],
        { 'Url&{Name}': { Value: { 'Fn::GetAtt': ['Queue&{Name}', 'QueueUrl'] } } },
      ],
    },
  });
  const queue = (QueueName: string) => ({ Type: 'AWS::SQS::Queue', Properties: { QueueName } });
  assert.deepEqual(Resources, {
    Other: { Type: 'AWS::SNS::Topic' },
    Queuea1: queue('a-1'),
    Queueb2: queue('b-2'),
  });
  assert.deepEqual(Outputs, { Urla1: { Value: { 'Fn::GetAtt': ['Queuea1', 'QueueUrl'] } } });
});

test('loops stand in one another, within properties and over mappings', () => {
  const properties = {
    'Fn::ForEach::Settings': [
      'Key',
      { 'Fn::FindInMap': ['Map', 'Top', { Ref: 'Table' }] },
      { '${Key}': { 'Fn::Sub': '${Table}-${Key}-${AWS::Region}' } },
    ],
  };
  const { Resources } = written({
    Mappings: { Map: { Top: { x: ['A', 'B'], y: ['C'] } } },
    Resources: {
      'Fn::ForEach::Tables': ['Table', ['x', 'y'], { 'T${Table}': { Properties: properties } }],
    },
  });
  const sub = (text: string) => ({ 'Fn::Sub': `${text}-\${AWS::Region}` });
  assert.deepEqual(Resources, {
    Tx: { Properties: { A: sub('x-A'), B: sub('x-B') } },
    Ty: { Properties: { C: sub('y-C') } },
  });
});

test('without the transform a loop is no part of a template', () => {
  const tree = { Resources: queues(['a']) };
  assert.equal(transformTemplate(tree, CONTEXT), tree);
});

test('a loop that cannot be written out is refused', () => {
  const refused = (Resources: JsonObject, message: RegExp) =>
    assert.throws(() => written({ Resources }), { code: 'ValidationError', message });
  const items = (count: number) => Array.from({ length: count }, (_, index) => `n${index}`);
  refused(queues({ 'Fn::GetAtt': ['A', 'B'] }), /cannot be known/);
  refused(queues(['a', 'b'], 'Queue'), /more than once/);
  refused(queues(items(101)), /has more than 100 items/);
  assert.equal(
    Object.keys(written({ Resources: queues(items(100)) })['Resources'] ?? {}).length,
    100,
  );
  refused({ 'Fn::ForEach::A': ['Name', ['a']] }, /requires a list of three/);
  refused({ 'Fn::ForEach::A': ['Name', ['a'], queues(['b'])] }, /identifier of a loop around/);
});

test('loops that write out more than can be deployed end', () => {
  const many = Array.from({ length: 100 }, (_, index) => String(index));
  let body: JsonObject = { 'K${A}${B}${C}${D}${E}': 'x'.repeat(1000) };
  for (const name of ['A', 'B', 'C', 'D', 'E'])
    body = { [`Fn::ForEach::L${name}`]: [name, many, body] };
  assert.throws(() => written({ Resources: body }), /more than can be deployed/);
  const six = { 'Fn::ForEach::LF': ['F', many, body] };
  assert.throws(() => written({ Resources: six }), /at most 5 levels|more than can be deployed/);
});

test('a collection of more items than a loop may have is not gathered', () => {
  // A thousand lists of two hundred thousand would be gigabytes.
  const Default = 'a,'.repeat(200_000);
  const lists = Array.from({ length: 1000 }, () => ({ Ref: 'Many' }));
  const tree = { Parameters: { Many: { Default } }, Resources: queues(lists) };
  assert.throws(() => written(tree), {
    code: 'ValidationError',
    message: /has more than 100 items/,
  });
});
