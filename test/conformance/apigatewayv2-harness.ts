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
import { CreateAliasCommand } from '@aws-sdk/client-lambda';

import { createHttpClient } from '#adapters/http-client/index.ts';
import { SeededRandom } from '#adapters/simulated/index.ts';
import {
  domainNameSurface,
  DomainNames,
  executeApiSurface,
  type ApiHost,
} from '#aws/execute-api/index.ts';
import { utf8 } from '#kernel/bytes.ts';
import type { AwsRequest } from '#ports/peers/aws-caller.ts';
import type { LogLine, LogStreamName } from '#ports/peers/log-sink.ts';
import { createApigatewayv2 } from '#services/apigatewayv2/index.ts';
import { silentLog } from '../support/silent-log.ts';
import {
  askHost as send,
  gatewayOf,
  letApisIn,
  makeFunction,
  type Answer,
  type Asking,
} from './execute-api-harness.ts';
import {
  ACCOUNT,
  functionArn,
  REGION,
  startWorld as startLambda,
  type World as LambdaWorld,
} from './lambda-control-harness.ts';

export { invocationUri, lastEvent } from './execute-api-harness.ts';
export { ACCOUNT, functionArn, REGION } from './lambda-control-harness.ts';

export interface World extends AsyncDisposable {
  readonly client: ApiGatewayV2Client;
  /** Another account's. */
  clientOf(accountId: string): ApiGatewayV2Client;
  readonly lambda: LambdaWorld;
  readonly apiHost: ApiHost;
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
  await lambda.client.send(
    new CreateAliasCommand({ FunctionName: 'one', Name: 'live', FunctionVersion: '1' }),
  );
  await letApisIn(lambda, 'live');
  const lines: World['lines'][number][] = [];
  const calls: AwsRequest[] = [];
  let port = 0;
  const { clock, database, control } = lambda;
  const domainNames = new DomainNames(() => 'http://127.0.0.1');
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
    domainNames,
    apiKeys: {
      use: async ({ value }) =>
        value === 'good'
          ? { kind: 'granted', keyId: 'key1' }
          : { kind: 'refused', reason: value === 'often' ? 'exhausted' : 'unknown' },
    },
    host: () => `127.0.0.1:${port}`,
  });
  await database.migrate(apis.schema);
  const services = [apis.service, apis.connections];
  const gateway = gatewayOf(services, [
    executeApiSurface([apis.apiHost]),
    domainNameSurface([apis.apiHost], domainNames, silentLog),
  ]);
  ({ port } = await gateway.listen({ host: '127.0.0.1', port: 0 }));
  gateway.ready();
  const clientOf = (accountId: string) =>
    new ApiGatewayV2Client({
      endpoint: `http://127.0.0.1:${port}`,
      region: REGION,
      credentials: { accessKeyId: accountId, secretAccessKey: 'secret' },
      maxAttempts: 1,
    });
  const client = clientOf(ACCOUNT);
  const askHost: World['askHost'] = (host, path, asking) => send(port, { host, path }, asking);
  return {
    client,
    clientOf,
    lambda,
    apiHost: apis.apiHost,
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
