/** HTTP APIs behind a gateway, in front of functions that a test scripts, on a fake clock. */
import {
  ApiGatewayV2Client,
  CreateApiCommand,
  CreateIntegrationCommand,
  CreateRouteCommand,
  CreateStageCommand,
  type CreateIntegrationCommandInput,
  type CreateRouteCommandInput,
} from '@aws-sdk/client-apigatewayv2';
import {
  AddPermissionCommand,
  CreateAliasCommand,
  CreateFunctionCommand,
} from '@aws-sdk/client-lambda';
import assert from 'node:assert/strict';
import { request, type IncomingHttpHeaders } from 'node:http';

import { createHttpClient } from '#adapters/http-client/index.ts';
import { SeededRandom } from '#adapters/simulated/index.ts';
import { systemClock } from '#adapters/system-clock/index.ts';
import { systemRandom } from '#adapters/system-random/index.ts';
import { executeApiSurface } from '#aws/execute-api/index.ts';
import { createGateway } from '#aws/gateway/index.ts';
import { textOf, utf8 } from '#kernel/bytes.ts';
import { parseJson } from '#kernel/json.ts';
import type { AwsRequest } from '#ports/peers/aws-caller.ts';
import type { LogLine, LogStreamName } from '#ports/peers/log-sink.ts';
import { createApigatewayv2 } from '#services/apigatewayv2/index.ts';
import { silentLog } from '../support/silent-log.ts';
import {
  ACCOUNT,
  functionArn,
  functionInput,
  REGION,
  startWorld as startLambda,
  type World as LambdaWorld,
} from './lambda-control-harness.ts';

export { ACCOUNT, functionArn, REGION } from './lambda-control-harness.ts';

export interface Answer {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly text: string;
  readonly json: unknown;
}

export interface Asking {
  readonly method?: string;
  readonly headers?: Readonly<Record<string, string | readonly string[]>>;
  readonly body?: string | Uint8Array;
}

export interface World extends AsyncDisposable {
  readonly client: ApiGatewayV2Client;
  readonly lambda: LambdaWorld;
  readonly port: number;
  readonly lines: { readonly stream: LogStreamName; readonly line: LogLine }[];
  /** What services were asked. */
  readonly calls: AwsRequest[];
  /** Asks an API by its host. */
  ask(apiId: string, path: string, asking?: Asking): Promise<Answer>;
  /** Asks the server by a path and a host of one's own. */
  askHost(host: string, path: string, asking?: Asking): Promise<Answer>;
}

/** A world of its own for one test, with the function `one` that lets every API in, and its alias `live`. */
export async function startWorld(): Promise<World> {
  const lambda = await startLambda();
  await makeFunction(lambda);
  const lines: World['lines'][number][] = [];
  const calls: AwsRequest[] = [];
  let port = 0;
  const { clock, database, control } = lambda;
  const apis = createApigatewayv2({
    database,
    clock,
    random: new SeededRandom(2),
    log: silentLog,
    http: createHttpClient(),
    functions: control.functionCaller,
    caller: {
      async call(called) {
        calls.push(called);
        const headers = { 'content-type': 'text/xml' };
        return { kind: 'answered', status: 200, headers, body: utf8('<done/>') };
      },
    },
    logSink: {
      append: (stream, added) => void lines.push(...added.map((line) => ({ stream, line }))),
      flush: async () => undefined,
    },
    metricSink: { put: (data) => void lambda.metrics.push(...data) },
    host: () => `127.0.0.1:${port}`,
  });
  await database.migrate(apis.schema);
  const gateway = gatewayOf(apis);
  ({ port } = await gateway.listen({ host: '127.0.0.1', port: 0 }));
  gateway.ready();
  const client = new ApiGatewayV2Client({
    endpoint: `http://127.0.0.1:${port}`,
    region: REGION,
    credentials: { accessKeyId: ACCOUNT, secretAccessKey: 'secret' },
    maxAttempts: 1,
  });
  const askHost: World['askHost'] = (host, path, asking) => send(port, { host, path }, asking);
  return {
    client,
    lambda,
    port,
    lines,
    calls,
    askHost,
    ask: (apiId, path, asking) =>
      askHost(`${apiId}.execute-api.${REGION}.localhost:${port}`, path, asking),
    async [Symbol.asyncDispose]() {
      client.destroy();
      await gateway[Symbol.asyncDispose]();
      await lambda[Symbol.asyncDispose]();
    },
  };
}

