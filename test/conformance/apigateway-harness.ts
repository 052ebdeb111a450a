/** REST APIs behind a gateway, in front of functions that a test scripts, on a fake clock. */
import {
  APIGatewayClient,
  CreateDeploymentCommand,
  CreateResourceCommand,
  CreateRestApiCommand,
  PutIntegrationCommand,
  PutIntegrationResponseCommand,
  PutMethodCommand,
  PutMethodResponseCommand,
  type CreateRestApiCommandInput,
  type PutIntegrationCommandInput,
  type PutMethodCommandInput,
} from '@aws-sdk/client-api-gateway';

import { createHttpClient } from '#adapters/http-client/index.ts';
import { SeededRandom } from '#adapters/simulated/index.ts';
import {
  domainNameSurface,
  DomainNames,
  executeApiSurface,
  type ApiHost,
} from '#aws/execute-api/index.ts';
import type { AwsRequest } from '#ports/peers/aws-caller.ts';
import type { Delivery } from '#ports/peers/deliverer.ts';
import type { LogLine } from '#ports/peers/log-sink.ts';
import type { HttpAnswer } from '#ports/world/http-client.ts';
import { createApiGateway } from '#services/apigateway/index.ts';
import { silentLog } from '../support/silent-log.ts';
import { gatewayOf, makeFunction } from './execute-api-harness.ts';
import {
  ACCOUNT,
  REGION,
  startWorld as startLambda,
  type World as LambdaWorld,
} from './lambda-control-harness.ts';

export { invocationUri, lastEvent } from './execute-api-harness.ts';
export { ACCOUNT, functionArn, REGION } from './lambda-control-harness.ts';

export interface World extends AsyncDisposable {
  readonly client: APIGatewayClient;
  readonly lambda: LambdaWorld;
  readonly apiHost: ApiHost;
  readonly lines: LogLine[];
  /** What services were asked, and what they answer next. */
  readonly asked: AwsRequest[];
  readonly answers: HttpAnswer[];
  readonly deliveries: Delivery[];
  readonly endpoint: string;
  readonly port: number;
  /** Asks an API's stage `dev` by its path. */
  ask(apiId: string, path: string, init?: RequestInit): Promise<Response>;
}

/** A world of its own for one test, with the function `one` that lets every API in. */
export async function startWorld(): Promise<World> {
  const lambda = await startLambda();
  await makeFunction(lambda);
  const [lines, asked, answers, deliveries] = [[], [], [], []] as [
    LogLine[],
    AwsRequest[],
    HttpAnswer[],
    Delivery[],
  ];
  const { clock, database, control } = lambda;
  const domainNames = new DomainNames(() => 'http://127.0.0.1');
  const apis = createApiGateway({
    database,
    clock,
    random: new SeededRandom(3),
    log: silentLog,
    http: createHttpClient(),
    functions: control.functionCaller,
    deliverer: {
      deliver: async (delivery) => {
        deliveries.push(delivery);
        return 'deliverable';
      },
      check: async () => 'deliverable',
    },
    caller: {
      call: async (request) => {
        asked.push(request);
        return answers.shift() ?? { kind: 'failed', reason: 'nothing is scripted' };
      },
    },
    logSink: {
      append: (_, added) => void lines.push(...added),
      flush: async () => undefined,
    },
    metricSink: { put: (data) => void lambda.metrics.push(...data) },
    domainNames,
    webSocketStages: { has: async () => false },
  });
  await database.migrate(apis.schema);
  const gateway = gatewayOf(
    [apis.service],
    [
      executeApiSurface([apis.apiHost]),
      domainNameSurface([apis.apiHost], domainNames, silentLog),
      apis.surface,
    ],
  );
  const { port } = await gateway.listen({ host: '127.0.0.1', port: 0 });
  gateway.ready();
  const endpoint = `http://127.0.0.1:${port}`;
  const client = new APIGatewayClient({
    endpoint,
    region: REGION,
    credentials: { accessKeyId: ACCOUNT, secretAccessKey: 'secret' },
    maxAttempts: 1,
  });
  return {
    client,
    lambda,
    apiHost: apis.apiHost,
    lines,
    asked,
    answers,
    deliveries,
    endpoint,
    port,
    ask: (apiId, path, init) => fetch(`${endpoint}/_aws/execute-api/${apiId}/dev${path}`, init),
    async [Symbol.asyncDispose]() {
      client.destroy();
      await gateway[Symbol.asyncDispose]();
      await lambda[Symbol.asyncDispose]();
    },
  };
}

export interface Api {
  readonly restApiId: string;
  readonly rootId: string;
}

/** An API without methods. */
export async function emptyApi(
  { client }: World,
  more: Partial<CreateRestApiCommandInput> = {},
): Promise<Api> {
  const made = await client.send(new CreateRestApiCommand({ name: 'api', ...more }));
  return { restApiId: made.id ?? '', rootId: made.rootResourceId ?? '' };
}

/** A resource below the root, or below another. */
export async function addResource(
  { client }: World,
  { restApiId, rootId }: Api,
  pathPart: string,
  parentId = rootId,
): Promise<string> {
  const made = await client.send(new CreateResourceCommand({ restApiId, parentId, pathPart }));
  return made.id ?? '';
}

export interface MethodSettings {
  readonly method?: Partial<PutMethodCommandInput>;
  readonly integration: Partial<PutIntegrationCommandInput>;
  /** By status; each with its selection pattern and templates. */
  readonly responses?: Readonly<Record<string, object>>;
}

/** A method of a resource, with what is behind it. */
export async function addMethod(
  { client }: World,
  { restApiId }: Api,
  resourceId: string,
  { method, integration, responses = {} }: MethodSettings,
): Promise<void> {
  const httpMethod = method?.httpMethod ?? 'GET';
  const at = { restApiId, resourceId, httpMethod };
  await client.send(new PutMethodCommand({ authorizationType: 'NONE', ...method, ...at }));
  const settings = { type: 'MOCK', integrationHttpMethod: 'POST', ...integration, ...at } as const;
  await client.send(new PutIntegrationCommand(settings));
  for (const [statusCode, response] of Object.entries(responses)) {
    await client.send(new PutMethodResponseCommand({ ...at, statusCode }));
    await client.send(new PutIntegrationResponseCommand({ ...at, statusCode, ...response }));
  }
}

/** Shows the API as it is now at the stage `dev`. */
export async function deploy({ client }: World, { restApiId }: Api, more = {}): Promise<void> {
  await client.send(new CreateDeploymentCommand({ restApiId, stageName: 'dev', ...more }));
}

/** An integration that answers by itself. */
export const MOCK = { requestTemplates: { 'application/json': '{"statusCode": 200}' } };

/** From now on functions return a value. */
export function answers({ lambda }: World, value: unknown): void {
  lambda.script = () => ({ returns: value });
}
