/** Step one: what came over the connection, as a head and an unread body. */
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Clock } from '#ports/world/clock.ts';
import type { RequestHead } from '../operation.ts';
import type { SignedRequest } from '../signature/index.ts';

/** A request of which nothing is believed and whose body is unread. */
export interface Received {
  readonly head: RequestHead;
  readonly signed: SignedRequest;
  /** The body as it came, to be read once. Its first read tells a client that waits to go on. */
  readonly body: AsyncIterable<Uint8Array>;
}

export interface ReceiveOptions {
  readonly clock: Clock;
  readonly idleTimeoutMs: number;
}

/** The client went away, or was too slow, before its body had ended. */
export class ClientGone extends Error {
  override readonly name = 'ClientGone';
}

/** Reads a request's head; `undefined` where its target is no path. */
export function receive(
  message: IncomingMessage,
  response: ServerResponse,
  options: ReceiveOptions,
): Received | undefined {
  const target = pathOf(message.url ?? '');
  if (!target.startsWith('/')) return undefined;
  const question = target.indexOf('?');
  const path = question === -1 ? target : target.slice(0, question);
  const rawQuery = question === -1 ? '' : target.slice(question + 1);
  const method = message.method ?? 'GET';
  const headers = headersOf(message.rawHeaders);
  const sourceIp = addressOf(message.socket.remoteAddress);
  return {
    head: { method, path, query: new URLSearchParams(rawQuery), headers, sourceIp },
    signed: { method, path, rawQuery, headers },
    body: readBody(message, response, options),
  };
}

/** A proxy's clients name the whole URL. */
function pathOf(url: string): string {
  return url.startsWith('/') ? url : url.replace(/^https?:\/\/[^/?]*/i, '');
}

function headersOf(raw: readonly string[]): Record<string, string> {
  const headers: Record<string, string> = Object.create(null);
  for (let at = 0; at + 1 < raw.length; at += 2) {
    const name = raw[at]?.toLowerCase() ?? '';
    const value = raw[at + 1] ?? '';
    const before = headers[name];
    headers[name] = before === undefined ? value : `${before},${value}`;
  }
  return headers;
}

function addressOf(address: string | undefined): string {
  return address?.replace(/^::ffff:/, '') ?? '127.0.0.1';
}

async function* readBody(
  message: IncomingMessage,
  response: ServerResponse,
  { clock, idleTimeoutMs }: ReceiveOptions,
): AsyncGenerator<Uint8Array> {
  if (message.headers.expect !== undefined && !response.headersSent) response.writeContinue();
  const arm = (): Disposable => clock.setTimer(idleTimeoutMs, () => message.destroy());
  let timer = arm();
  try {
    for await (const chunk of message.iterator({ destroyOnReturn: false })) {
      timer[Symbol.dispose]();
      yield chunk;
      timer = arm();
    }
  } catch (error) {
    if (message.complete) throw error;
    throw new ClientGone('the request body did not end', { cause: error });
  } finally {
    timer[Symbol.dispose]();
  }
}
