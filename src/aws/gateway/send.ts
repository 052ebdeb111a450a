/** The last step: an answer onto the connection, with back pressure. */
import type { ServerResponse } from 'node:http';
import type { Clock } from '#ports/world/clock.ts';
import type { WireResponse } from '../wire.ts';
import { isGone, type HttpResponse } from './http-message.ts';
import { isBodiless } from './plain-answer.ts';
import { closeUnread, writeBytes, writeStream, type WriteOptions } from './write-stream.ts';

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
    if (options.isHead) {
      target.end();
      await closeUnread(body);
    } else await sendStream(target, body, options);
    return;
  }
  if (!isBodiless(response.status) && !options.isHead) headers['content-length'] = body.byteLength;
  target.writeHead(response.status, headers);
  if (options.isHead || isBodiless(response.status)) target.end();
  else {
    await writeBytes(target, body, writing(target, options));
    target.end();
  }
}

async function sendStream(
  target: ServerResponse,
  body: AsyncIterable<Uint8Array>,
  options: SendOptions,
): Promise<void> {
  await writeStream(target, body, writing(target, options));
  if (!isGone(target)) target.end();
}

function writing(target: ServerResponse, { clock, idleTimeoutMs }: SendOptions): WriteOptions {
  return { clock, idleTimeoutMs, isGone: () => isGone(target) };
}
