/** What happens between a request that the HTTP server has read and its answer that is sent. */
import { EMPTY_BYTES } from '#kernel/bytes.ts';
import type { WireResponse } from '../wire.ts';
import { answer, type Answerer } from './answer.ts';
import type { BodyBudget } from './body-budget.ts';
import { isGone, isSent, type HttpRequest, type HttpResponse } from './http-message.ts';
import type { Bounds } from './options.ts';
import { receive, type Received } from './receive.ts';
import { ClientGone } from './request-body.ts';
import { send } from './send.ts';
import { answerSurface, findSurface } from './surfaces.ts';

export interface ServeOptions {
  readonly answerer: Answerer;
  readonly bounds: Bounds;
  readonly bodies: BodyBudget;
  /** What aborts each running request; it puts itself in and takes itself out. */
  readonly running: Set<AbortController>;
  isReady(): boolean;
  /** Whether connections end with their next answer. */
  isClosing(): boolean;
}

/** Serves one request. Never rejects: what goes wrong once an answer has begun cuts the connection. */
export async function serve(
  message: HttpRequest,
  response: HttpResponse,
  options: ServeOptions,
): Promise<void> {
  try {
    await serveOnce(message, response, options);
  } catch (error) {
    const isAlone = isGone(response);
    response.destroy();
    if (!isAlone) logCut(options, message.url ?? '', error);
  }
}

/** Says that an answer was cut off, unless that was its client's doing. */
export function logCut({ answerer }: ServeOptions, path: string, error: unknown): void {
  if (error instanceof ClientGone) return;
  answerer.options.log.warn('an answer was cut off', { path, error: String(error) });
}

async function serveOnce(
  message: HttpRequest,
  response: HttpResponse,
  options: ServeOptions,
): Promise<void> {
  const { bounds, bodies, running } = options;
  const { clock } = options.answerer.options;
  const { idleTimeoutMs } = bounds;
  const kept = bodies.keep(message.socket);
  const received = receive(message, response, { clock, idleTimeoutMs, kept });
  // One controller for both reasons to stop: to join two signals costs more than all else here.
  const going = new AbortController();
  running.add(going);
  response.once('close', () => {
    running.delete(going);
    kept.close();
    if (!isSent(response)) going.abort();
  });
  const { signal } = going;
  const result = received === undefined ? badTarget() : await answerAny(received, signal, options);
  // A client that was never told to send its body may send it or the next request: nobody can tell.
  const isWaiting = !message.complete && message.headers.expect !== undefined;
  response.once('finish', () => {
    if (options.isClosing()) message.socket.end();
    else drain(message, options);
  });
  const isHead = message.method === 'HEAD';
  await send(response, result, {
    clock,
    idleTimeoutMs,
    isHead,
    isLast: message.httpVersionMajor === 1 && (options.isClosing() || isWaiting),
  });
}

/** Answers a request of a surface or of a service. */
export function answerAny(
  received: Received,
  signal: AbortSignal,
  { answerer, isReady }: ServeOptions,
): Promise<WireResponse> {
  const handle = findSurface(answerer, received, isReady());
  return handle === undefined
    ? answer(answerer, received, signal)
    : answerSurface(answerer, handle, received, signal);
}

/** A body that nobody read, or not to its end, is thrown away for a while, then its connection is cut. */
function drain(message: HttpRequest, { answerer, bounds }: ServeOptions): void {
  if (message.complete) return;
  message.resume();
  const timer = answerer.options.clock.setTimer(bounds.drainMs, () => message.destroy());
  message.once('close', () => timer[Symbol.dispose]());
}

function badTarget(): WireResponse {
  return { status: 400, headers: {}, body: EMPTY_BYTES };
}
