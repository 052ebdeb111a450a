/** WebSocket APIs in front of the scripted function `one`, and clients of them. */
import { ApiGatewayManagementApiClient } from '@aws-sdk/client-apigatewaymanagementapi';
import {
  CreateApiCommand,
  CreateIntegrationCommand,
  CreateRouteCommand,
  CreateRouteResponseCommand,
  CreateStageCommand,
  type CreateIntegrationCommandInput,
  type CreateRouteCommandInput,
  type CreateStageCommandInput,
} from '@aws-sdk/client-apigatewayv2';
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { WebSocket as Client, type ClientOptions } from 'ws';
import { textOf } from '#kernel/bytes.ts';
import { ACCOUNT, functionArn, REGION, type World } from './apigatewayv2-harness.ts';

/** An API of WebSockets with the stage `prod`, which deploys by itself. */
export async function socketApi(
  { client }: World,
  stage: Partial<CreateStageCommandInput> = {},
): Promise<string> {
  const { ApiId = '' } = await client.send(
    new CreateApiCommand({
      Name: 'chat',
      ProtocolType: 'WEBSOCKET',
      RouteSelectionExpression: '$request.body.action',
    }),
  );
  await client.send(
    new CreateStageCommand({ ApiId, StageName: 'prod', AutoDeploy: true, ...stage }),
  );
  return ApiId;
}

type Settings<Input> = Omit<Partial<Input>, 'ApiId'>;

/** Adds a route with an integration, by default with the function; `isTwoWay` has it answer. */
export async function addSocketRoute(
  { client }: World,
  ApiId: string,
  route: Settings<CreateRouteCommandInput> & { readonly RouteKey: string },
  {
    isTwoWay = false,
    ...integration
  }: Settings<CreateIntegrationCommandInput> & { readonly isTwoWay?: boolean } = {},
): Promise<{ readonly RouteId: string; readonly IntegrationId: string }> {
  const { IntegrationId = '' } = await client.send(
    new CreateIntegrationCommand({
      ApiId,
      IntegrationType: 'AWS_PROXY',
      IntegrationUri: functionArn('one'),
      ...integration,
    }),
  );
  const { RouteId = '' } = await client.send(
    new CreateRouteCommand({ ApiId, Target: `integrations/${IntegrationId}`, ...route }),
  );
  if (isTwoWay) {
    await client.send(
      new CreateRouteResponseCommand({ ApiId, RouteId, RouteResponseKey: '$default' }),
    );
  }
  return { RouteId, IntegrationId };
}

/** The connections API of a stage, as back ends reach it. */
export function connectionsClient(
  world: World,
  apiId: string,
  accountId = ACCOUNT,
): ApiGatewayManagementApiClient {
  return new ApiGatewayManagementApiClient({
    endpoint: `http://127.0.0.1:${world.port}/_aws/execute-api/${apiId}/prod`,
    region: REGION,
    credentials: { accessKeyId: accountId, secretAccessKey: 'secret' },
    maxAttempts: 1,
  });
}

/** The events that the function got, of one type. */
export function eventsOf({ lambda }: World, eventType: string): SocketEvent[] {
  return lambda.invocations
    .map(({ payload }) => JSON.parse(textOf(payload)) as SocketEvent)
    .filter(({ requestContext }) => requestContext['eventType'] === eventType);
}

export interface SocketEvent extends Readonly<Record<string, unknown>> {
  readonly requestContext: Readonly<Record<string, unknown>>;
}

/** A client that keeps what it hears. */
export interface Chat extends Disposable {
  readonly socket: Client;
  send(message: string | object): void;
  /** The next message. */
  next(): Promise<string>;
  /** How it closed. */
  readonly closed: Promise<{ readonly code: number; readonly reason: string }>;
}

/** Connects; fails where that is refused. */
export async function connectTo(
  world: World,
  apiId: string,
  { query = '', ...options }: ClientOptions & { readonly query?: string } = {},
): Promise<Chat> {
  const url = `ws://127.0.0.1:${world.port}/_aws/execute-api/${apiId}/prod${query}`;
  const socket = new Client(url, options);
  const heard: string[] = [];
  const waiting: ((message: string) => void)[] = [];
  socket.on('message', (data: Buffer) => {
    const resolve = waiting.shift();
    if (resolve === undefined) heard.push(data.toString());
    else resolve(data.toString());
  });
  const closed = Promise.withResolvers<{ readonly code: number; readonly reason: string }>();
  socket.on('close', (code, reason) => closed.resolve({ code, reason: reason.toString() }));
  await once(socket, 'open');
  return {
    socket,
    send: (message) => socket.send(typeof message === 'string' ? message : JSON.stringify(message)),
    async next() {
      return heard.shift() ?? (await new Promise((resolve) => waiting.push(resolve)));
    },
    closed: closed.promise,
    [Symbol.dispose]: () => socket.terminate(),
  };
}

/** The status and the body with which a connection is refused; fails where it is not. */
export async function refusalOf(
  world: World,
  apiId: string,
  options: ClientOptions & { readonly query?: string; readonly path?: string } = {},
): Promise<{ readonly status: number; readonly body: string }> {
  const { query = '', path = '/prod', ...rest } = options;
  const url = `ws://127.0.0.1:${world.port}/_aws/execute-api/${apiId}${path}${query}`;
  const socket = new Client(url, rest);
  socket.on('error', () => undefined);
  const opened = once(socket, 'open').then(() => assert.fail('the connection was not refused'));
  opened.catch(() => undefined);
  const [, response] = await Promise.race([once(socket, 'unexpected-response'), opened]);
  let body = '';
  for await (const chunk of response) body += String(chunk);
  return { status: response.statusCode, body };
}
