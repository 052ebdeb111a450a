/** A chat of a template, against a whole server that is stopped and killed. */
import {
  ApiGatewayManagementApiClient,
  GetConnectionCommand,
  GoneException,
  PostToConnectionCommand,
} from '@aws-sdk/client-apigatewaymanagementapi';
import {
  APIGatewayClient,
  CreateApiKeyCommand,
  CreateUsagePlanCommand,
  CreateUsagePlanKeyCommand,
} from '@aws-sdk/client-api-gateway';
import {
  ApiGatewayV2Client,
  CreateApiCommand,
  CreateRouteCommand,
  CreateStageCommand,
} from '@aws-sdk/client-apigatewayv2';
import { DeleteStackCommand } from '@aws-sdk/client-cloudformation';
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { WebSocket as Client } from 'ws';
import { startServer, type ExampleServer } from '../../examples/server.ts';
import { atRest, cloudformationOf, createStack, outputsOf } from './cloudformation-harness.ts';

/** Tells each client his id. */
const CODE = `exports.handler = async ({ requestContext }) => ({
  statusCode: 200,
  body: requestContext.connectionId,
});`;

function template() {
  const ApiId = { Ref: 'Api' };
  const of = (Type: string, Properties: object, more: object = {}) => ({
    Type: `AWS::ApiGatewayV2::${Type}`,
    Properties: { ApiId, ...Properties },
    ...more,
  });
  const Target = { 'Fn::Sub': 'integrations/${Integration}' };
  const trust = {
    Effect: 'Allow',
    Principal: { Service: 'lambda.amazonaws.com' },
    Action: 'sts:AssumeRole',
  };
  const uri =
    'arn:aws:apigateway:${AWS::Region}:lambda:path/2015-03-31/functions/${Chat.Arn}/invocations';
  return {
    Resources: {
      Role: {
        Type: 'AWS::IAM::Role',
        Properties: { AssumeRolePolicyDocument: { Version: '2012-10-17', Statement: [trust] } },
      },
      Chat: {
        Type: 'AWS::Lambda::Function',
        Properties: {
          Runtime: 'nodejs24.x',
          Handler: 'index.handler',
          Role: { 'Fn::GetAtt': ['Role', 'Arn'] },
          Code: { ZipFile: CODE },
        },
      },
      Permission: {
        Type: 'AWS::Lambda::Permission',
        Properties: {
          Action: 'lambda:InvokeFunction',
          FunctionName: { Ref: 'Chat' },
          Principal: 'apigateway.amazonaws.com',
          SourceArn: {
            'Fn::Sub': 'arn:aws:execute-api:${AWS::Region}:${AWS::AccountId}:${Api}/*/$default',
          },
        },
      },
      Api: {
        Type: 'AWS::ApiGatewayV2::Api',
        Properties: {
          Name: 'chat',
          ProtocolType: 'WEBSOCKET',
          RouteSelectionExpression: '$request.body.action',
        },
      },
      Integration: of('Integration', {
        IntegrationType: 'AWS_PROXY',
        IntegrationUri: { 'Fn::Sub': uri },
      }),
      Route: of('Route', { RouteKey: '$default', Target }),
      Response: of('RouteResponse', { RouteId: { Ref: 'Route' }, RouteResponseKey: '$default' }),
      Deployment: of('Deployment', {}, { DependsOn: ['Route', 'Response'] }),
      Stage: of('Stage', { StageName: 'prod', DeploymentId: { Ref: 'Deployment' } }),
    },
    Outputs: { Api: { Value: ApiId }, Url: { Value: { 'Fn::GetAtt': ['Api', 'ApiEndpoint'] } } },
  };
}

/** A client of the stack's API, and the id that the function told it. */
async function enter(server: ExampleServer, apiId: string) {
  const url = `${server.endpoint.replace('http', 'ws')}/_aws/execute-api/${apiId}/prod`;
  const socket = new WebSocket(url);
  await once(socket, 'open');
  const heard = once(socket, 'message') as Promise<[MessageEvent]>;
  socket.send('who am I?');
  const [{ data }] = await heard;
  return { socket, ConnectionId: String(data) };
}

