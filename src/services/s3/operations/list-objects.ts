import type {
  ListObjectsOutput,
  Object as ListedObject,
  Operations,
} from '#aws/models/s3.types.gen.ts';
import type { Owner } from '#aws/models/s3.types.gen.ts';
import { wholeSeconds } from '../conditions.ts';
import { requireBucket, type S3Core } from '../core.ts';
import { quoteEtag } from '../etag.ts';
import { commonPrefix } from '../key-order.ts';
import { keyWriter, pageLimit, prefixesOf, rowsOf, type KeyWriter } from '../list-page.ts';
import type { ObjectVersion } from '../model.ts';
import { ownerOf } from '../owner.ts';
import { rollUp, type Position, type RolledUp } from '../roll-up.ts';
import { fetchCurrent } from '../store-listing.ts';

/** @see https://docs.aws.amazon.com/AmazonS3/latest/API/API_ListObjects.html */
export function listObjects(core: S3Core): Operations['ListObjects'] {
  return async (context, input) => {
    const { Prefix: prefix = '', Delimiter: delimiter = '', Marker: marker = '' } = input;
    const write = keyWriter(input.EncodingType);
    const limit = pageLimit(input.MaxKeys, 'max-keys');
    const page = await core.database.read(async (queries) => {
      const bucket = await requireBucket(queries, context, input);
      const scope = { bucket: bucket.name, prefix };
      return rollUp({
        prefix,
        delimiter,
        limit,
        start: { kind: 'after', key: marker },
        shownPrefix: marker.startsWith(prefix)
          ? commonPrefix(marker, prefix, delimiter)
          : undefined,
        fetch: (position: Position, count) => fetchCurrent(queries, scope, position, count),
      });
    });
    const owner = ownerOf(context.accountId);
    return {
      IsTruncated: page.isTruncated,
      Marker: write(marker),
      ...nextMarker(page, delimiter, write),
      ...contentsOf(page, write, owner),
      Name: input.Bucket,
      Prefix: write(prefix),
      ...(delimiter === '' ? {} : { Delimiter: write(delimiter) }),
      MaxKeys: limit,
      ...prefixesOf(page.entries, write),
      ...(input.EncodingType === undefined ? {} : { EncodingType: input.EncodingType }),
    };
  };
}

/** Only with a delimiter; without one the last key is the next marker. */
function nextMarker(
  { entries, isTruncated }: RolledUp<ObjectVersion>,
  delimiter: string,
  write: KeyWriter,
): Pick<ListObjectsOutput, 'NextMarker'> {
  const last = entries.at(-1);
  if (!isTruncated || !last || delimiter === '') return {};
  return { NextMarker: write(last.kind === 'row' ? last.row.key : last.prefix) };
}

/** The objects of a page; with their owner where it is asked for. */
export function contentsOf(
  { entries }: RolledUp<ObjectVersion>,
  write: KeyWriter,
  owner: Owner | undefined,
): { readonly Contents?: readonly ListedObject[] } {
  const contents = rowsOf(entries).map((row) => ({
    Key: write(row.key),
    LastModified: wholeSeconds(row.modifiedAtMs),
    ETag: quoteEtag(row.etag),
    ...listedChecksum(row),
    Size: row.size,
    StorageClass: row.storageClass,
    ...(owner ? { Owner: owner } : {}),
  }));
  return contents.length === 0 ? {} : { Contents: contents };
}

/** How a list names an object's checksum. */
export function listedChecksum({ checksum }: ObjectVersion): {
  readonly ChecksumAlgorithm?: readonly string[];
  readonly ChecksumType?: string;
} {
  if (!checksum) return {};
  return { ChecksumAlgorithm: [checksum.algorithm], ChecksumType: checksum.type };
}
