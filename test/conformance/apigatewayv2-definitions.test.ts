import assert from 'node:assert/strict';
import { test } from 'node:test';

import {
  CreateStageCommand,
  ExportApiCommand,
  GetApiCommand,
  GetApisCommand,
  GetAuthorizersCommand,
  GetIntegrationsCommand,
  GetRoutesCommand,
  ImportApiCommand,
  ReimportApiCommand,
} from '@aws-sdk/client-apigatewayv2';

import { functionArn, invocationUri, startWorld, type World } from './apigatewayv2-harness.ts';

const INTEGRATION = {
  type: 'aws_proxy',
  httpMethod: 'POST',
  uri: invocationUri(),
  payloadFormatVersion: '2.0',
};

/** As deployment tools write them: with CORS, tags, two authorizers, a default route. */
const DEFINITION = {
  openapi: '3.0.1',
  info: { title: 'pets', version: '2026-01-01', description: 'All pets' },
  tags: [{ name: 'team', 'x-amazon-apigateway-tag-value': 'a' }],
  servers: [{ url: 'https://example.com/{base}', variables: { base: { default: 'v1/pets' } } }],
  paths: {
    '/pets/{id}': {
      get: {
        operationId: 'GetPet',
        security: [{ tokens: ['read'] }],
        'x-amazon-apigateway-integration': INTEGRATION,
      },
      'x-amazon-apigateway-any-method': {
        security: [{ asked: [] }],
        'x-amazon-apigateway-integration': {
          $ref: '#/components/x-amazon-apigateway-integrations/shared',
        },
      },
    },
    '/signed': {
      post: {
        'x-amazon-apigateway-auth': { type: 'AWS_IAM' },
        'x-amazon-apigateway-integration': INTEGRATION,
      },
    },
    '/$default': {
      'x-amazon-apigateway-any-method': {
        isDefaultRoute: true,
        'x-amazon-apigateway-integration': {
          type: 'http_proxy',
          httpMethod: 'ANY',
          uri: 'http://127.0.0.1:1/{proxy}',
          timeoutInMillis: 1000,
          requestParameters: { 'append:header.x-a': 'b' },
          responseParameters: { 200: { 'overwrite:statuscode': '201' } },
        },
      },
    },
  },
  components: {
    'x-amazon-apigateway-integrations': { shared: INTEGRATION },
    securitySchemes: {
      tokens: {
        type: 'oauth2',
        'x-amazon-apigateway-authorizer': {
          type: 'jwt',
          jwtConfiguration: { issuer: 'https://issuer.example', audience: ['us'] },
          identitySource: '$request.header.Authorization',
        },
      },
      asked: {
        type: 'apiKey',
        name: 'x-token',
        in: 'header',
        'x-amazon-apigateway-authorizer': {
          type: 'request',
          authorizerUri: functionArn('one'),
          authorizerPayloadFormatVersion: '2.0',
          enableSimpleResponses: true,
          authorizerResultTtlInSeconds: 60,
          identitySource: '$request.header.x-token, $context.identity.sourceIp',
        },
      },
    },
  },
  'x-amazon-apigateway-cors': { allowOrigins: ['https://a.example'], allowMethods: ['get'] },
};

/** Routes, integrations and authorizers of an API, without their ids. */
async function contentsOf({ client }: World, ApiId: string) {
  const [routes, integrations, authorizers] = [
    (await client.send(new GetRoutesCommand({ ApiId }))).Items ?? [],
    (await client.send(new GetIntegrationsCommand({ ApiId }))).Items ?? [],
    (await client.send(new GetAuthorizersCommand({ ApiId }))).Items ?? [],
  ];
  const told = routes.map(({ RouteId: _id, Target, AuthorizerId, ...route }) => {
    const integration = integrations.find(
      ({ IntegrationId }) => Target === `integrations/${IntegrationId}`,
    );
    const authorizer = authorizers.find((one) => one.AuthorizerId === AuthorizerId);
    return {
      ...route,
      authorizer: authorizer && { ...authorizer, AuthorizerId: undefined },
      integration: integration && { ...integration, IntegrationId: undefined },
    };
  });
  return told.toSorted((a, b) => String(a.RouteKey).localeCompare(String(b.RouteKey)));
}

function importing({ client }: World, definition: unknown, more: object = {}) {
  const Body = typeof definition === 'string' ? definition : JSON.stringify(definition);
  return client.send(new ImportApiCommand({ Body, ...more }));
}

