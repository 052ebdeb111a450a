import assert from 'node:assert/strict';
import { test } from 'node:test';
import { utf8 } from '#kernel/bytes.ts';
import { countedThreads } from '../../../test/support/counted-threads.ts';
import { requestContext } from '../../../test/support/request-context.ts';
import { apiGatewayPermissions } from './permissions.ts';

const PERMISSIONS = apiGatewayPermissions({});
const ACCOUNT = '000000000000';
const ARN = 'arn:aws:apigateway:us-east-1::';
const ROLE = `arn:aws:iam::${ACCOUNT}:role/r`;

/** @param path as the client wrote it, which is nothing to go by */
async function needsOf(operation: string, input: Readonly<Record<string, unknown>>, path = '/') {
  const call = { operation, input, context: requestContext(ACCOUNT, { path }) };
  const needs = await PERMISSIONS.needsOf(call);
  const more = (await PERMISSIONS.needsOfContents?.(call)) ?? [];
  return [...needs, ...more].map(({ action, resource }) => `${action} ${resource}`);
}

test('an operation needs its method on its path, however that was written', async () => {
  const cases: readonly (readonly [string, Readonly<Record<string, unknown>>, string])[] = [
    ['CreateRestApi', { name: 'a' }, `POST ${ARN}/restapis`],
    ['ImportRestApi', {}, `POST ${ARN}/restapis`],
    ['GetRestApi', { restApiId: 'a1' }, `GET ${ARN}/restapis/a1`],
    ['UpdateStage', { restApiId: 'a1', stageName: 'dev' }, `PATCH ${ARN}/restapis/a1/stages/dev`],
    [
      'PutMethod',
      { restApiId: 'a1', resourceId: 'r', httpMethod: 'GET' },
      `PUT ${ARN}/restapis/a1/resources/r/methods/GET`,
    ],
    [
      'FlushStageAuthorizersCache',
      { restApiId: 'a1', stageName: 'dev' },
      `DELETE ${ARN}/restapis/a1/stages/dev/cache/authorizers`,
    ],
    [
      'UntagResource',
      { resourceArn: `${ARN}/restapis/a1` },
      `DELETE ${ARN}/tags/${encodeURIComponent(`${ARN}/restapis/a1`)}`,
    ],
  ];
  for (const [operation, input, expected] of cases) {
    const written = operation === 'GetRestApi' ? '/restapis/%61%31' : '/';
    assert.deepEqual(await needsOf(operation, input, written), [`apigateway:${expected}`]);
  }
});

test('tags that a request gives are keys of conditions', async () => {
  const call = { operation: 'CreateRestApi', input: { name: 'a', tags: { team: 'x' } } };
  const needs = await PERMISSIONS.needsOf({
    ...call,
    context: requestContext(ACCOUNT),
  });
  assert.deepEqual(needs[0]?.keys, { 'aws:RequestTag/team': 'x', 'aws:TagKeys': ['team'] });
});

test('who gives an API a policy needs that, too', async () => {
  const policy = '{}';
  const value = { op: 'replace', path: '/policy', value: policy };
  const definition = utf8(JSON.stringify({ 'x-amazon-apigateway-policy': {} }));
  const cases: readonly (readonly [string, Readonly<Record<string, unknown>>, string])[] = [
    ['CreateRestApi', { policy }, '/restapis'],
    ['UpdateRestApi', { restApiId: 'a', patchOperations: [value] }, '/restapis/a'],
    ['PutRestApi', { restApiId: 'a', body: definition }, '/restapis/a'],
  ];
  for (const [operation, input, path] of cases) {
    const [, second] = await needsOf(operation, input);
    assert.equal(second, `apigateway:UpdateRestApiPolicy ${ARN}${path}`);
  }
});

test('roles that are put, patched or imported are passed on', async () => {
  const definition = JSON.stringify({
    swagger: '2.0',
    paths: { '/': { get: { 'x-amazon-apigateway-integration': { credentials: ROLE } } } },
  });
  const patch = (path: string) => ({ patchOperations: [{ op: 'replace', path, value: ROLE }] });
  const cases: readonly (readonly [string, Readonly<Record<string, unknown>>])[] = [
    ['PutIntegration', { credentials: ROLE }],
    ['CreateAuthorizer', { authorizerCredentials: ROLE }],
    ['UpdateIntegration', patch('/credentials')],
    ['UpdateAuthorizer', patch('/authorizerCredentials')],
    ['UpdateAccount', patch('/cloudwatchRoleArn')],
    ['ImportRestApi', { body: utf8(definition) }],
    ['PutRestApi', { body: utf8(definition) }],
  ];
  for (const [operation, input] of cases) {
    const [, ...passed] = await needsOf(operation, input);
    assert.deepEqual(passed, [`iam:PassRole ${ROLE}`], operation);
  }
  assert.equal((await needsOf('UpdateIntegration', patch('/uri'))).length, 1);
  assert.equal((await needsOf('ImportRestApi', { body: utf8('none') })).length, 1);
});

test('a long definition in YAML is looked through on a thread', async () => {
  const threads = countedThreads();
  const { needsOfContents } = apiGatewayPermissions({ threads });
  const text = `swagger: '2.0'\nx: { credentials: '${ROLE}' }\n`.padEnd(20_000);
  const context = requestContext(ACCOUNT, { path: '/' });
  const call = { operation: 'ImportRestApi', input: { body: utf8(text) }, context };
  const needs = (await needsOfContents?.(call)) ?? [];
  assert.deepEqual(
    needs.map(({ resource }) => resource),
    [ROLE],
  );
  assert.equal(threads.asked.length, 1);
});
