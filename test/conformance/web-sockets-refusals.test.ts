import {
  CreateApiCommand,
  CreateAuthorizerCommand,
  CreateIntegrationCommand,
  CreateIntegrationResponseCommand,
  CreateRouteCommand,
  CreateRouteResponseCommand,
  CreateStageCommand,
  DeleteRouteResponseCommand,
  ExportApiCommand,
  GetApiCommand,
  UpdateApiCommand,
  UpdateRouteCommand,
} from '@aws-sdk/client-apigatewayv2';
import assert from 'node:assert/strict';
import { test } from 'node:test';

import { emptyApi, functionArn, startWorld } from './apigatewayv2-harness.ts';
import { addSocketRoute, socketApi } from './web-sockets-harness.ts';

type Calls = Readonly<Record<string, () => Promise<unknown>>>;

/** Fails unless each of the calls is refused so. */
async function areRefused(name: string, calls: Calls): Promise<void> {
  for (const [what, call] of Object.entries(calls)) {
    await assert.rejects(call(), { name }, what);
  }
}

test('settings that a WebSocket API cannot have are refused', async () => {
  await using world = await startWorld();
  const { client } = world;
  const ApiId = await socketApi(world);
  const api = (settings: object) => () =>
    client.send(
      new CreateApiCommand({
        Name: 'x',
        ProtocolType: 'WEBSOCKET',
        RouteSelectionExpression: '$request.body.x',
        ...settings,
      }),
    );
  const route = (settings: object) => () =>
    client.send(new CreateRouteCommand({ ApiId, RouteKey: 'x', ...settings }));
  const integration = (settings: object) => () =>
    client.send(new CreateIntegrationCommand({ ApiId, IntegrationType: 'AWS_PROXY', ...settings }));
  const authorizer = (settings: object) => () =>
    client.send(
      new CreateAuthorizerCommand({
        ApiId,
        Name: 'x',
        AuthorizerType: 'REQUEST',
        AuthorizerUri: functionArn('one'),
        IdentitySource: ['route.request.header.x'],
        ...settings,
      }),
    );
  await areRefused('BadRequestException', {
    'no selection': api({ RouteSelectionExpression: undefined }),
    'a constant selection': api({ RouteSelectionExpression: 'x' }),
    'an open selection': api({ RouteSelectionExpression: '${request.body.x' }),
    cors: api({ CorsConfiguration: { AllowOrigins: ['*'] } }),
    'a target': api({ Target: functionArn('one') }),
    'another protocol': api({ ProtocolType: 'MQTT' }),
    'an unknown $key': route({ RouteKey: '$other' }),
    'an empty key': route({ RouteKey: '' }),
    'authorization of messages': route({ AuthorizationType: 'AWS_IAM' }),
    'keys for messages': route({ ApiKeyRequired: true }),
    tokens: route({ RouteKey: '$connect', AuthorizationType: 'JWT' }),
    'a response of its own': route({ RouteResponseSelectionExpression: '$request.body.x' }),
    'no function': integration({ IntegrationUri: 'arn:aws:sqs:us-east-1:1:q' }),
    'format 2.0': integration({ IntegrationUri: functionArn('one'), PayloadFormatVersion: '2.0' }),
    'a timeout that is too long': integration({
      IntegrationUri: functionArn('one'),
      TimeoutInMillis: 29_001,
    }),
    'a server without a method': integration({
      IntegrationType: 'HTTP_PROXY',
      IntegrationUri: 'http://127.0.0.1/',
    }),
    'a mapping from nowhere': integration({
      IntegrationUri: functionArn('one'),
      RequestParameters: { 'integration.request.header.x': 'x' },
    }),
    'an unknown type': integration({ IntegrationType: 'SOCKET' }),
    'an authorizer of tokens': authorizer({ AuthorizerType: 'JWT' }),
    'a source of HTTP APIs': authorizer({ IdentitySource: ['$request.header.x'] }),
    'the default stage': () =>
      client.send(new CreateStageCommand({ ApiId, StageName: '$default' })),
    'a definition': () =>
      client.send(new ExportApiCommand({ ApiId, OutputType: 'JSON', Specification: 'OAS30' })),
  });
});

test('an API keeps its protocol, and what it is told otherwise of that', async () => {
  await using world = await startWorld();
  const { client } = world;
  const ApiId = await socketApi(world);
  const RouteSelectionExpression = '${request.body.kind}/${request.body.action}';
  await client.send(new UpdateApiCommand({ ApiId, RouteSelectionExpression, Name: 'new' }));
  const api = await client.send(new GetApiCommand({ ApiId }));
  assert.deepEqual(
    [api.Name, api.ProtocolType, api.RouteSelectionExpression],
    ['new', 'WEBSOCKET', RouteSelectionExpression],
  );
  await areRefused('BadRequestException', {
    selection: () => client.send(new UpdateApiCommand({ ApiId, RouteSelectionExpression: 'x' })),
    cors: () => client.send(new UpdateApiCommand({ ApiId, CorsConfiguration: {} })),
  });
});

test('responses are of WebSocket APIs alone, of routes and integrations that are there, one of a key', async () => {
  await using world = await startWorld();
  const { client } = world;
  const ApiId = await socketApi(world);
  const settings = { RouteKey: 'x' };
  const { RouteId, IntegrationId } = await addSocketRoute(world, ApiId, settings, {
    isTwoWay: true,
  });
  const http = await emptyApi(world);
  const ofRoute = (more: object) => () =>
    client.send(
      new CreateRouteResponseCommand({ ApiId, RouteId, RouteResponseKey: '$default', ...more }),
    );
  const ofIntegration = (IntegrationResponseKey: string) => () =>
    client.send(
      new CreateIntegrationResponseCommand({ ApiId, IntegrationId, IntegrationResponseKey }),
    );
  await ofIntegration('/4\\d\\d/')();
  await areRefused('BadRequestException', {
    'of an HTTP API': ofRoute({ ApiId: http }),
    'of another key': ofIntegration('400'),
  });
  await areRefused('ConflictException', {
    'a second one': ofRoute({}),
    'a second one of a key': ofIntegration('/4\\d\\d/'),
    'a second route': () => client.send(new CreateRouteCommand({ ApiId, ...settings })),
  });
  await areRefused('NotFoundException', {
    'of no route': ofRoute({ RouteId: 'none' }),
    'no response': () =>
      client.send(new DeleteRouteResponseCommand({ ApiId, RouteId, RouteResponseId: 'none' })),
    'no route': () =>
      client.send(new UpdateRouteCommand({ ApiId, RouteId: 'none', RouteKey: 'y' })),
  });
});
