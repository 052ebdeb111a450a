/** What the lists of keys share: a page of a bucket under a prefix, rolled up by a delimiter. */
import type { CommonPrefix } from '#aws/models/s3.types.gen.ts';
import type { RequestContext } from '#aws/operation.ts';
import type { Queries } from '#ports/world/database.ts';
import { requireBucket, type BucketInput, type S3Core } from './core.ts';
import { commonPrefix } from './key-order.ts';
import { keyWriter, pageLimit, prefixesOf, type KeyWriter } from './list-page.ts';
import { rollUp, type ListedRow, type Position, type RolledUp } from './roll-up.ts';
import type { ListScope } from './store-listing.ts';

/** The members that all lists of keys have. */
export interface ListInput extends BucketInput {
  readonly Prefix?: string;
  readonly Delimiter?: string;
  readonly EncodingType?: string;
}

/** In what a list differs from the others. */
export interface Listing<Row extends ListedRow> {
  /** How many entries were asked for, and the parameter that says so. */
  readonly limit: readonly [name: string, asked: number | undefined];
  /** The key behind which the client wants to go on: its common prefix was shown before. */
  readonly marker?: string;
  /** Where the page begins; `undefined` where nothing can follow. */
  readonly start: (queries: Queries) => Promise<Position | undefined> | Position | undefined;
  readonly fetch: (
    queries: Queries,
    scope: ListScope,
    position: Position,
    count: number,
  ) => Promise<readonly Row[]>;
}

/** A page, and what every output tells of it. */
export interface Listed<Row> {
  readonly page: RolledUp<Row>;
  readonly limit: number;
  readonly write: KeyWriter;
  readonly members: {
    readonly Delimiter?: string;
    readonly CommonPrefixes?: readonly CommonPrefix[];
    readonly EncodingType?: string;
  };
}

/**
 * Reads a page of a list.
 * @throws AwsError InvalidArgument, NoSuchBucket, AccessDenied
 */
export async function listKeys<Row extends ListedRow>(
  core: S3Core,
  context: RequestContext,
  input: ListInput,
  { limit: [name, asked], marker, start, fetch }: Listing<Row>,
): Promise<Listed<Row>> {
  const { Prefix: prefix = '', Delimiter: delimiter = '', EncodingType } = input;
  const write = keyWriter(EncodingType);
  const limit = pageLimit(asked, name);
  const page = await core.database.read(async (queries): Promise<RolledUp<Row>> => {
    const bucket = await requireBucket(queries, context, input);
    const from = await start(queries);
    if (from === undefined) return { entries: [], isTruncated: false };
    const scope = { bucket: bucket.name, prefix };
    return rollUp({
      prefix,
      delimiter,
      limit,
      start: from,
      shownPrefix: marker?.startsWith(prefix) ? commonPrefix(marker, prefix, delimiter) : undefined,
      fetch: (position, count) => fetch(queries, scope, position, count),
    });
  });
  return {
    page,
    limit,
    write,
    members: {
      ...(delimiter === '' ? {} : { Delimiter: write(delimiter) }),
      ...prefixesOf(page.entries, write),
      ...(EncodingType === undefined ? {} : { EncodingType }),
    },
  };
}
