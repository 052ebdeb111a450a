/** The last step: an answer onto the connection, with back pressure. */
import type { ServerResponse } from 'node:http';
import type { Clock } from '#ports/world/clock.ts';
import type { WireResponse } from '../wire.ts';
import { isGone, type HttpResponse } from './http-server.ts';

export interface SendOptions {
  readonly clock: Clock;
  readonly idleTimeoutMs: number;
  readonly isHead: boolean;
  /** Whether the connection ends with this answer. */
  readonly isLast: boolean;
}

/**
 * Writes an answer. Resolves once it is handed to the connection whole, or the client is gone.
 * A stream that throws cuts the connection, so that no client takes a part for the whole.
 * @throws what the stream threw
 */
export async function send(
  answer: HttpResponse,
  response: WireResponse,
  options: SendOptions,
): Promise<void> {
  // The two kinds declare the same calls in ways that TypeScript cannot unite.
  const target = answer as ServerResponse;
  const { body } = response;
  const headers: Record<string, string | number | string[]> = { ...response.headers };
  if (response.cookies !== undefined) headers['set-cookie'] = [...response.cookies];
  if (options.isLast) headers['connection'] = 'close';
  if (!(body instanceof Uint8Array)) {
    target.writeHead(response.status, headers);
    await (options.isHead ? closeUnread(target, body) : sendStream(target, body, options));
    return;
  }
  if (!isBodiless(response.status) && !options.isHead) headers['content-length'] = body.byteLength;
  target.writeHead(response.status, headers);
  if (options.isHead || isBodiless(response.status)) target.end();
  else target.end(body);
}

/** @see https://www.rfc-editor.org/rfc/rfc9110#section-6.4.1 */
function isBodiless(status: number): boolean {
  return status === 204 || status === 304;
}

async function closeUnread(target: ServerResponse, body: AsyncIterable<Uint8Array>): Promise<void> {
  target.end();
  await body[Symbol.asyncIterator]().return?.();
}

async function sendStream(
  target: ServerResponse,
  body: AsyncIterable<Uint8Array>,
  options: SendOptions,
): Promise<void> {
  try {
    for await (const chunk of body) {
      if (isGone(target)) return;
      if (!target.write(chunk)) await drained(target, options);
    }
    target.end();
  } catch (error) {
    target.destroy();
    throw error;
  }
}

/** Waits until the client has taken what was written, or is gone; one that takes nothing is cut off. */
async function drained(target: ServerResponse, options: SendOptions): Promise<void> {
  using _timer = options.clock.setTimer(options.idleTimeoutMs, () => target.destroy());
  await new Promise<void>((resolve) => {
    const done = (): void => {
      target.off('drain', done);
      target.off('close', done);
      resolve();
    };
    target.on('drain', done);
    target.on('close', done);
    if (isGone(target)) done();
  });
}
