const PLAIN = /^[A-Za-z0-9\-._~]*$/;
const PLAIN_PATH = /^[A-Za-z0-9\-._~/]*$/;
const PERCENT = 0x25;

/** What each byte becomes in SigV4's URI encoding. */
const ENCODED: readonly string[] = Array.from({ length: 256 }, (_, byte) => {
  const character = String.fromCharCode(byte);
  return PLAIN.test(character) ? character : `%${byte.toString(16).toUpperCase().padStart(2, '0')}`;
});

/**
 * SigV4's URI encoding of bytes: all but the unreserved characters of RFC 3986 as `%XX`.
 * @see https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_sigv-create-signed-request.html
 */
function encodeBytes(bytes: Uint8Array): string {
  let text = '';
  for (const byte of bytes) text += ENCODED[byte] ?? '';
  return text;
}

/** The bytes of a text in which `%XX` stands for a byte; a `%` without two digits stands for itself. */
function decodeBytes(text: string): Uint8Array {
  const source = Buffer.from(text, 'latin1');
  const target = Buffer.allocUnsafe(source.length);
  let length = 0;
  for (let at = 0; at < source.length; at += 1) {
    const byte = source[at] ?? 0;
    const escaped = byte === PERCENT ? hexByte(source, at + 1) : -1;
    target[length] = escaped === -1 ? byte : escaped;
    length += 1;
    if (escaped !== -1) at += 2;
  }
  return target.subarray(0, length);
}

function hexByte(bytes: Uint8Array, at: number): number {
  const high = hexDigit(bytes[at]);
  const low = hexDigit(bytes[at + 1]);
  return high === -1 || low === -1 ? -1 : high * 16 + low;
}

function hexDigit(byte: number | undefined): number {
  if (byte === undefined) return -1;
  if (byte >= 0x30 && byte <= 0x39) return byte - 0x30;
  const letter = byte | 0x20;
  return letter >= 0x61 && letter <= 0x66 ? letter - 0x57 : -1;
}

/** The canonical form of a part of a query as it came, whatever of it was encoded. */
export function canonicalComponent(raw: string): string {
  return PLAIN.test(raw) ? raw : encodeBytes(decodeBytes(raw));
}

/** S3's canonical URI: each byte encoded once, slashes kept, nothing normalised; `+` is a space. */
export function canonicalPathOfS3(rawPath: string): string {
  if (PLAIN_PATH.test(rawPath)) return rawPath;
  return encodeBytes(decodeBytes(rawPath.replaceAll('+', ' '))).replaceAll('%2F', '/');
}

/** Everybody else's canonical URI: dot segments and empty ones removed, then encoded again. */
export function canonicalPath(rawPath: string): string {
  const normal = normalizePath(rawPath);
  if (PLAIN_PATH.test(normal)) return normal;
  return encodeBytes(Buffer.from(normal, 'latin1')).replaceAll('%2F', '/');
}

/** Removes empty segments, `.` and `..`; keeps one trailing slash. @see RFC 3986, section 5.2.4 */
function normalizePath(path: string): string {
  if (!path.includes('//') && !path.includes('/.')) return path === '' ? '/' : path;
  const kept: string[] = [];
  for (const segment of path.split('/')) {
    if (segment === '..') kept.pop();
    else if (segment !== '' && segment !== '.') kept.push(segment);
  }
  const isDirectory = path.endsWith('/') && kept.length > 0;
  return `/${kept.join('/')}${isDirectory ? '/' : ''}`;
}
