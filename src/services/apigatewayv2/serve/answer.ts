/**
 * Answers requests to deployed HTTP APIs.
 * I1 Every request is answered: what is wrong with it by AWS's message, what is wrong behind the gateway by 500.
 * I2 An integration is asked once, and never longer than its timeout.
 */
import { withDeadline, type ApiAddress, type Throttles } from '#aws/execute-api/index.ts';
import type { Integration } from '#aws/models/apigatewayv2.types.gen.ts';
import type { RequestHead, SurfaceExchange } from '#aws/operation.ts';
import { corsHeaders, isPreflight, newTraceHeader, preflightHeaders } from '#aws/proxy/index.ts';
import type { WireResponse } from '#aws/wire.ts';
import { AwsError } from '#aws/errors.ts';
import { collectBytes, EMPTY_BYTES, TooManyBytes } from '#kernel/bytes.ts';
import { integrationIdOf } from '../check-route.ts';
import { HEADER_BYTES_MAX, PAYLOAD_BYTES_MAX, TIMEOUT_MS_MAX } from '../limits.ts';
import type { OwnedApi, Snapshot } from '../model.ts';
import { askServer } from './ask-server.ts';
import { askService } from './ask-service.ts';
import { authorize, type AuthorizeOptions } from './authorize.ts';
import { askFunction } from './call-function.ts';
import { decoded, findServed, type Served, type Snapshots } from './find-stage.ts';
import { mapRequest, mapResponse } from './map-parameters.ts';
import { matchRoute } from './match-route.ts';
import { internalError, plainAnswer, type Admitted, type Visit } from './visit.ts';
import { createTally, type Tally } from './tally.ts';
import { isWithinThrottle } from './throttle.ts';

export interface AnswerOptions extends AuthorizeOptions {
  readonly snapshots: Snapshots;
  readonly throttles: Throttles;
}

/** Answers one request to an API. */
export async function answerVisit(
  options: AnswerOptions,
  owned: OwnedApi,
  exchange: SurfaceExchange,
  address: ApiAddress,
): Promise<WireResponse> {
  const { dependencies, snapshots } = options;
  const { request } = exchange;
  const requestId = Buffer.from(dependencies.random.bytes(11)).toString('base64');
  const isDomain = address.form === 'domain';
  const isClosed = owned.api.DisableExecuteApiEndpoint === true && !isDomain;
  const served = isClosed
    ? undefined
    : await dependencies.database.read((queries) => findServed(queries, snapshots, owned, address));
  if (served === undefined) return withId(plainAnswer(404, 'Not Found'), requestId);
  const tally = createTally(dependencies, { owned, served, request, requestId });
  const { cors } = served.snapshot;
  if (cors !== undefined && isPreflight(request)) {
    const headers = preflightHeaders(cors, request);
    return tally.end(withId({ status: 204, headers, body: EMPTY_BYTES }, requestId));
  }
  const known = { owned, served, exchange, requestId, tally, isDomain };
  const response = await answerServed(options, known);
  return tally.end(withId(withCors(response, served.snapshot, request), requestId));
}

interface Request {
  readonly owned: OwnedApi;
  readonly served: Served;
  readonly exchange: SurfaceExchange;
  readonly requestId: string;
  readonly tally: Tally;
  /** Whether it came by a name of the user's own. */
  readonly isDomain: boolean;
}

async function answerServed(
  options: AnswerOptions,
  { owned, served, exchange, requestId, tally, isDomain }: Request,
): Promise<WireResponse> {
  const { request, signal } = exchange;
  if (headerBytes(request) > HEADER_BYTES_MAX) {
    return plainAnswer(431, 'Request Header Fields Too Large');
  }
  const { stage, snapshot } = served;
  const match = matchRoute(snapshot.routes, request.method, served.path);
  const integrationId = match && integrationIdOf(match.route);
  const integration = snapshot.integrations.find((one) => one.IntegrationId === integrationId);
  if (match === undefined || integration === undefined) return plainAnswer(404, 'Not Found');
  const { clock, random } = options.dependencies;
  const nowMs = clock.now();
  const visit: Visit = {
    owned,
    stage,
    snapshot,
    match,
    head: request,
    path: stage.StageName === '$default' ? served.path : `/${stage.StageName}${served.path}`,
    ...(isDomain ? { writtenPath: decoded(request.path) } : {}),
    requestId,
    invocationId: exchange.requestId,
    traceHeader: request.headers['x-amzn-trace-id'] ?? newTraceHeader(nowMs, random.bytes(12)),
    nowMs,
    signal,
  };
  tally.routed(visit);
  if (!isWithinThrottle(options.throttles, visit, clock.monotonicMs())) {
    return plainAnswer(429, 'Too Many Requests');
  }
  const admission = await authorize(options, visit, exchange);
  if (admission.kind === 'refused') return admission.response;
  const { authorization } = admission;
  tally.admitted(authorization);
  const body = await bodyOf(admission.body);
  if (body === undefined) return plainAnswer(413, 'Request Entity Too Large');
  const admitted: Admitted = { ...visit, authorization, body };
  return tally.integrated(() => integrate(options, admitted, integration));
}

/** The integration's answer, with its parameters mapped there and back. */
async function integrate(
  { dependencies }: AnswerOptions,
  visit: Admitted,
  integration: Integration,
): Promise<WireResponse> {
  const { authorization, body } = visit;
  const { RequestParameters = {}, ResponseParameters = {}, IntegrationSubtype } = integration;
  const scope = { visit, authorization, body };
  const { TimeoutInMillis: timeoutMs = TIMEOUT_MS_MAX } = integration;
  try {
    if (IntegrationSubtype !== undefined) {
      return await askService(dependencies, visit, integration);
    }
    const mapped = mapRequest(RequestParameters, scope);
    const work =
      integration.IntegrationType === 'HTTP_PROXY'
        ? askServer(dependencies, visit, integration, mapped)
        : withDeadline(
            dependencies.clock,
            timeoutMs,
            askFunction(dependencies, visit, integration, mapped),
          );
    const response = await work;
    if (response === 'late') return plainAnswer(503, 'Service Unavailable');
    const { status, headers, body: answered } = response;
    const bytes = answered instanceof Uint8Array ? answered : EMPTY_BYTES;
    const answer = { status, headers, body: bytes };
    return mapResponse(ResponseParameters, response, { ...scope, response: answer });
  } catch (error) {
    if (!(error instanceof AwsError)) throw error;
    return internalError();
  }
}

/** The whole body; `undefined` where it is too long. */
async function bodyOf(source: AsyncIterable<Uint8Array>): Promise<Uint8Array | undefined> {
  try {
    return await collectBytes(source, PAYLOAD_BYTES_MAX);
  } catch (error) {
    if (error instanceof TooManyBytes) return undefined;
    throw error;
  }
}

/** The request line and the headers, about as they came. */
function headerBytes({ method, path, rawQuery = '', headers }: RequestHead): number {
  let bytes = method.length + path.length + rawQuery.length;
  for (const [name, value] of Object.entries(headers)) bytes += name.length + value.length;
  return bytes;
}

/** Where the API has rules of its own, those of the integration do not count. */
function withCors(response: WireResponse, { cors }: Snapshot, head: RequestHead): WireResponse {
  if (cors === undefined) return response;
  const own = Object.entries(response.headers).filter(
    ([name]) => !name.startsWith('access-control-'),
  );
  return { ...response, headers: { ...Object.fromEntries(own), ...corsHeaders(cors, head) } };
}

function withId(response: WireResponse, requestId: string): WireResponse {
  return { ...response, headers: { ...response.headers, 'apigw-requestid': requestId } };
}
