import type {
  ListObjectsOutput,
  Object as ListedObject,
  Operations,
} from '#aws/models/s3.types.gen.ts';
import type { Owner } from '#aws/models/s3.types.gen.ts';
import { wholeSeconds } from '../conditions.ts';
import type { S3Core } from '../core.ts';
import { quoteEtag } from '../etag.ts';
import { listKeys } from '../list-keys.ts';
import { rowsOf, type KeyWriter } from '../list-page.ts';
import type { ObjectVersion } from '../model.ts';
import { ownerOf } from '../owner.ts';
import type { RolledUp } from '../roll-up.ts';
import { fetchCurrent } from '../store-listing.ts';

/** @see https://docs.aws.amazon.com/AmazonS3/latest/API/API_ListObjects.html */
export function listObjects(core: S3Core): Operations['ListObjects'] {
  return async (context, input) => {
    const { Prefix: prefix = '', Delimiter: delimiter = '', Marker: marker = '' } = input;
    const { page, limit, write, members } = await listKeys(core, context, input, {
      limit: ['max-keys', input.MaxKeys],
      marker,
      start: () => ({ kind: 'after', key: marker }),
      fetch: fetchCurrent,
    });
    const owner = ownerOf(context.accountId);
    return {
      IsTruncated: page.isTruncated,
      Marker: write(marker),
      ...nextMarker(page, delimiter, write),
      ...contentsOf(page, write, owner),
      Name: input.Bucket,
      Prefix: write(prefix),
      MaxKeys: limit,
      ...members,
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
