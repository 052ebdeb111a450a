/** The head of one HTTP/1.1 request of a runtime or an extension. */
export interface HttpHead {
  readonly method: string;
  /** The target as it came, with its query. */
  readonly path: string;
  /** By lower-case name; a repeated header is joined by `, `. Values are latin1. */
  readonly headers: ReadonlyMap<string, string>;
  readonly framing: BodyFraming;
  /** False for HTTP/1.0 without keep-alive, and for `Connection: close`. */
  readonly keepsAlive: boolean;
  /** The client waits for `100 Continue` before it sends the body, as curl does. */
  readonly expectsContinue: boolean;
}

/** How the end of a body is found. Anything that could be read in two ways is refused. */
export type BodyFraming =
  | { readonly kind: 'none' }
  | { readonly kind: 'length'; readonly bytes: number }
  | { readonly kind: 'chunked' };

export type HeadResult =
  | { readonly kind: 'head'; readonly head: HttpHead }
  | { readonly kind: 'refused'; readonly status: number; readonly reason: string };

/** AWS's clients send the error's X-Ray cause in a header of up to 1 MiB. */
export const HEAD_BYTES_MAX = 1024 * 1024 + 64 * 1024;
const HEADERS_MAX = 128;
/** Lines of headers that are remembered, and how many of them: a runtime asks, and answers with another length. */
const REPEATED_LENGTH_MAX = 512;
const REPEATED_MAX = 4;
const REQUEST_LINE = /^[A-Z]{1,16} \/[\x21-\x7e]{0,8191} HTTP\/1\.[01]$/;
const VERSION_LENGTH = ' HTTP/1.1'.length;
const HEADER_NAME = /^[!#$%&'*+.^_`|~0-9A-Za-z-]{1,256}$/;
const CONTROL_CHARACTERS = /[\x00-\x08\x0a-\x1f\x7f]/;

/** What a client repeats from request to request: the lines of its headers, from HTTP's minor version on. */
interface Repeated extends Headers {
  readonly text: string;
}

/** What the lines behind a request line say. */
type Headers = Omit<HttpHead, 'method' | 'path'>;

/**
 * The heads of one connection. A runtime sends the same headers with each of its two requests: what their lines
 * said before they say again.
 */
export class HeadParser {
  readonly #repeated: Repeated[] = [];
  /** The last head that had no body: the request for the next event is the same each time. */
  #bodiless: { readonly text: string; readonly result: HeadResult } | undefined;

  /** As {@link parseHead}. */
  parse(bytes: Buffer): HeadResult {
    const text = bytes.toString('latin1');
    if (text === this.#bodiless?.text) return this.#bodiless.result;
    const lineEnd = text.indexOf('\r\n');
    const isRepeatable = lineEnd !== -1 && text.length - lineEnd <= REPEATED_LENGTH_MAX;
    if (!isRepeatable) return parseText(text);
    const lines = text.slice(lineEnd - 1);
    const known = this.#repeated.find((repeated) => repeated.text === lines);
    const line = text.slice(0, lineEnd);
    if (known !== undefined && REQUEST_LINE.test(line)) return headOf(line, known);
    const result = parseText(text);
    if (result.kind !== 'head') return result;
    const { framing, headers, keepsAlive, expectsContinue } = result.head;
    if (framing.kind === 'none') this.#bodiless = { text, result };
    else {
      this.#repeated.unshift({ text: lines, framing, headers, keepsAlive, expectsContinue });
      this.#repeated.length = Math.min(this.#repeated.length, REPEATED_MAX);
    }
    return result;
  }
}

/**
 * Parses the bytes before the empty line, strictly: no folded headers, no bare line feeds, no
 * ambiguous framing.
 * @see https://www.rfc-editor.org/rfc/rfc9112
 */
export function parseHead(bytes: Buffer): HeadResult {
  return parseText(bytes.toString('latin1'));
}

function parseText(text: string): HeadResult {
  const lines = text.split('\r\n');
  const line = lines[0] ?? '';
  if (!REQUEST_LINE.test(line)) return refused(400, 'malformed request line');
  if (lines.length > HEADERS_MAX + 1) return refused(431, 'too many headers');
  const headers = new Map<string, string>();
  for (let index = 1; index < lines.length; index += 1) {
    const problem = addHeader(headers, lines[index] ?? '');
    if (problem !== undefined) return refused(400, problem);
  }
  const framing = framingOf(headers);
  if ('status' in framing) return framing;
  const connection = headers.get('connection')?.toLowerCase() ?? '';
  const keepsAlive = line.endsWith('1')
    ? !connection.includes('close')
    : connection.includes('keep-alive');
  const expectsContinue = headers.get('expect')?.toLowerCase() === '100-continue';
  return headOf(line, { headers, framing, keepsAlive, expectsContinue });
}

function headOf(line: string, of: Headers): HeadResult {
  const { headers, framing, keepsAlive, expectsContinue } = of;
  const space = line.indexOf(' ');
  const method = line.slice(0, space);
  const path = line.slice(space + 1, -VERSION_LENGTH);
  return { kind: 'head', head: { method, path, headers, framing, keepsAlive, expectsContinue } };
}

/**
 * Adds one header line to the map; the last of two lines with one name is joined to the first.
 * Answers what is wrong with it, if anything.
 */
export function addHeader(headers: Map<string, string>, line: string): string | undefined {
  const colon = line.indexOf(':');
  if (colon < 1) return 'malformed header';
  const name = line.slice(0, colon);
  const value = line.slice(colon + 1).trim();
  if (!HEADER_NAME.test(name)) return 'malformed header name';
  if (CONTROL_CHARACTERS.test(value)) return 'malformed header value';
  const key = name.toLowerCase();
  const earlier = headers.get(key);
  headers.set(key, earlier === undefined ? value : `${earlier}, ${value}`);
  return undefined;
}

function framingOf(headers: ReadonlyMap<string, string>): BodyFraming | Refusal {
  const transferEncoding = headers.get('transfer-encoding');
  const contentLength = headers.get('content-length');
  if (transferEncoding !== undefined) {
    if (contentLength !== undefined) return refused(400, 'both length and transfer coding');
    if (transferEncoding.toLowerCase() !== 'chunked') return refused(501, 'unknown coding');
    return { kind: 'chunked' };
  }
  if (contentLength === undefined) return { kind: 'none' };
  if (!/^\d{1,15}$/.test(contentLength)) return refused(400, 'malformed length');
  const bytes = Number(contentLength);
  return bytes === 0 ? { kind: 'none' } : { kind: 'length', bytes };
}

type Refusal = Extract<HeadResult, { kind: 'refused' }>;

function refused(status: number, reason: string): Refusal {
  return { kind: 'refused', status, reason };
}