test('a definition becomes an API with all that its extensions say', async () => {
  await using world = await startWorld();
  const api = await importing(world, DEFINITION);
  assert.deepEqual(
    [api.Name, api.Version, api.Description, api.Tags, api.CorsConfiguration],
    [
      'pets',
      '2026-01-01',
      'All pets',
      { team: 'a' },
      { AllowOrigins: ['https://a.example'], AllowMethods: ['GET'] },
    ],
  );
  const contents = await contentsOf(world, api.ApiId ?? '');
  assert.deepEqual(
    contents.map((route) => [
      route.RouteKey,
      route.AuthorizationType,
      route.authorizer?.Name,
      route.integration?.IntegrationType,
    ]),
    [
      ['$default', 'NONE', undefined, 'HTTP_PROXY'],
      ['ANY /pets/{id}', 'CUSTOM', 'asked', 'AWS_PROXY'],
      ['GET /pets/{id}', 'JWT', 'tokens', 'AWS_PROXY'],
      ['POST /signed', 'AWS_IAM', undefined, 'AWS_PROXY'],
    ],
  );
  const [byDefault, asked, read] = contents;
  assert.deepEqual(byDefault?.integration?.ResponseParameters, {
    200: { 'overwrite:statuscode': '201' },
  });
  assert.deepEqual(asked?.authorizer?.IdentitySource, [
    '$request.header.x-token',
    '$context.identity.sourceIp',
  ]);
  assert.deepEqual([read?.OperationName, read?.AuthorizationScopes], ['GetPet', ['read']]);
});

test('an export can be imported, and is the same API, in JSON and in YAML', async () => {
  await using world = await startWorld();
  const { client } = world;
  const ApiId = (await importing(world, DEFINITION)).ApiId ?? '';
  const before = await contentsOf(world, ApiId);
  for (const OutputType of ['JSON', 'YAML']) {
    const settings = { ApiId, OutputType, Specification: 'OAS30' };
    const { body } = await client.send(new ExportApiCommand(settings));
    const again = await importing(world, Buffer.from(body ?? []).toString());
    assert.deepEqual(await contentsOf(world, again.ApiId ?? ''), before, OutputType);
    assert.deepEqual(again.CorsConfiguration?.AllowOrigins, ['https://a.example']);
  }
  const plain = { ApiId, OutputType: 'JSON', Specification: 'OAS30', IncludeExtensions: false };
  const { body } = await client.send(new ExportApiCommand(plain));
  assert.ok(
    !Buffer.from(body ?? [])
      .toString()
      .includes('x-amazon'),
  );
});

test('a definition takes the place of another, and its stage serves it', async () => {
  await using world = await startWorld();
  const { client } = world;
  const ApiId = (await importing(world, DEFINITION)).ApiId ?? '';
  await client.send(new CreateStageCommand({ ApiId, StageName: '$default', AutoDeploy: true }));
  const paths = { '/x': { get: { 'x-amazon-apigateway-integration': INTEGRATION } } };
  const Body = JSON.stringify({ openapi: '3.0.1', info: { title: 'less', version: '2' }, paths });
  await client.send(new ReimportApiCommand({ ApiId, Body }));
  assert.deepEqual(
    (await contentsOf(world, ApiId)).map(({ RouteKey }) => RouteKey),
    ['GET /x'],
  );
  const { Name, CorsConfiguration } = await client.send(new GetApiCommand({ ApiId }));
  assert.deepEqual([Name, CorsConfiguration], ['less', undefined]);
  assert.equal((await world.ask(ApiId, '/x')).status, 200);
  assert.equal((await world.ask(ApiId, '/signed', { method: 'POST' })).status, 404);
});

test('the base path of the servers stands before the routes, where that is asked for', async () => {
  await using world = await startWorld();
  const paths = { '/x': { get: { 'x-amazon-apigateway-integration': INTEGRATION } } };
  const definition = { ...DEFINITION, paths };
  const keysWith = async (Basepath: string) => {
    const { ApiId = '' } = await importing(world, definition, { Basepath });
    return (await contentsOf(world, ApiId)).map(({ RouteKey }) => RouteKey);
  };
  assert.deepEqual(await keysWith('ignore'), ['GET /x']);
  assert.deepEqual(await keysWith('prepend'), ['GET /v1/pets/x']);
  assert.deepEqual(await keysWith('split'), ['GET /pets/x']);
});

test('what is no definition of an HTTP API is refused, and leaves nothing behind', async () => {
  await using world = await startWorld();
  const wrongUri = { ...INTEGRATION, uri: 'arn:aws:sqs:us-east-1:000000000000:q' };
  const info = { title: 't', version: '1' };
  const pathsOf = (integration: object) => ({
    '/x': { get: { 'x-amazon-apigateway-integration': integration } },
  });
  const definitions: readonly unknown[] = [
    '',
    'null',
    '[1]',
    '{',
    'a: [',
    { swagger: '2.0', info, paths: {} },
    { openapi: '3.0.1', info, paths: pathsOf(wrongUri) },
    { openapi: '3.0.1', info, paths: pathsOf({ type: 'mock' }) },
    { openapi: '3.0.1', info, paths: { '/{a+}/b': { get: {} } } },
    { openapi: '3.0.1', info, paths: {}, 'x-amazon-apigateway-cors': { allowOrigins: ['x'] } },
  ];
  for (const definition of definitions) {
    await assert.rejects(
      importing(world, definition),
      { name: 'BadRequestException' },
      JSON.stringify(definition),
    );
  }
  await assert.rejects(importing(world, DEFINITION, { Basepath: 'other' }), {
    name: 'BadRequestException',
  });
  assert.deepEqual((await world.client.send(new GetApisCommand({}))).Items, []);
});
