/** A method tried without a deployment and without who decides: what would be answered, and a log of how. */
import type { Operations } from '#aws/models/apigateway.types.gen.ts';
import { EMPTY_BYTES, textOf, utf8 } from '#kernel/bytes.ts';
import type { RequestContext } from '#aws/operation.ts';
import { newTraceHeader } from '#aws/proxy/index.ts';
import type { WireResponse } from '#aws/wire.ts';
import type { ApiGatewayDependencies } from '../dependencies.ts';
import { MISSING_RESOURCE, requireApi, requireMethod, requireResource } from '../find-parts.ts';
import { pathOf, type ApiRecord } from '../model.ts';
import { failureResponse, GatewayFailure } from './failure.ts';
import { answer } from './handle.ts';
import { findMethod, type Visit } from './visit.ts';

const STAGE = 'test-invoke-stage';

type Invoke = Operations['TestInvokeMethod'];
type Asked = Parameters<Invoke>[1];

/** Tries a method as it is now. */
export function testInvokeMethod(dependencies: ApiGatewayDependencies): Invoke {
  const { database, clock } = dependencies;
  return async (context, input) => {
    const record = await database.read((queries) =>
      requireApi(queries, context, input.restApiId, MISSING_RESOURCE),
    );
    const visit = visitOf(dependencies, context, { record, input });
    const startedMs = clock.monotonicMs();
    const { response, ending } = await tryOnce(dependencies, visit);
    const latency = Math.round(clock.monotonicMs() - startedMs);
    const headers = shownHeaders(response);
    const several = Object.entries(headers).map(([name, value]) => [name, [value]] as const);
    return {
      status: response.status,
      body: response.body instanceof Uint8Array ? textOf(response.body) : '',
      headers,
      multiValueHeaders: Object.fromEntries(several),
      log: logOf(visit, response, ending),
      latency,
    };
  };
}

/** The request that is tried, as one that had come. */
function visitOf(
  { clock, random }: ApiGatewayDependencies,
  { accountId, region, requestId, signal }: RequestContext,
  { record, input }: { readonly record: ApiRecord; readonly input: Asked },
): Visit {
  const { restApiId: apiId, resourceId, httpMethod } = input;
  const resource = requireResource(record, resourceId);
  const resourcePath = pathOf(record.resources, resource);
  const url = new URL(input.pathWithQueryString ?? resourcePath, 'http://host');
  const found = findMethod(record, url.pathname, httpMethod);
  const nowMs = clock.now();
  return {
    accountId,
    region,
    apiId,
    stage: { stageName: STAGE, deploymentId: '' },
    deploymentId: '',
    isCanary: false,
    content: record,
    stageVariables: input.stageVariables ?? {},
    head: {
      method: httpMethod,
      path: url.pathname,
      query: url.searchParams,
      headers: headersOf(input),
      sourceIp: 'test-invoke-source-ip',
    },
    body: input.body === undefined ? EMPTY_BYTES : utf8(input.body),
    path: url.pathname,
    fullPath: url.pathname,
    eventPath: url.pathname,
    domainName: 'testPrefix.testDomainName',
    domainPrefix: apiId,
    requestId,
    extendedRequestId: requestId,
    nowMs,
    traceHeader: newTraceHeader(nowMs, random.bytes(12)),
    signal,
    resource,
    resourcePath,
    method: requireMethod(record, { resourceId, httpMethod }),
    pathParameters: found?.resource.id === resourceId ? found.pathParameters : {},
  };
}

function headersOf({ headers = {}, multiValueHeaders = {} }: Asked): Record<string, string> {
  const several = Object.entries(multiValueHeaders).map(([name, all]) => [name, all.join(',')]);
  const single = Object.entries(headers);
  return Object.fromEntries(
    [...several, ...single].map(([name = '', value = '']) => [name.toLowerCase(), value]),
  );
}

interface Tried {
  readonly response: WireResponse;
  readonly ending: string;
}

async function tryOnce(dependencies: ApiGatewayDependencies, visit: Visit): Promise<Tried> {
  try {
    const response = await answer({ dependencies }, visit, {});
    return { response, ending: 'Successfully completed execution' };
  } catch (error) {
    if (!(error instanceof GatewayFailure)) throw error;
    const response = failureResponse(visit, {}, error);
    const { 'content-type': _, ...headers } = response.headers;
    const isConfiguration = error.type === 'API_CONFIGURATION_ERROR' && error.status === 500;
    const why = isConfiguration ? 'configuration error: Invalid endpoint address' : error.message;
    return { response: { ...response, headers }, ending: `Execution failed due to ${why}` };
  }
}

const NAMES: Readonly<Record<string, string>> = {
  'x-amzn-errortype': 'x-amzn-ErrorType',
  'x-amzn-requestid': 'x-amzn-RequestId',
};

/** Names as AWS writes them: with capital letters. */
function shownHeaders({ headers }: WireResponse): Record<string, string> {
  return Object.fromEntries(
    Object.entries(headers).map(([name, value]) => [
      NAMES[name] ?? name.replaceAll(/(?:^|-)[a-z]/g, (start) => start.toUpperCase()),
      value,
    ]),
  );
}

/** `{a=b, c=d}` */
function pairs(values: Readonly<Record<string, string>>): string {
  return `{${Object.entries(values)
    .map(([name, value]) => `${name}=${value}`)
    .join(', ')}}`;
}

/** `Mon Nov 23 05:15:38 UTC 2026` */
function dateOf(atMs: number): string {
  const [weekday, day, month, year, time] = new Date(atMs).toUTCString().split(/,? /);
  return `${weekday} ${month} ${day} ${time} UTC ${year}`;
}

function logOf(visit: Visit, response: WireResponse, ending: string): string {
  const { head, body, pathParameters, requestId, nowMs, resourcePath } = visit;
  const isDone = ending.startsWith('Success');
  const answered = response.body instanceof Uint8Array ? textOf(response.body) : '';
  const lines = [
    `Starting execution for request: ${requestId}`,
    `HTTP Method: ${head.method}, Resource Path: ${resourcePath}`,
    `Method request path: ${pairs(pathParameters)}`,
    `Method request query string: ${pairs(Object.fromEntries(head.query))}`,
    `Method request headers: ${pairs(head.headers)}`,
    `Method request body before transformations: ${textOf(body)}`,
    ...(isDone
      ? [
          `Method response body after transformations: ${answered}`,
          `Method response headers: ${pairs(shownHeaders(response))}`,
        ]
      : []),
    ending,
    `Method completed with status: ${response.status}`,
  ];
  const dated = lines.map((line) => `${dateOf(nowMs)} : ${line}\n`);
  return [`Execution log for request ${requestId}\n`, ...dated].join('');
}
