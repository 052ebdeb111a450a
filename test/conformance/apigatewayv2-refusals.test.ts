import assert from 'node:assert/strict';
import { test } from 'node:test';

import {
  CreateApiCommand,
  CreateAuthorizerCommand,
  CreateDeploymentCommand,
  CreateIntegrationCommand,
  CreateModelCommand,
  CreateRouteCommand,
  CreateStageCommand,
  DeleteApiCommand,
  DeleteDeploymentCommand,
  DeleteIntegrationCommand,
  DeleteRouteCommand,
  DeleteStageCommand,
  GetApiCommand,
  GetApisCommand,
  GetRouteCommand,
  GetStageCommand,
  GetTagsCommand,
  TagResourceCommand,
  UntagResourceCommand,
  UpdateApiCommand,
  UpdateRouteCommand,
  UpdateStageCommand,
} from '@aws-sdk/client-apigatewayv2';

import { ACCOUNT, emptyApi, functionArn, quickApi, startWorld } from './apigatewayv2-harness.ts';

interface Refusal {
  readonly name: string;
  readonly status: number | undefined;
  readonly message: string;
}

/** What a call was refused with; fails where it was not. */
async function refusalOf(call: Promise<unknown>): Promise<Refusal> {
  try {
    await call;
  } catch (error) {
    const { name, message, $metadata } = error as Error & {
      readonly $metadata: { readonly httpStatusCode?: number };
    };
    return { name, message, status: $metadata.httpStatusCode };
  }
  throw new Error('the call was not refused');
}

async function isRefused(status: number, calls: readonly (() => Promise<unknown>)[]) {
  for (const call of calls) {
    const refusal = await refusalOf(call());
    assert.equal(refusal.status, status, `${String(call)}: ${refusal.message}`);
  }
}

test('an API that is not there is told with its account, whatever is asked of it', async () => {
  await using world = await startWorld();
  const { client } = world;
  const ApiId = 'none000000';
  assert.deepEqual(await refusalOf(client.send(new GetApiCommand({ ApiId }))), {
    name: 'NotFoundException',
    status: 404,
    message: `Invalid API identifier specified ${ACCOUNT}:${ApiId}`,
  });
  await isRefused(404, [
    () => client.send(new UpdateApiCommand({ ApiId, Name: 'x' })),
    () => client.send(new DeleteApiCommand({ ApiId })),
    () => client.send(new CreateRouteCommand({ ApiId, RouteKey: 'GET /x' })),
    () => client.send(new CreateStageCommand({ ApiId, StageName: 'x' })),
    () => client.send(new CreateDeploymentCommand({ ApiId })),
  ]);
});