async function isGone(server: ExampleServer, ConnectionId: string): Promise<void> {
  const client = new ApiGatewayManagementApiClient(server);
  await assert.rejects(client.send(new GetConnectionCommand({ ConnectionId })), GoneException);
}

test('a stack has a chat, whose connections end with their server', async () => {
  const dataDir = mkdtempSync(join(tmpdir(), 'hearth-'));
  const options = { dataDir, flags: ['--isolation', 'process'] };
  let server = await startServer(options);
  try {
    const client = cloudformationOf(server);
    const created = await atRest(client, await createStack(client, 'chat', template()));
    assert.equal(created.StackStatus, 'CREATE_COMPLETE', created.StackStatusReason);
    const { Api = '', Url } = outputsOf(created);
    assert.match(String(Url), new RegExp(`^ws://${Api}\\.execute-api\\.us-east-1\\.`));

    const first = await enter(server, Api);
    const connections = new ApiGatewayManagementApiClient(server);
    const { ConnectionId } = first;
    const heard = once(first.socket, 'message') as Promise<[MessageEvent]>;
    await connections.send(new PostToConnectionCommand({ ConnectionId, Data: 'hello' }));
    assert.equal((await heard)[0].data, 'hello');

    const told = once(first.socket, 'close') as Promise<[CloseEvent]>;
    await server.stop();
    assert.equal((await told)[0].code, 1001);
    server = await startServer(options);
    await isGone(server, ConnectionId);

    const second = await enter(server, Api);
    const cut = once(second.socket, 'close') as Promise<[CloseEvent]>;
    await server.kill();
    assert.equal((await cut)[0].code, 1006);
    server = await startServer(options);
    await isGone(server, second.ConnectionId);

    const again = cloudformationOf(server);
    await again.send(new DeleteStackCommand({ StackName: 'chat' }));
    const deleted = await atRest(again, created.StackId ?? '');
    assert.equal(deleted.StackStatus, 'DELETE_COMPLETE', deleted.StackStatusReason);
  } finally {
    await server.stop();
    rmSync(dataDir, { recursive: true, force: true });
  }
});

test('a key of a usage plan opens the stages for which the plan is, as often as it says', async () => {
  const server = await startServer({ flags: ['--isolation', 'process'] });
  try {
    const apis = new ApiGatewayV2Client(server);
    const keys = new APIGatewayClient(server);
    const { ApiId: apiId = '' } = await apis.send(
      new CreateApiCommand({
        Name: 'keyed',
        ProtocolType: 'WEBSOCKET',
        RouteSelectionExpression: '$request.body.action',
      }),
    );
    const route = { RouteKey: '$connect', ApiKeyRequired: true };
    await apis.send(new CreateRouteCommand({ ApiId: apiId, ...route }));
    await apis.send(new CreateStageCommand({ ApiId: apiId, StageName: 'prod', AutoDeploy: true }));
    const key = await keys.send(new CreateApiKeyCommand({ name: 'one', enabled: true }));
    const plan = await keys.send(
      new CreateUsagePlanCommand({
        name: 'plan',
        apiStages: [{ apiId, stage: 'prod' }],
        quota: { limit: 1, period: 'DAY' },
      }),
    );
    await keys.send(
      new CreateUsagePlanKeyCommand({ usagePlanId: plan.id, keyId: key.id, keyType: 'API_KEY' }),
    );
    const url = `${server.endpoint.replace('http', 'ws')}/_aws/execute-api/${apiId}/prod`;
    const statusWith = async (headers: Record<string, string>): Promise<number> => {
      const socket = new Client(url, { headers });
      const status = Promise.withResolvers<number>();
      socket.on('open', () => status.resolve(101));
      socket.on('unexpected-response', (_, answer) => status.resolve(answer.statusCode ?? 0));
      socket.on('error', () => undefined);
      try {
        return await status.promise;
      } finally {
        socket.terminate();
      }
    };
    const statuses = [
      await statusWith({}),
      await statusWith({ 'x-api-key': 'nobody' }),
      await statusWith({ 'x-api-key': key.value ?? '' }),
      await statusWith({ 'x-api-key': key.value ?? '' }),
    ];
    assert.deepEqual(statuses, [403, 403, 101, 429]);
  } finally {
    await server.stop();
  }
});
