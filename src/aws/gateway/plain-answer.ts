/** The head of an answer, as node:http would write it. */
import type { WireResponse } from '../wire.ts';
import { STATUS_CODES } from 'node:http';
import { SECOND_MS } from '#kernel/units.ts';
import type { HeaderNames } from './plain-head.ts';

export interface AnswerHead {
  readonly text: string;
  /** How the end of a stream is told; `none` where no body is sent. */
  readonly framing: 'length' | 'chunked' | 'none';
  /** Whether the connection ends with this answer. */
  readonly isLast: boolean;
}

export interface AnswerOptions {
  /** The moment, as a header tells it. */
  readonly date: string;
  readonly names: HeaderNames;
  readonly keepAliveMs: number;
  readonly isHead: boolean;
  readonly isLast: boolean;
}

/** Moments as headers tell them. @see https://www.rfc-editor.org/rfc/rfc9110#section-5.6.7 */
export class HttpDates {
  #second = Number.NaN;
  #text = '';

  /** The same text for all moments of a second, made once. */
  at(nowMs: number): string {
    const second = Math.floor(nowMs / SECOND_MS);
    if (second !== this.#second) {
      this.#second = second;
      this.#text = new Date(nowMs).toUTCString();
    }
    return this.#text;
  }
}

const NOT_IN_VALUE = /[^\t\x20-\x7e\x80-\xff]/;

/**
 * Writes status and headers.
 * @throws Error for a header that would say more than itself
 */
export function answerHead(response: WireResponse, options: AnswerOptions): AnswerHead {
  const { status, headers, cookies, body } = response;
  let text = `HTTP/1.1 ${status} ${STATUS_CODES[status] ?? 'unknown'}\r\n`;
  let { isLast } = options;
  let hasLength = false;
  let hasDate = false;
  const isWhole = body instanceof Uint8Array;
  for (const name of Object.keys(headers)) {
    const value = String(headers[name]);
    const lowerCase = options.names.lowerCase(name);
    if (lowerCase === 'connection') isLast ||= value.toLowerCase() === 'close';
    if (lowerCase === 'connection' || lowerCase === 'transfer-encoding') continue;
    if (lowerCase === 'content-length') {
      if (isWhole && !options.isHead) continue;
      hasLength = true;
    }
    if (lowerCase === 'date') hasDate = true;
    if (lowerCase === undefined) throw unsendable(name);
    text += headerLine(name, value);
  }
  for (const cookie of cookies ?? []) text += headerLine('set-cookie', cookie);
  if (!hasDate) text += `date: ${options.date}\r\n`;
  text += isLast
    ? 'connection: close\r\n'
    : `connection: keep-alive\r\nkeep-alive: timeout=${Math.floor(options.keepAliveMs / SECOND_MS)}\r\n`;
  if (isBodiless(status) || options.isHead) return { text: `${text}\r\n`, framing: 'none', isLast };
  if (isWhole) {
    text += `content-length: ${body.byteLength}\r\n\r\n`;
    return { text, framing: 'length', isLast };
  }
  if (hasLength) return { text: `${text}\r\n`, framing: 'length', isLast };
  return { text: `${text}transfer-encoding: chunked\r\n\r\n`, framing: 'chunked', isLast };
}

/** @see https://www.rfc-editor.org/rfc/rfc9110#section-6.4.1 */
export function isBodiless(status: number): boolean {
  return status === 204 || status === 304;
}

/** @throws Error */
function headerLine(name: string, value: string): string {
  if (NOT_IN_VALUE.test(value)) throw unsendable(name);
  return `${name}: ${value}\r\n`;
}

function unsendable(name: string): Error {
  return new Error(`header ${JSON.stringify(name)} cannot be sent`);
}
