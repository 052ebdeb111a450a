/** One request to a deployed API, from its first byte to its response. */
import type { ApiAddress, AuthorizerAnswers, Throttles } from '#aws/execute-api/index.ts';
import { AwsError } from '#aws/errors.ts';
import type { SurfaceExchange } from '#aws/operation.ts';
import { newTraceHeader } from '#aws/proxy/index.ts';
import type { WireResponse } from '#aws/wire.ts';
import type { BoundedMap } from '#kernel/bounded-map.ts';
import { collectBytes, EMPTY_BYTES, TooManyBytes, utf8 } from '#kernel/bytes.ts';
import type { Queries } from '#ports/world/database.ts';
import type { ApiGatewayDependencies } from '../dependencies.ts';
import { PAYLOAD_BYTES_MAX } from '../limits.ts';
import type { ApiContent, Place, StageRecord } from '../model.ts';
import { findContent, findStage } from '../store-apis.ts';
import { authorize } from './authorize.ts';
import type { Said } from './authorizer.ts';
import { failureResponse, GatewayFailure } from './failure.ts';
import { integrate } from './integrate.ts';
import { observe } from './observe.ts';
import { contextMap } from './template-scope.ts';
import { throttleMethod, useKey } from './usage.ts';
import { validateRequest } from './validate-request.ts';
import { findMethod, type Arrival, type Caller, type Visit } from './visit.ts';

/** Deployments that are kept in memory, by API and id; nothing changes them. */
export const CONTENTS_MAX = 200;

export interface Gateway {
  readonly dependencies: ApiGatewayDependencies;
  readonly contents: BoundedMap<ApiContent>;
  readonly authorizers: AuthorizerAnswers<Said>;
  readonly throttles: Throttles;
}

/** What a request is answered. */
export async function handle(
  gateway: Gateway,
  place: Place,
  exchange: SurfaceExchange,
  address: ApiAddress,
): Promise<WireResponse> {
  const { clock } = gateway.dependencies;
  const startedMs = clock.monotonicMs();
  const arrival = await arrive(gateway, place, exchange, address);
  if (arrival === undefined) return forbidden(exchange.requestId);
  let caller: Caller = {};
  let response: WireResponse;
  try {
    const { visit, source } = await enter(gateway, arrival, exchange);
    caller = await admit(gateway, visit);
    // Whoever may not call has nothing of his kept in memory.
    response = await answer(gateway, { ...visit, body: await bodyOf(source) }, caller);
  } catch (error) {
    if (!(error instanceof GatewayFailure)) throw error;
    response = failureResponse(arrival, caller, error);
  }
  const latencyMs = clock.monotonicMs() - startedMs;
  observe(gateway.dependencies, { arrival, caller, response, latencyMs });
  const { requestId, extendedRequestId } = arrival;
  const own = { 'x-amzn-requestid': requestId, 'x-amz-apigw-id': extendedRequestId };
  return { ...response, headers: { ...own, ...response.headers } };
}

/** What is answered where nothing is. */
export function forbidden(requestId: string): WireResponse {
  const headers = {
    'content-type': 'application/json',
    'x-amzn-requestid': requestId,
    'x-amzn-errortype': 'ForbiddenException',
  };
  return { status: 403, headers, body: utf8('{"message":"Forbidden"}') };
}

