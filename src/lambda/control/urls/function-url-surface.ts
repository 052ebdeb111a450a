/** Function URLs: HTTP at `ID.lambda-url.REGION.HOST`, each request one invocation. */
import { AwsError } from '#aws/errors.ts';
import { hostReader } from '#aws/host-name.ts';
import type {
  AuthenticatedRequest,
  HttpSurface,
  RequestHead,
  SurfaceExchange,
} from '#aws/operation.ts';
import {
  corsHeaders,
  iamAuthorizer,
  isPreflight,
  newTraceHeader,
  preflightHeaders,
  proxyEvent,
  proxyResponse,
  streamedProxyResponse,
  type ProxyRoute,
} from '#aws/proxy/index.ts';
import type { WireResponse } from '#aws/wire.ts';
import { TooManyBytes, collectBytes, utf8 } from '#kernel/bytes.ts';
import type { Outcome } from '#ports/peers/invoker.ts';

import { payloadTooLarge, tooManyRequests } from '../../errors.ts';
import { SYNCHRONOUS_PAYLOAD_BYTES_MAX } from '../../limits.ts';
import type { UrlRecord } from '../../model/records.ts';
import { findUrl } from '../../store.ts';
import type { Control } from '../control.ts';
import { mayInvokeUrl } from './function-url-access.ts';
import { urlAddress } from './function-urls.ts';

const urlIdOfHost = hostReader(/^([a-z0-9]+)\.lambda-url\.[a-z0-9-]+\./i);

/** Answers the hosts of function URLs, known or not. */
export function functionUrlSurface(control: Control): HttpSurface {
  return {
    match: (head) => urlIdOf(head) !== undefined,
    handle: (exchange) => answer(control, exchange),
  };
}

function urlIdOf(head: RequestHead): string | undefined {
  return urlIdOfHost(head.headers['host']);
}

async function answer(control: Control, exchange: SurfaceExchange): Promise<WireResponse> {
  const { request, requestId } = exchange;
  const urlId = urlIdOf(request) ?? '';
  const record = await control.database.read((queries) => findUrl(queries, urlId));
  if (record === undefined) return forbidden(null);
  if (record.cors !== undefined && isPreflight(request)) {
    const headers = preflightHeaders(record.cors, request);
    return { status: 200, headers, body: utf8('') };
  }
  const response = await invokeUrl(control, record, exchange);
  const headers = {
    'x-amzn-requestid': requestId,
    ...response.headers,
    ...corsHeaders(record.cors, request),
  };
  return { ...response, headers };
}

async function invokeUrl(
  control: Control,
  record: UrlRecord,
  exchange: SurfaceExchange,
): Promise<WireResponse> {
  const { requestId, signal } = exchange;
  const isSigned = record.authType === 'AWS_IAM';
  const scope = { service: 'lambda', region: record.region };
  const sender = isSigned ? await exchange.authenticate(scope) : undefined;
  if (!(await mayInvokeUrl(control, { record, http: exchange.request }, sender?.principal)))
    return forbidden(FORBIDDEN);
  const request = sender?.request ?? exchange.request;
  const body = await bodyOf(request.body);
  const { clock, random } = control;
  const traceHeader =
    request.headers['x-amzn-trace-id'] ?? newTraceHeader(clock.now(), random.bytes(12));
  const payload = proxyEvent({
    head: exchange.request,
    body,
    requestId,
    nowMs: clock.now(),
    traceHeader,
    route: routeOf(record, exchange.request, sender),
  });
  const outcome = await control.invoker().invoke(
    {
      ...urlAddress(record, record.qualifier),
      requestId,
      payload,
      source: 'function-url',
      responseMode: record.invokeMode === 'RESPONSE_STREAM' ? 'streaming' : 'buffered',
      traceHeader,
    },
    signal,
  );
  const response = (await responseOf(record, outcome)) ?? BAD_RESPONSE;
  const told = outcome.kind === 'throttled' ? undefined : outcome.traceHeader;
  if (told === undefined) return response;
  return { ...response, headers: { 'x-amzn-trace-id': told, ...response.headers } };
}

/** The one route of a URL. */
function routeOf(
  { urlId }: UrlRecord,
  head: RequestHead,
  sender: AuthenticatedRequest | undefined,
): ProxyRoute {
  const route = { apiId: urlId, stage: '$default', routeKey: '$default', path: head.path };
  if (sender === undefined) return { ...route, accountId: 'anonymous' };
  const { accountId } = sender.principal;
  return { ...route, accountId, authorizer: iamAuthorizer(sender), authentication: null };
}

async function bodyOf(source: AsyncIterable<Uint8Array>): Promise<Uint8Array> {
  try {
    return await collectBytes(source, SYNCHRONOUS_PAYLOAD_BYTES_MAX);
  } catch (error) {
    if (error instanceof TooManyBytes) throw payloadTooLarge(SYNCHRONOUS_PAYLOAD_BYTES_MAX);
    throw error;
  }
}

async function responseOf(record: UrlRecord, outcome: Outcome): Promise<WireResponse | undefined> {
  if (outcome.kind === 'throttled') throttled(outcome);
  if (outcome.kind === 'failed') return undefined;
  if (record.invokeMode === 'RESPONSE_STREAM') {
    const hasFailed = async () => (await outcome.report).failure !== undefined;
    return streamedProxyResponse(outcome.contentType, outcome.payload, hasFailed);
  }
  return proxyResponse(await collectBytes(outcome.payload, SYNCHRONOUS_PAYLOAD_BYTES_MAX * 2));
}

function throttled(outcome: Outcome & { readonly kind: 'throttled' }): never {
  const { reason, retryAfterSeconds } = outcome;
  const { code, status, message } = tooManyRequests(reason, retryAfterSeconds);
  const headers =
    retryAfterSeconds === undefined ? {} : { 'retry-after': String(retryAfterSeconds) };
  throw new AwsError({ code, status, message, headers });
}

const FORBIDDEN =
  'Forbidden. For troubleshooting Function URL authorization issues, see: ' +
  'https://docs.aws.amazon.com/lambda/latest/dg/urls-auth.html';

/** @see recording `lambda: TestLambdaURL::test_lambda_url_persists_after_alias_delete` */
function forbidden(message: string | null): WireResponse {
  return {
    status: 403,
    headers: { 'content-type': 'application/json', 'x-amzn-errortype': 'AccessDeniedException' },
    body: utf8(JSON.stringify({ Message: message })),
  };
}

/** A function's error, or an answer that cannot be sent. */
const BAD_RESPONSE: WireResponse = {
  status: 502,
  headers: { 'content-type': 'application/json' },
  body: utf8('Internal Server Error'),
};