test('settings that cannot be are refused', async () => {
  await using world = await startWorld();
  const { client } = world;
  const ApiId = await emptyApi(world);
  const api = (settings: object) => () =>
    client.send(new CreateApiCommand({ Name: 'x', ProtocolType: 'HTTP', ...settings }));
  const route = (settings: object) => () =>
    client.send(new CreateRouteCommand({ ApiId, RouteKey: 'GET /x', ...settings }));
  const integration = (settings: object) => () =>
    client.send(
      new CreateIntegrationCommand({
        ApiId,
        IntegrationType: 'AWS_PROXY',
        IntegrationUri: functionArn('one'),
        PayloadFormatVersion: '2.0',
        ...settings,
      }),
    );
  const authorizer = (settings: object) => () =>
    client.send(
      new CreateAuthorizerCommand({
        ApiId,
        Name: 'a',
        AuthorizerType: 'JWT',
        IdentitySource: ['$request.header.Authorization'],
        JwtConfiguration: { Issuer: 'https://a.example' },
        ...settings,
      }),
    );
  const stage = (settings: object) => () =>
    client.send(new CreateStageCommand({ ApiId, StageName: 'x', ...settings }));
  const REQUEST = {
    AuthorizerType: 'REQUEST',
    AuthorizerUri: functionArn('one'),
    AuthorizerPayloadFormatVersion: '2.0',
  };
  await isRefused(400, [
    api({ ProtocolType: 'WEBSOCKET' }),
    api({ ProtocolType: 'GRPC' }),
    api({ Name: '' }),
    api({ Name: 'a'.repeat(129) }),
    api({ RouteSelectionExpression: '$request.body.action' }),
    api({ CorsConfiguration: { AllowOrigins: ['*'], AllowCredentials: true } }),
    api({ CorsConfiguration: { AllowOrigins: ['a.example'] } }),
    api({ CorsConfiguration: { AllowMethods: ['FETCH'] } }),
    api({ CorsConfiguration: { MaxAge: 86_401 } }),
    api({ Tags: { 'aws:x': 'y' } }),
    api({ Target: 'no target' }),
    api({ Target: functionArn('one'), RouteKey: 'x' }),
    route({ RouteKey: '/x' }),
    route({ RouteKey: 'FETCH /x' }),
    route({ RouteKey: 'GET x' }),
    route({ RouteKey: 'GET /{a+}/b' }),
    route({ RouteKey: 'GET /{a}/{a}' }),
    route({ RouteKey: 'GET /x{a}' }),
    route({ ApiKeyRequired: true }),
    route({ Target: 'integrations/none' }),
    route({ Target: 'elsewhere' }),
    route({ AuthorizationType: 'JWT' }),
    route({ AuthorizationType: 'CUSTOM', AuthorizerId: 'none' }),
    route({ AuthorizationScopes: ['a'] }),
    integration({ IntegrationType: 'MOCK' }),
    integration({ IntegrationUri: 'https://a.example' }),
    integration({ PayloadFormatVersion: undefined }),
    integration({ PayloadFormatVersion: '3.0' }),
    integration({ TimeoutInMillis: 49 }),
    integration({ TimeoutInMillis: 30_001 }),
    integration({ IntegrationSubtype: 'SNS-Publish' }),
    integration({ IntegrationType: 'HTTP_PROXY', IntegrationUri: 'https://a.example' }),
    integration({ RequestParameters: { 'append:header.authorization': 'x' } }),
    integration({ RequestParameters: { 'replace:header.x': 'x' } }),
    integration({ ResponseParameters: { 99: { 'append:header.x': 'x' } } }),
    integration({ ResponseParameters: { 200: { 'overwrite:path': 'x' } } }),
    authorizer({ JwtConfiguration: undefined }),
    authorizer({ JwtConfiguration: { Issuer: 'no url' } }),
    authorizer({ IdentitySource: [] }),
    authorizer({ ...REQUEST, AuthorizerUri: undefined }),
    authorizer({ ...REQUEST, AuthorizerPayloadFormatVersion: undefined }),
    authorizer({ ...REQUEST, AuthorizerPayloadFormatVersion: '1.0', EnableSimpleResponses: true }),
    authorizer({ ...REQUEST, AuthorizerResultTtlInSeconds: 3601 }),
    authorizer({ ...REQUEST, IdentitySource: [], AuthorizerResultTtlInSeconds: 1 }),
    authorizer({ ...REQUEST, IdentitySource: ['$request.body'] }),
    stage({ StageName: 'a b' }),
    stage({ AutoDeploy: true, DeploymentId: 'x' }),
    () => client.send(new CreateModelCommand({ ApiId, Name: 'a', Schema: '{' })),
    () => client.send(new CreateModelCommand({ ApiId, Name: 'a b', Schema: '{}' })),
    () => client.send(new GetApisCommand({ MaxResults: 'many' })),
    () => client.send(new CreateDeploymentCommand({ ApiId, StageName: '$default' })),
    () => client.send(new UpdateApiCommand({ ApiId, Target: functionArn('one') })),
  ]);
  await integration({ TimeoutInMillis: 50 })();
  await integration({ TimeoutInMillis: 30_000 })();
});

