import { crc32 } from 'node:zlib';
import type { CommonPrefix } from '#aws/models/s3.types.gen.ts';
import { invalidArgument } from './errors.ts';
import { PAGE_MAX } from './limits.ts';
import type { ListedEntry } from './roll-up.ts';
import { urlEncodeKey } from './url-encoding.ts';

/** How a list writes its keys: as they are, or encoded for XML 1.0, which cannot say them all. */
export type KeyWriter = (text: string) => string;

/**
 * @throws AwsError InvalidArgument. Recorded: s3_list_operations.json test_list_ops_encoding_type_validation
 */
export function keyWriter(encodingType: string | undefined): KeyWriter {
  if (encodingType === undefined) return (text) => text;
  if (encodingType === 'url') return urlEncodeKey;
  throw invalidArgument(
    'Invalid Encoding Method specified in Request',
    'encoding-type',
    encodingType,
  );
}

/**
 * Entries of a page: at most 1000, whatever is asked.
 * @throws AwsError InvalidArgument below 0
 */
export function pageLimit(asked: number | undefined, name: string): number {
  if (asked !== undefined && (asked < 0 || asked > 2_147_483_647)) {
    throw invalidArgument(
      `Argument ${name} must be an integer between 0 and 2147483647`,
      name,
      asked,
    );
  }
  return Math.min(asked ?? PAGE_MAX, PAGE_MAX);
}

/** The common prefixes of a page, as an output names them. */
export function prefixesOf(
  entries: readonly ListedEntry<unknown>[],
  write: KeyWriter,
): { readonly CommonPrefixes?: readonly CommonPrefix[] } {
  const prefixes = entries.flatMap((entry) =>
    entry.kind === 'prefix' ? [{ Prefix: write(entry.prefix) }] : [],
  );
  return prefixes.length === 0 ? {} : { CommonPrefixes: prefixes };
}

/** The rows of a page, without its common prefixes. */
export function rowsOf<Row>(entries: readonly ListedEntry<Row>[]): readonly Row[] {
  return entries.flatMap((entry) => (entry.kind === 'row' ? [entry.row] : []));
}

/** Where the next page begins: behind a key, or behind all keys of a common prefix. */
export type Continuation =
  | { readonly kind: 'key'; readonly text: string }
  | { readonly kind: 'prefix'; readonly text: string };

/** A token in characters that need no encoding anywhere, with a check by which others are refused. */
export function writeToken({ kind, text }: Continuation): string {
  const body = Buffer.from((kind === 'key' ? 'k' : 'p') + text);
  const check = Buffer.alloc(4);
  check.writeUInt32BE(crc32(body));
  return Buffer.concat([check, body]).toString('base64url');
}

/**
 * @throws AwsError InvalidArgument. Recorded: s3_list_operations.json test_list_objects_v2_continuation_start_after
 */
export function readToken(token: string): Continuation {
  const bytes = Buffer.from(token, 'base64url');
  const body = bytes.subarray(4);
  if (body.length === 0 || crc32(body) !== bytes.readUInt32BE(0)) {
    throw invalidArgument('The continuation token provided is incorrect', 'continuation-token');
  }
  const text = body.toString('utf8', 1);
  return { kind: body.toString('latin1', 0, 1) === 'k' ? 'key' : 'prefix', text };
}
