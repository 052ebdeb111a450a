/** What is wrong with a payload that is no JSON, in the words of the parser that AWS uses (Jackson). Pure. */

const SOURCE =
  '\n at [Source: REDACTED (`StreamReadFeature.INCLUDE_SOURCE_IN_LOCATION` disabled); line: ';

const decoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

/**
 * The problem of bytes that are not one JSON value, or `undefined` where they are.
 * @see recording `lambda: TestLambdaErrors::test_lambda_invoke_payload_encoding_error`
 */
export function jsonProblem(bytes: Uint8Array): string | undefined {
  try {
    JSON.parse(decoder.decode(bytes));
    return undefined;
  } catch {
    return describe(bytes);
  }
}

function describe(bytes: Uint8Array): string {
  const scan = { bytes, at: 0 };
  try {
    skipSpace(scan);
    value(scan);
    skipSpace(scan);
    if (scan.at < bytes.length) value(scan);
    // Two values, or an encoding that only the decoder minds.
    return problem(scan, scan.at, 'Unexpected content after the end of the value');
  } catch (error) {
    if (error instanceof Problem) return error.message;
    throw error;
  }
}

interface Scan {
  readonly bytes: Uint8Array;
  at: number;
}

class Problem extends Error {
  override readonly name = 'Problem';
}

function fail(scan: Scan, at: number, text: string): never {
  throw new Problem(problem(scan, at, text));
}

/** Lines and columns count from 1, columns in bytes, one past the byte that was read. */
function problem(scan: Scan, at: number, text: string): string {
  const before = scan.bytes.subarray(0, at);
  const line = before.reduce((count, byte) => count + (byte === 0x0a ? 1 : 0), 1);
  const column = at - before.lastIndexOf(0x0a);
  return `${text}${SOURCE}${line}, column: ${column}]`;
}

function skipSpace(scan: Scan): void {
  while (isSpace(scan.bytes[scan.at])) scan.at += 1;
}

function isSpace(byte: number | undefined): boolean {
  return byte === 0x20 || byte === 0x09 || byte === 0x0a || byte === 0x0d;
}

/** Depth is the document's: the loop keeps a stack of its own, so that no payload overflows ours. */
function value(scan: Scan): void {
  const open: number[] = [];
  do {
    if (begins(scan, open)) continue;
    close(scan, open);
  } while (open.length > 0);
}

/** Reads a scalar or an opening; true after the opening of what is not empty. */
function begins(scan: Scan, open: number[]): boolean {
  const container = scan.bytes[scan.at];
  if (container !== 0x7b && container !== 0x5b) {
    scalar(scan);
    return false;
  }
  open.push(container);
  scan.at += 1;
  skipSpace(scan);
  if (scan.bytes[scan.at] === closing(container)) return false;
  if (container === 0x7b) name(scan);
  return true;
}

/** Ends as many arrays and objects as end here, and steps over the comma to the next value. */
function close(scan: Scan, open: number[]): void {
  for (;;) {
    const container = open.at(-1);
    if (container === undefined) return;
    skipSpace(scan);
    const byte = scan.bytes[scan.at];
    if (byte === closing(container)) {
      open.pop();
      scan.at += 1;
    } else if (byte === 0x2c) {
      scan.at += 1;
      skipSpace(scan);
      if (container === 0x7b) name(scan);
      return;
    } else if (byte === undefined) {
      const kind = container === 0x7b ? 'Object' : 'Array';
      fail(scan, scan.at, `Unexpected end-of-input: expected close marker for ${kind}`);
    } else {
      const kind = container === 0x7b ? 'Object' : 'Array';
      const text = `${character(byte)}: was expecting comma to separate ${kind} entries`;
      fail(scan, scan.at + 1, `Unexpected character (${text}`);
    }
  }
}

function closing(container: number | undefined): number {
  return container === 0x7b ? 0x7d : 0x5d;
}

function name(scan: Scan): void {
  const byte = scan.bytes[scan.at];
  if (byte !== 0x22) {
    const text = 'was expecting double-quote to start field name';
    if (byte === undefined) fail(scan, scan.at, `Unexpected end-of-input: ${text}`);
    fail(scan, scan.at + 1, `Unexpected character (${character(byte)}: ${text}`);
  }
  string(scan);
  skipSpace(scan);
  const colon = scan.bytes[scan.at];
  if (colon !== 0x3a) {
    const text = 'was expecting a colon to separate field name and value';
    if (colon === undefined) fail(scan, scan.at, `Unexpected end-of-input: ${text}`);
    fail(scan, scan.at + 1, `Unexpected character (${character(colon)}: ${text}`);
  }
  scan.at += 1;
  skipSpace(scan);
}

function scalar(scan: Scan): void {
  const byte = scan.bytes[scan.at];
  if (byte === 0x22) return string(scan);
  if (byte === undefined) fail(scan, scan.at, 'Unexpected end-of-input');
  const start = scan.at;
  while (isTokenByte(scan.bytes[scan.at])) scan.at += 1;
  const token = String.fromCharCode(...scan.bytes.subarray(start, Math.min(scan.at, start + 256)));
  const isNumber = /^-?(0|[1-9]\d*)(\.\d+)?([eE][+-]?\d+)?$/.test(token);
  if (isNumber || token === 'true' || token === 'false' || token === 'null') return;
  badByte(scan, scan.at);
  if (/^[A-Za-z_$]/.test(token)) {
    const expected =
      "was expecting (JSON String, Number, Array, Object or token 'null', 'true' or 'false')";
    fail(scan, scan.at, `Unrecognized token '${token}': ${expected}`);
  }
  const expected =
    "expected a valid value (JSON String, Number, Array, Object or token 'null', 'true' or 'false')";
  fail(scan, start + 1, `Unexpected character (${character(byte)}: ${expected}`);
}

function isTokenByte(byte: number | undefined): boolean {
  if (byte === undefined) return false;
  return /[A-Za-z0-9_$+.-]/.test(String.fromCharCode(byte)) && byte < 0x80;
}

/** @throws Problem where a byte begins no character of UTF-8 */
function badByte(scan: Scan, at: number): void {
  const byte = scan.bytes[at];
  if (byte === undefined || byte < 0x80) return;
  const isStart = byte >= 0xc2 && byte <= 0xf4;
  if (isStart) return;
  fail(scan, at + 1, `Invalid UTF-8 start byte 0x${byte.toString(16)}`);
}

function string(scan: Scan): void {
  scan.at += 1;
  for (;;) {
    const byte = scan.bytes[scan.at];
    if (byte === undefined) {
      fail(
        scan,
        scan.at,
        'Unexpected end-of-input: was expecting closing quote for a string value',
      );
    }
    badByte(scan, scan.at);
    if (byte < 0x20) {
      const text = `Illegal unquoted character ((CTRL-CHAR, code ${byte})): has to be escaped using backslash`;
      fail(scan, scan.at + 1, `${text} to be included in string value`);
    }
    scan.at += isTwo(byte) ? 2 : 1;
    if (byte === 0x22) return;
  }
}

/** A backslash takes the next byte with it. */
function isTwo(byte: number): boolean {
  return byte === 0x5c;
}

function character(byte: number): string {
  const shown = byte < 0x20 ? 'CTRL-CHAR' : `'${String.fromCharCode(byte)}'`;
  return byte < 0x20 ? `(${shown}, code ${byte}))` : `${shown} (code ${byte}))`;
}