test('what is in use stays, and what is there is not made twice', async () => {
  await using world = await startWorld();
  const { client } = world;
  const ApiId = await quickApi(world);
  const stage = await client.send(new GetStageCommand({ ApiId, StageName: '$default' }));
  const { DeploymentId } = stage;
  await isRefused(400, [() => client.send(new DeleteDeploymentCommand({ ApiId, DeploymentId }))]);
  await isRefused(409, [
    () => client.send(new CreateStageCommand({ ApiId, StageName: '$default' })),
    () => client.send(new CreateRouteCommand({ ApiId, RouteKey: '$default' })),
  ]);
  const made = await client.send(new CreateRouteCommand({ ApiId, RouteKey: 'GET /x' }));
  const { RouteId } = made;
  await isRefused(409, [
    () => client.send(new UpdateRouteCommand({ ApiId, RouteId, RouteKey: '$default' })),
  ]);
  await client.send(new DeleteRouteCommand({ ApiId, RouteId }));
  await isRefused(404, [
    () => client.send(new GetRouteCommand({ ApiId, RouteId })),
    () => client.send(new DeleteRouteCommand({ ApiId, RouteId })),
    () => client.send(new DeleteIntegrationCommand({ ApiId, IntegrationId: 'none' })),
    () => client.send(new DeleteStageCommand({ ApiId, StageName: 'none' })),
    () => client.send(new CreateStageCommand({ ApiId, StageName: 'y', DeploymentId: 'none' })),
  ]);
});

test('a stage without automatic deployment serves what it was given', async () => {
  await using world = await startWorld();
  const { client } = world;
  const ApiId = await quickApi(world);
  const { DeploymentId } = await client.send(new CreateDeploymentCommand({ ApiId }));
  await client.send(new CreateStageCommand({ ApiId, StageName: 'kept', DeploymentId }));
  await client.send(new UpdateApiCommand({ ApiId, RouteKey: 'GET /new' }));
  assert.equal((await world.ask(ApiId, '/old')).status, 404);
  assert.equal((await world.ask(ApiId, '/kept/old')).status, 200);
  const second = await client.send(new CreateDeploymentCommand({ ApiId, StageName: 'kept' }));
  assert.equal((await world.ask(ApiId, '/kept/old')).status, 404);
  const kept = await client.send(new GetStageCommand({ ApiId, StageName: 'kept' }));
  assert.equal(kept.DeploymentId, second.DeploymentId);
  const back = { ApiId, StageName: 'kept', DeploymentId };
  await client.send(new UpdateStageCommand(back));
  assert.equal((await world.ask(ApiId, '/kept/old')).status, 200);
  await client.send(new DeleteApiCommand({ ApiId }));
  assert.equal((await world.ask(ApiId, '/kept/old')).status, 403);
});

test('APIs and stages have tags, and lists have pages', async () => {
  await using world = await startWorld();
  const { client } = world;
  const ApiId = await quickApi(world);
  for (const path of [`/apis/${ApiId}`, `/apis/${ApiId}/stages/$default`]) {
    const ResourceArn = `arn:aws:apigateway:us-east-1::${path}`;
    await client.send(new TagResourceCommand({ ResourceArn, Tags: { a: '1', b: '2' } }));
    await client.send(new UntagResourceCommand({ ResourceArn, TagKeys: ['a'] }));
    assert.deepEqual((await client.send(new GetTagsCommand({ ResourceArn }))).Tags, { b: '2' });
  }
  const ResourceArn = 'arn:aws:apigateway:us-east-1::/apis/none000000';
  await isRefused(404, [() => client.send(new GetTagsCommand({ ResourceArn }))]);
  await quickApi(world);
  await quickApi(world);
  const seen: (string | undefined)[] = [];
  let NextToken: string | undefined;
  do {
    const page = await client.send(new GetApisCommand({ MaxResults: '2', NextToken }));
    seen.push(...(page.Items ?? []).map((api) => api.ApiId));
    ({ NextToken } = page);
  } while (NextToken !== undefined);
  assert.equal(new Set(seen).size, 3);
});