/** Who is asked: the stage, and what it shows; `undefined` where there is none. */
async function arrive(
  gateway: Gateway,
  place: Place,
  { request, requestId, signal }: SurfaceExchange,
  { apiId, form, path: asked, stage: mappedStage }: ApiAddress,
): Promise<Arrival | undefined> {
  const { database, clock, random } = gateway.dependencies;
  const isDomain = form === 'domain';
  const [, first = '', behind = ''] = /^\/*([^/]*)(.*)$/s.exec(asked) ?? [];
  const [stageName, rest] = mappedStage === undefined ? [first, behind] : [mappedStage, asked];
  const stage = await database.read((queries) => findStage(queries, apiId, stageName));
  if (stage === undefined) return undefined;
  const shown = chooseDeployment(stage, random.fraction());
  const content = await contentOf(gateway, apiId, shown.deploymentId);
  const isClosed = content?.api.disableExecuteApiEndpoint === true && !isDomain;
  if (content === undefined || isClosed) return undefined;
  const nowMs = clock.now();
  const host = (request.headers['host'] ?? '').replace(/:\d+$/, '');
  return {
    ...place,
    ...shown,
    apiId,
    stage,
    content,
    head: request,
    body: EMPTY_BYTES,
    path: `/${rest.replace(/^\/+/, '')}`,
    ...toldPaths(isDomain ? request.path : undefined, stageName, rest),
    domainName: form === 'path' ? `${apiId}.execute-api.${place.region}.amazonaws.com` : host,
    domainPrefix: isDomain ? (host.split('.')[0] ?? '') : apiId,
    requestId,
    extendedRequestId: `${Buffer.from(random.bytes(11)).toString('base64url').slice(0, 14)}=`,
    nowMs,
    traceHeader: request.headers['x-amzn-trace-id'] ?? newTraceHeader(nowMs, random.bytes(12)),
    signal,
  };
}

/** What events tell of the path: under a name of the user's own, what the client wrote. */
function toldPaths(
  written: string | undefined,
  stageName: string,
  rest: string,
): Pick<Arrival, 'fullPath' | 'eventPath'> {
  return {
    fullPath: written ?? `/${stageName}${rest === '' ? '/' : rest}`,
    eventPath: written ?? `/${rest.replace(/^\/+/, '')}`,
  };
}

type Shown = Pick<Arrival, 'deploymentId' | 'isCanary' | 'stageVariables'>;

/** A canary is shown to its part of the callers. */
function chooseDeployment(stage: StageRecord, fraction: number): Shown {
  const { canarySettings: canary, variables = {}, deploymentId } = stage;
  const isCanary = canary !== undefined && fraction * 100 < (canary.percentTraffic ?? 0);
  if (!isCanary) return { deploymentId, isCanary, stageVariables: variables };
  return {
    deploymentId: canary.deploymentId ?? deploymentId,
    isCanary,
    stageVariables: { ...variables, ...canary.stageVariableOverrides },
  };
}

/** What was deployed. @param queries those of a transaction that is under way */
export async function contentOf(
  { dependencies, contents }: Pick<Gateway, 'dependencies' | 'contents'>,
  apiId: string,
  deploymentId: string,
  queries?: Queries,
): Promise<ApiContent | undefined> {
  const key = `${apiId}/${deploymentId}`;
  const known = contents.get(key);
  if (known !== undefined) return known;
  const find = (from: Queries) => findContent(from, apiId, deploymentId);
  const read = await (queries === undefined ? dependencies.database.read(find) : find(queries));
  if (read !== undefined) contents.set(key, read);
  return read;
}

interface Entry {
  readonly visit: Visit;
  /** The body, which is not read yet. */
  readonly source: AsyncIterable<Uint8Array>;
}

/**
 * Finds the method, which may have enough to do, and who signed where it asks for that.
 * @throws GatewayFailure
 */
async function enter(
  { dependencies, throttles }: Gateway,
  arrival: Arrival,
  exchange: SurfaceExchange,
): Promise<Entry> {
  const { head, path, content } = arrival;
  const found = findMethod(content, path, head.method);
  if (found === undefined) {
    throw new GatewayFailure('MISSING_AUTHENTICATION_TOKEN', 'Missing Authentication Token');
  }
  throttleMethod(dependencies, throttles, { ...arrival, ...found });
  const isSigned = found.method.authorizationType === 'AWS_IAM';
  const sender = isSigned ? await authenticate(exchange, arrival.region) : undefined;
  const visit = { ...arrival, ...found, ...(sender === undefined ? {} : { sender }) };
  return { visit, source: (sender?.request ?? exchange.request).body };
}

async function authenticate(exchange: SurfaceExchange, region: string) {
  try {
    return await exchange.authenticate({ service: 'execute-api', region });
  } catch (error) {
    if (error instanceof AwsError) throw new GatewayFailure('INVALID_SIGNATURE', error.message);
    throw error;
  }
}

async function bodyOf(source: AsyncIterable<Uint8Array>): Promise<Uint8Array> {
  try {
    return await collectBytes(source, PAYLOAD_BYTES_MAX);
  } catch (error) {
    if (error instanceof TooManyBytes) {
      throw new GatewayFailure('REQUEST_TOO_LARGE', 'Request Too Long');
    }
    throw error;
  }
}

/** @throws GatewayFailure where the caller may not, or not now */
async function admit(gateway: Gateway, visit: Visit): Promise<Caller> {
  const { dependencies, authorizers, throttles } = gateway;
  const known = await authorize(dependencies, authorizers, visit);
  return await useKey(dependencies, throttles, visit, known);
}

/**
 * The response of the method's back end.
 * @throws GatewayFailure
 */
export async function answer(
  { dependencies }: Pick<Gateway, 'dependencies'>,
  visit: Visit,
  caller: Caller,
): Promise<WireResponse> {
  validateRequest(visit);
  const integration = visit.method.methodIntegration;
  if (integration === undefined)
    throw new GatewayFailure('API_CONFIGURATION_ERROR', 'Internal server error');
  const context = contextMap(visit, caller);
  return await integrate(dependencies, { visit, caller, integration, context });
}
