import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { OperationCall } from '#ports/peers/operation-caller.ts';
import { utf8 } from '#kernel/bytes.ts';
import { start } from '../harness.test.ts';

const DEFINITION = 'openapi: 3.0.1\npaths:\n  /a:\n    get: {}\n';

/** A service whose S3 has one object. */
const including = () =>
  start(({ operation, input }: OperationCall) => {
    if (operation !== 'GetObject') return {};
    assert.deepEqual(input, { Bucket: 'bucket', Key: 'api.yaml' });
    return { Body: [utf8(DEFINITION)] };
  });

const templateOf = (Location: unknown) => ({
  Transform: 'AWS::Serverless-2016-10-31',
  Parameters: { Where: { Type: 'String', Default: 's3://bucket/api.yaml' } },
  Resources: {
    Api: {
      Type: 'AWS::Serverless::Api',
      Properties: {
        StageName: 'prod',
        DefinitionBody: {
          'Fn::Transform': { Name: 'AWS::Include', Parameters: { Location } },
          info: { title: 'mine' },
        },
      },
    },
  },
});

for (const location of ['s3://bucket/api.yaml', { Ref: 'Where' }]) {
  test(`a definition is brought in from ${JSON.stringify(location)}`, async () => {
    const { call } = await including();
    const TemplateBody = JSON.stringify(templateOf(location));
    const Capabilities = ['CAPABILITY_AUTO_EXPAND' as const];
    await call('CreateStack', { StackName: 'stack', TemplateBody, Capabilities });
    const asked = { StackName: 'stack', TemplateStage: 'Processed' };
    const { TemplateBody: processed = '' } = await call('GetTemplate', asked);
    // The transform's answer is of this form.
    const { Resources: resources } = JSON.parse(processed) as {
      Resources: { Api: { Properties: { Body: unknown } } };
    };
    assert.deepEqual(resources.Api.Properties.Body, {
      openapi: '3.0.1',
      paths: { '/a': { get: {} } },
      info: { title: 'mine' },
    });
  });
}

test('what cannot be brought in is refused', async () => {
  const { call } = await including();
  const create = (template: object) =>
    call('CreateStack', { StackName: 'stack', TemplateBody: JSON.stringify(template) });
  await assert.rejects(create(templateOf({ 'Fn::Sub': 'x' })), /has to be a text, or a parameter/);
  const macro = { 'Fn::Transform': { Name: 'Mine', Parameters: {} } };
  const One = { Type: 'AWS::SQS::Queue', Properties: macro };
  await assert.rejects(create({ Resources: { One } }), /No transform named Mine found/);
  const include = {
    'Fn::Transform': { Name: 'AWS::Include', Parameters: { Location: 's3://bucket/api.yaml' } },
  };
  const many = Array.from({ length: 51 }, () => include);
  const Many = { Type: 'AWS::SQS::Queue', Properties: { Tags: many } };
  await assert.rejects(create({ Resources: { Many } }), /more than 50 inclusions/);
});
