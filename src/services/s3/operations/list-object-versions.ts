import type {
  DeleteMarkerEntry,
  ListObjectVersionsOutput,
  ListObjectVersionsRequest,
  ObjectVersion as ListedVersion,
  Operations,
} from '#aws/models/s3.types.gen.ts';
import type { Queries } from '#ports/world/database.ts';
import { wholeSeconds } from '../conditions.ts';
import type { S3Core } from '../core.ts';
import { invalidArgument } from '../errors.ts';
import { quoteEtag } from '../etag.ts';
import { findNamed, parseVersionId } from '../find-object.ts';
import { listKeys } from '../list-keys.ts';
import { rowsOf, type KeyWriter } from '../list-page.ts';
import type { ObjectVersion } from '../model.ts';
import { ownerOf } from '../owner.ts';
import type { Position, RolledUp } from '../roll-up.ts';
import { fetchVersions } from '../store-listing.ts';
import { listedChecksum } from './list-objects.ts';

/** @see https://docs.aws.amazon.com/AmazonS3/latest/API/API_ListObjectVersions.html */
export function listObjectVersions(core: S3Core): Operations['ListObjectVersions'] {
  return async (context, input) => {
    const { Prefix: prefix = '', KeyMarker: marker = '' } = input;
    assertMarkers(input);
    const { page, limit, write, members } = await listKeys(core, context, input, {
      limit: ['max-keys', input.MaxKeys],
      marker,
      start: (queries) => startOf(queries, input),
      fetch: fetchVersions,
    });
    return {
      IsTruncated: page.isTruncated,
      KeyMarker: write(marker),
      VersionIdMarker: input.VersionIdMarker ?? '',
      ...nextMarkers(page, write),
      ...versionsOf(page, write, context.accountId),
      Name: input.Bucket,
      Prefix: write(prefix),
      MaxKeys: limit,
      ...members,
    };
  };
}

/** Recorded: s3_list_operations.json test_list_objects_versions_markers */
function assertMarkers({ KeyMarker, VersionIdMarker }: ListObjectVersionsRequest): void {
  if (VersionIdMarker === undefined || VersionIdMarker === '') return;
  if (KeyMarker !== undefined && KeyMarker !== '') return;
  throw invalidArgument(
    'A version-id marker cannot be specified without a key marker.',
    'version-id-marker',
    VersionIdMarker,
  );
}

/** Behind the marked version, which may be gone; behind the whole key where no version is marked. */
async function startOf(queries: Queries, input: ListObjectVersionsRequest): Promise<Position> {
  const { Bucket, KeyMarker: key = '', VersionIdMarker: id = '' } = input;
  if (id === '') return { kind: 'after', key };
  const { sequence } = parseVersionId(id);
  if (sequence !== undefined) return { kind: 'after', key, sequence };
  const version = await findNamed(queries, { Bucket, Key: key, VersionId: id });
  return version ? { kind: 'after', key, sequence: version.sequence } : { kind: 'after', key };
}

function nextMarkers(
  { entries, isTruncated }: RolledUp<ObjectVersion>,
  write: KeyWriter,
): Pick<ListObjectVersionsOutput, 'NextKeyMarker' | 'NextVersionIdMarker'> {
  const last = entries.at(-1);
  if (!isTruncated || !last) return {};
  if (last.kind === 'prefix') return { NextKeyMarker: write(last.prefix) };
  return { NextKeyMarker: write(last.row.key), NextVersionIdMarker: last.row.versionId };
}

function versionsOf(
  { entries }: RolledUp<ObjectVersion>,
  write: KeyWriter,
  accountId: string,
): Pick<ListObjectVersionsOutput, 'Versions' | 'DeleteMarkers'> {
  const Owner = ownerOf(accountId);
  const versions: ListedVersion[] = [];
  const markers: DeleteMarkerEntry[] = [];
  for (const row of rowsOf(entries)) {
    const common = {
      Key: write(row.key),
      VersionId: row.versionId,
      IsLatest: row.isLatest,
      LastModified: wholeSeconds(row.modifiedAtMs),
      Owner,
    };
    if (row.isDeleteMarker) markers.push(common);
    else {
      versions.push({
        ...common,
        ETag: quoteEtag(row.etag),
        ...listedChecksum(row),
        Size: row.size,
        StorageClass: row.storageClass,
      });
    }
  }
  return {
    ...(versions.length === 0 ? {} : { Versions: versions }),
    ...(markers.length === 0 ? {} : { DeleteMarkers: markers }),
  };
}
