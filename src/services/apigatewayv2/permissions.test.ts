import assert from 'node:assert/strict';
import { test } from 'node:test';
import { requestContext } from '../../../test/support/request-context.ts';
import { apigatewayv2Permissions } from './permissions.ts';

const PERMISSIONS = apigatewayv2Permissions({});
const ACCOUNT = '000000000000';

async function needsOf(operation: string, input: Readonly<Record<string, unknown>>) {
  const call = { operation, input, context: requestContext(ACCOUNT) };
  const needs = await PERMISSIONS.needsOf(call);
  const more = (await PERMISSIONS.needsOfContents?.(call)) ?? [];
  return [...needs, ...more].map(({ action, resource }) => `${action} ${resource}`);
}

test('an operation needs its method on its path', async () => {
  const arn = 'arn:aws:apigateway:us-east-1::';
  assert.deepEqual(await needsOf('CreateApi', { Name: 'a' }), [`apigateway:POST ${arn}/apis`]);
  assert.deepEqual(await needsOf('GetRoute', { ApiId: 'a', RouteId: 'r' }), [
    `apigateway:GET ${arn}/apis/a/routes/r`,
  ]);
  assert.deepEqual(await needsOf('UpdateStage', { ApiId: 'a', StageName: '$default' }), [
    `apigateway:PATCH ${arn}/apis/a/stages/$default`,
  ]);
  assert.deepEqual(await needsOf('TagResource', { ResourceArn: `${arn}/apis/a` }), [
    `apigateway:POST ${arn}/tags/${encodeURIComponent(`${arn}/apis/a`)}`,
  ]);
});

test('roles of imported definitions are passed on, wherever they stand', async () => {
  const role = (name: string) => `arn:aws:iam::${ACCOUNT}:role/${name}`;
  const Body = `
openapi: 3.0.1
paths:
  /a:
    get:
      x-amazon-apigateway-integration: { $ref: '#/components/x-amazon-apigateway-integrations/i' }
components:
  x-amazon-apigateway-integrations:
    i: { type: AWS_PROXY, credentials: '${role('i')}' }
  securitySchemes:
    s: { x-amazon-apigateway-authorizer: { authorizerCredentials: '${role('a')}' } }
`;
  for (const operation of ['ImportApi', 'ReimportApi']) {
    const [, ...passed] = await needsOf(operation, { ApiId: 'a', Body });
    assert.deepEqual(
      passed.toSorted(),
      ['a', 'i'].map((name) => `iam:PassRole ${role(name)}`),
    );
  }
  assert.equal((await needsOf('ImportApi', { Body: 'no: [definition' })).length, 1);
});

test('a role that an integration or an authorizer has is passed on', async () => {
  const role = `arn:aws:iam::${ACCOUNT}:role/r`;
  for (const [operation, member] of [
    ['CreateIntegration', 'CredentialsArn'],
    ['UpdateAuthorizer', 'AuthorizerCredentialsArn'],
  ] as const) {
    const [, passed] = await needsOf(operation, { ApiId: 'a', AuthorizerId: 'b', [member]: role });
    assert.equal(passed, `iam:PassRole ${role}`);
  }
});