async function makeFunction(lambda: LambdaWorld): Promise<void> {
  const { client } = lambda;
  await client.send(new CreateFunctionCommand({ ...(await functionInput('one')), Publish: true }));
  await lambda.settle();
  await client.send(
    new CreateAliasCommand({ FunctionName: 'one', Name: 'live', FunctionVersion: '1' }),
  );
  for (const Qualifier of [undefined, 'live']) {
    await client.send(
      new AddPermissionCommand({
        FunctionName: 'one',
        ...(Qualifier === undefined ? {} : { Qualifier }),
        StatementId: 'apis',
        Action: 'lambda:InvokeFunction',
        Principal: 'apigateway.amazonaws.com',
      }),
    );
  }
}

function gatewayOf(apis: ReturnType<typeof createApigatewayv2>) {
  return createGateway({
    services: [apis.service],
    surfaces: [executeApiSurface([apis.apiHost])],
    credentials: {
      async find(id) {
        if (!/^\d{12}$/.test(id)) return undefined;
        const principal = { accountId: id, arn: `arn:aws:iam::${id}:root`, userId: id };
        return { credentials: { accessKeyId: id, secretAccessKey: 'secret' }, principal };
      },
    },
    auth: { kind: 'signature' },
    clock: systemClock,
    random: systemRandom,
    log: { ...silentLog, error: (text, fields) => console.error(text, fields) },
    region: REGION,
  });
}

function send(
  port: number,
  { host, path }: { readonly host: string; readonly path: string },
  { method = 'GET', headers = {}, body }: Asking = {},
): Promise<Answer> {
  const { promise, resolve, reject } = Promise.withResolvers<Answer>();
  const options = { host: '127.0.0.1', port, path, method, headers: { host, ...headers } };
  const asked = request(options, (response) => {
    const chunks: Buffer[] = [];
    response.on('data', (chunk: Buffer) => chunks.push(chunk));
    response.on('end', () => {
      const text = Buffer.concat(chunks).toString();
      const { statusCode: status = 0, headers: told } = response;
      resolve({ status, headers: told, text, json: parseJson(text) });
    });
  });
  asked.on('error', reject);
  asked.end(body);
  return promise;
}

/** The URI of an integration with the function `one`, in the longer form. */
export function invocationUri(name = 'one'): string {
  const path = `2015-03-31/functions/${functionArn(name)}/invocations`;
  return `arn:aws:apigateway:${REGION}:lambda:path/${path}`;
}

/** What a scripted function was last asked. */
export function lastEvent(world: World): Record<string, unknown> {
  const invocation = world.lambda.invocations.at(-1);
  assert.ok(invocation !== undefined, 'the function was not invoked');
  return JSON.parse(textOf(invocation.payload)) as Record<string, unknown>;
}

/** An API of one function, with a `$default` stage. */
export async function quickApi(world: World, target = functionArn('one')): Promise<string> {
  const { client } = world;
  const made = await client.send(
    new CreateApiCommand({ Name: 'quick', ProtocolType: 'HTTP', Target: target }),
  );
  return made.ApiId ?? '';
}

/** An API without routes, whose `$default` stage deploys by itself. */
export async function emptyApi(world: World, more: object = {}): Promise<string> {
  const { client } = world;
  const made = await client.send(
    new CreateApiCommand({ Name: 'api', ProtocolType: 'HTTP', ...more }),
  );
  const ApiId = made.ApiId ?? '';
  await client.send(new CreateStageCommand({ ApiId, StageName: '$default', AutoDeploy: true }));
  return ApiId;
}

type Integration = Omit<CreateIntegrationCommandInput, 'ApiId' | 'IntegrationType'>;

/** An integration with the function `one`. */
export const ONE = { IntegrationUri: functionArn('one'), PayloadFormatVersion: '2.0' };

/** Makes an integration with the function and a route to it. */
export async function addRoute(
  world: World,
  ApiId: string,
  route: string | Omit<CreateRouteCommandInput, 'ApiId'>,
  integration: Integration & { readonly IntegrationType?: 'HTTP_PROXY' } = ONE,
): Promise<void> {
  const { client } = world;
  const { IntegrationId } = await client.send(
    new CreateIntegrationCommand({ ApiId, IntegrationType: 'AWS_PROXY', ...integration }),
  );
  const Target = `integrations/${IntegrationId}`;
  const settings = typeof route === 'string' ? { RouteKey: route } : route;
  await client.send(new CreateRouteCommand({ ApiId, Target, ...settings }));
}
