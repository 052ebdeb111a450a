/** What is answered beside the services: surfaces, the server's own paths, and what is no request. */
import { utf8 } from '#kernel/bytes.ts';
import { AwsError } from '../errors.ts';
import type { AuthenticatedRequest, HttpSurface, SurfaceExchange } from '../operation.ts';
import type { SigningScope } from '../signature/index.ts';
import type { WireResponse } from '../wire.ts';
import type { Answerer } from './answer.ts';
import { authenticate, readAnyClaim } from './authenticate.ts';
import { internalFailure, logBug } from './failures.ts';
import type { Received } from './receive.ts';
import { ClientGone } from './request-body.ts';

const INTERNAL_PREFIX = '/_hearth/';
const BODY_BYTES_MAX = 16 * 1024 * 1024;

/**
 * Whoever answers this request without it being routed to a service; `undefined` for an ordinary one.
 * @param isReady whether the server can take requests, for its health
 */
export function findSurface(
  { options }: Answerer,
  { head }: Received,
  isReady: boolean,
): HttpSurface['handle'] | undefined {
  if (head.path.startsWith(INTERNAL_PREFIX)) {
    if (head.path === `${INTERNAL_PREFIX}health`) return async () => health(isReady);
    const path = head.path.slice(INTERNAL_PREFIX.length);
    const name = [...(options.internal?.keys() ?? [])].find((prefix) => path.startsWith(prefix));
    return (name !== undefined && options.internal?.get(name)) || (async () => notFound());
  }
  const surface = options.surfaces?.find((one) => one.match(head));
  return surface && ((exchange) => surface.handle(exchange));
}

/** Answers through a surface; an AwsError as JSON, a bug as 500. */
export async function answerSurface(
  answerer: Answerer,
  handle: HttpSurface['handle'],
  received: Received,
  signal: AbortSignal,
): Promise<WireResponse> {
  const exchange = exchangeOf(answerer, received, signal);
  try {
    return await handle(exchange);
  } catch (error) {
    return surfaceFailure(answerer, exchange, error);
  }
}

/** A request as surfaces see it. */
export function exchangeOf(
  answerer: Answerer,
  received: Received,
  signal: AbortSignal,
): SurfaceExchange {
  return {
    request: { ...received.head, body: received.body },
    requestId: answerer.options.random.uuid(),
    signal,
    authenticate: (scope) => authenticateSurface(answerer, received, scope),
  };
}

/**
 * What a surface that threw answers.
 * @throws ClientGone
 */
export function surfaceFailure(
  { options }: Answerer,
  { request, requestId, signal }: SurfaceExchange,
  error: unknown,
): WireResponse {
  if (error instanceof ClientGone) throw error;
  if (signal.aborted) throw new ClientGone('the request was aborted', { cause: error });
  if (error instanceof AwsError) return answerMessage(error, requestId);
  logBug(options.log, error, requestId, request.path);
  return answerMessage(internalFailure(false), requestId);
}

async function authenticateSurface(
  { options, claims, keys }: Answerer,
  received: Received,
  scope: SigningScope,
): Promise<AuthenticatedRequest | undefined> {
  const read = readAnyClaim(claims, received);
  const sender = await authenticate(received, read, {
    auth: options.auth,
    credentials: options.credentials,
    keys,
    nowMs: options.clock.now(),
    family: 'rest-json',
    bodyBytesMax: BODY_BYTES_MAX,
    scope,
  });
  if (sender.isAnonymous) return undefined;
  return {
    principal: sender.principal,
    accessKeyId: read.kind === 'v4' ? read.claim.accessKeyId : '',
    request: { ...received.head, body: sender.body },
  };
}

function answerMessage(error: AwsError, requestId: string): WireResponse {
  const headers = {
    'content-type': 'application/json',
    'x-amzn-requestid': requestId,
    'x-amzn-errortype': error.code,
    ...error.headers,
  };
  return { status: error.status, headers, body: utf8(JSON.stringify({ message: error.message })) };
}

function health(isReady: boolean): WireResponse {
  return json(isReady ? 200 : 503, { status: isReady ? 'ready' : 'starting' });
}

function notFound(): WireResponse {
  return json(404, { message: 'Nothing is at this path.' });
}

function json(status: number, value: unknown): WireResponse {
  const headers = { 'content-type': 'application/json', 'cache-control': 'no-store' };
  return { status, headers, body: utf8(JSON.stringify(value)) };
}
