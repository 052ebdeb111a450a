/**
 * Heads of the requests that nearly all are: complete, of HTTP/1.1, of a known short length. Whatever is unusual is
 * not judged here but left to node:http, so that there is one judge of what is malformed.
 * @see https://www.rfc-editor.org/rfc/rfc9112
 */
import { BoundedMap } from '#kernel/bounded-map.ts';
import { KIB } from '#kernel/units.ts';

export interface PlainHead {
  readonly method: string;
  /** A path and its query, undecoded. */
  readonly target: string;
  /** By lower-case name; a repeated header is joined by `,`, a cookie by `; `. Values are latin1. */
  readonly headers: Record<string, string>;
  /** The headers' names as they came. */
  readonly spelledNames: () => readonly string[];
  readonly bodyBytes: number;
}

/** Bytes of a head that is still plain. */
export const PLAIN_HEAD_BYTES_MAX = 8 * KIB;
/** Bytes of a body that is waited for and kept whole; larger ones stream. */
const BODY_BYTES_MAX = 128 * KIB;
const REQUEST_LINE = /^(?:GET|POST|PUT|DELETE|HEAD|PATCH) \/[\x21-\x7e]* HTTP\/1\.1$/;
const VERSION_LENGTH = ' HTTP/1.1'.length;
const LINE_END = '\r\n';
const HEADER_NAME = /^[!#$%&'*+.^_`|~0-9A-Za-z-]+$/;
/** What no line of a head holds; its end is a carriage return and a line feed, neither of them alone. */
const CONTROL_CHARACTERS = /[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]|\r(?!\n)|(?<!\r)\n/;
const LENGTH = /^\d{1,6}$/;
/** Headers that change how the connection or the body goes on. */
const UNUSUAL = ['expect', 'transfer-encoding', 'upgrade', 'te', 'trailer', 'http2-settings'];
/** Clients use a few dozen. */
const NAMES_MAX = 512;

/** Names of headers that have been seen, as they were spelled, in lower case. */
export class HeaderNames {
  readonly #names = new BoundedMap<string>(NAMES_MAX);

  /** The name in lower case; `undefined` where it is none. */
  lowerCase(name: string): string | undefined {
    const known = this.#names.get(name);
    if (known !== undefined) return known;
    if (!HEADER_NAME.test(name)) return undefined;
    const lowerCase = name.toLowerCase();
    this.#names.set(name, lowerCase);
    return lowerCase;
  }
}

/** Parses the bytes before an empty line; `undefined` where the request is not plain. */
export function parsePlainHead(
  bytes: Buffer,
  end: number,
  names: HeaderNames,
): PlainHead | undefined {
  if (end > PLAIN_HEAD_BYTES_MAX) return undefined;
  const text = bytes.toString('latin1', 0, end);
  if (CONTROL_CHARACTERS.test(text)) return undefined;
  const line = text.slice(0, lineEnd(text, 0));
  if (!REQUEST_LINE.test(line)) return undefined;
  const headers: Record<string, string> = Object.create(null);
  for (let at = line.length; at < text.length;) {
    const start = at + LINE_END.length;
    const colon = text.indexOf(':', start);
    at = lineEnd(text, start);
    const isHeader = colon > start && colon < at;
    const name = isHeader ? names.lowerCase(text.slice(start, colon)) : undefined;
    if (name === undefined) return undefined;
    joinHeader(headers, name, trimmed(text, colon + 1, at));
  }
  const bodyBytes = bodyBytesOf(headers);
  if (bodyBytes === undefined || headers['host'] === undefined) return undefined;
  const space = line.indexOf(' ');
  return {
    method: line.slice(0, space),
    target: line.slice(space + 1, -VERSION_LENGTH),
    headers,
    spelledNames: () => {
      const lines = text.split(LINE_END).slice(1);
      return lines.map((one) => one.slice(0, one.indexOf(':')));
    },
    bodyBytes,
  };
}

/** Where the line ends that begins at `from`: before its line end, or with the text. */
function lineEnd(text: string, from: number): number {
  const end = text.indexOf(LINE_END, from);
  return end === -1 ? text.length : end;
}

/** Adds a header by its lower-case name to those before it; HTTP/2 may split a cookie's pairs. */
export function joinHeader(headers: Record<string, string>, name: string, value: string): void {
  const before = headers[name];
  const glue = name === 'cookie' ? '; ' : ',';
  headers[name] = before === undefined ? value : `${before}${glue}${value}`;
}

/** Spaces and tabs alone surround a value; `String.trim` would take more. */
function trimmed(text: string, from: number, to: number): string {
  let start = from;
  let end = to;
  while (start < end && isBlank(text.charCodeAt(start))) start += 1;
  while (end > start && isBlank(text.charCodeAt(end - 1))) end -= 1;
  return text.slice(start, end);
}

function isBlank(code: number): boolean {
  return code === 0x20 || code === 0x09;
}

function bodyBytesOf(headers: Readonly<Record<string, string>>): number | undefined {
  if (UNUSUAL.some((name) => headers[name] !== undefined)) return undefined;
  const connection = headers['connection'];
  if (connection !== undefined && connection.toLowerCase() !== 'keep-alive') return undefined;
  const length = headers['content-length'];
  if (length === undefined) return 0;
  const bytes = LENGTH.test(length) ? Number(length) : Infinity;
  return bytes <= BODY_BYTES_MAX ? bytes : undefined;
}
