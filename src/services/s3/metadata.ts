import { s3Error } from './errors.ts';
import { USER_METADATA_BYTES_MAX } from './limits.ts';

export type Metadata = Readonly<Record<string, string>>;

/**
 * User metadata as it is stored: text, whatever the header's encoding was.
 * @throws AwsError MetadataTooLarge
 * @see https://docs.aws.amazon.com/AmazonS3/latest/userguide/UsingMetadata.html
 */
export function readMetadata(given: Metadata | undefined): Metadata {
  const entries = Object.entries(given ?? {}).map(
    ([name, value]) => [name.toLowerCase(), decodeWords(textOfHeader(value))] as const,
  );
  const size = entries.reduce(
    (sum, [name, value]) => sum + Buffer.byteLength(name) + Buffer.byteLength(value),
    0,
  );
  if (size > USER_METADATA_BYTES_MAX) {
    throw s3Error('MetadataTooLarge', { Size: size, MaxSizeAllowed: USER_METADATA_BYTES_MAX });
  }
  return Object.fromEntries(entries);
}

/** User metadata for headers, which are ASCII. */
export function writeMetadata(metadata: Metadata): Metadata {
  return Object.fromEntries(
    Object.entries(metadata).map(([name, value]) => [name, encodeWord(value)]),
  );
}

/** HTTP's parser gives bytes as Latin-1; where they are UTF-8, they are meant so. */
export function textOfHeader(value: string): string {
  if (!/[\u0080-\u00ff]/.test(value) || /[^\u0000-\u00ff]/.test(value)) return value;
  const bytes = Buffer.from(value, 'latin1');
  const text = bytes.toString('utf8');
  return text.includes('\ufffd') ? value : text;
}

const WORD = /=\?([\w-]+)\?([QqBb])\?([^?]*)\?=/g;

/** @see https://www.rfc-editor.org/rfc/rfc2047 */
function decodeWords(value: string): string {
  return value.replace(WORD, (word, charset: string, encoding: string, text: string) => {
    const name = charset.toLowerCase();
    if (!['utf-8', 'us-ascii', 'iso-8859-1'].includes(name)) return word;
    const bytes = encoding.toLowerCase() === 'b' ? Buffer.from(text, 'base64') : decodeQ(text);
    return bytes.toString(name === 'iso-8859-1' ? 'latin1' : 'utf8');
  });
}

function decodeQ(text: string): Buffer {
  const latin = text
    .replaceAll('_', ' ')
    .replace(/=([0-9A-Fa-f]{2})/g, (_, hex: string) =>
      String.fromCharCode(Number.parseInt(hex, 16)),
    );
  return Buffer.from(latin, 'latin1');
}

/**
 * ASCII as it is; other text as one encoded word, in `Q` where most characters are ASCII and in `B` otherwise.
 * Recorded: s3.json TestS3::test_user_metadata_rfc2047_encoded
 */
function encodeWord(value: string): string {
  const characters = Array.from(value);
  const asciiCount = characters.filter((character) => /^[\t\r\n\x20-\x7e]$/.test(character)).length;
  if (asciiCount === characters.length) return value;
  if (asciiCount <= characters.length - asciiCount) {
    return `=?UTF-8?B?${Buffer.from(value).toString('base64')}?=`;
  }
  const bytes = Array.from(Buffer.from(value), (byte) => String.fromCharCode(byte));
  return `=?UTF-8?Q?${bytes.map(encodeQ).join('')}?=`;
}

function encodeQ(byte: string): string {
  if (byte === ' ') return '_';
  if (/^[\x21-\x7e]$/.test(byte) && !'=_?'.includes(byte)) return byte;
  return `=${byte.charCodeAt(0).toString(16).toUpperCase().padStart(2, '0')}`;
}
