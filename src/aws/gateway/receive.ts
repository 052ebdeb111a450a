/** Step one: what came over the connection, as a head and an unread body. */
import { Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import type { RequestHead } from '../operation.ts';
import type { SignedRequest } from '../signature/index.ts';
import { RequestBody, type BodyOptions } from './request-body.ts';
import type { HttpRequest, HttpResponse } from './http-message.ts';
import { joinHeader, type PlainHead } from './plain-head.ts';

/** A request of which nothing is believed and whose body is unread. */
export interface Received {
  readonly head: RequestHead;
  readonly signed: SignedRequest;
  /** The body as it came, to be read once. Its first read tells a client that waits to go on. */
  readonly body: AsyncIterable<Uint8Array>;
}

/** Reads a request's head; `undefined` where its target is no path. */
export function receive(
  message: HttpRequest,
  response: HttpResponse,
  options: BodyOptions,
): Received | undefined {
  return receiveHead(message, new RequestBody(message, response, options));
}

/** The same, of a request whose body is known. */
export function receiveHead(
  message: HttpRequest,
  body: AsyncIterable<Uint8Array>,
): Received | undefined {
  const target = pathOf(message.url ?? '');
  if (!target.startsWith('/')) return undefined;
  const method = message.method ?? 'GET';
  const { rawHeaders } = message;
  const headers = headersOf(rawHeaders);
  const spelledNames = (): string[] => rawHeaders.filter((_, at) => at % 2 === 0);
  return receivedOf({ method, target, headers, spelledNames }, addressOf(message.socket), body);
}

/** A request whose head is parsed; its target is a path with its query. */
export function receivedOf(
  { method, target, headers, spelledNames }: Readonly<Omit<PlainHead, 'bodyBytes'>>,
  sourceIp: string,
  body: AsyncIterable<Uint8Array>,
): Received {
  const question = target.indexOf('?');
  const path = question === -1 ? target : target.slice(0, question);
  const rawQuery = question === -1 ? '' : target.slice(question + 1);
  return {
    head: { method, path, query: queryOf(rawQuery), rawQuery, headers, spelledNames, sourceIp },
    signed: { method, path, rawQuery, headers },
    body,
  };
}

/** What is without parameters has them in common: nobody adds any. */
const NO_QUERY = new URLSearchParams();

function queryOf(rawQuery: string): URLSearchParams {
  return rawQuery === '' ? NO_QUERY : new URLSearchParams(rawQuery);
}

/** A proxy's clients name the whole URL. */
function pathOf(url: string): string {
  return url.startsWith('/') ? url : url.replace(/^https?:\/\/[^/?]*/i, '');
}

function headersOf(raw: readonly string[]): Record<string, string> {
  const headers: Record<string, string> = Object.create(null);
  for (let at = 0; at + 1 < raw.length; at += 2) {
    joinHeader(headers, raw[at]?.toLowerCase() ?? '', raw[at + 1] ?? '');
  }
  // HTTP/2 names the host so; clients sign it under either name.
  const authority = headers[':authority'];
  if (authority !== undefined) headers['host'] ??= authority;
  return headers;
}

/**
 * The client's address; that of this machine where there is no network between. A client that has reset its connection
 * before anybody looked has none, and is nobody whom a policy lets in by an address.
 */
export function addressOf(connection: Duplex): string {
  if (!(connection instanceof Socket)) return '127.0.0.1';
  return connection.remoteAddress?.replace(/^::ffff:/, '') ?? '0.0.0.0';
}
