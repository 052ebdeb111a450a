import type { RequestContext } from '#aws/operation.ts';
import type { Queries } from '#ports/world/database.ts';
import { deleteMarkerNotAllowed, invalidArgument, s3Error } from './errors.ts';
import { NULL_VERSION, type ObjectVersion } from './model.ts';
import { findLatest, findVersion } from './store-objects.ts';
import { sequenceOfId } from './version-id.ts';

export interface ObjectInput {
  readonly Bucket: string;
  readonly Key: string;
  readonly VersionId?: string;
}

/** A version's id with the sequence in it, which the null version has not. */
export interface ParsedVersionId {
  readonly id: string;
  readonly sequence: number | undefined;
}

/**
 * @throws AwsError InvalidArgument for an id that was never given out
 * Recorded: s3_api.json TestS3ObjectCRUD::test_get_object_with_version_unversioned_bucket
 */
export function parseVersionId(text: string): ParsedVersionId {
  if (text === '') throw invalidArgument('Version id cannot be the empty string', 'versionId', '');
  const sequence = sequenceOfId(text);
  if (sequence === undefined && text !== NULL_VERSION) {
    throw invalidArgument('Invalid version id specified', 'versionId', text);
  }
  return { id: text, sequence };
}

/** The version that a request names, a delete marker too. */
export async function findNamed(
  queries: Queries,
  { Bucket, Key, VersionId }: ObjectInput,
): Promise<ObjectVersion | undefined> {
  if (VersionId === undefined) return findLatest(queries, Bucket, Key);
  return findVersion(queries, Bucket, Key, parseVersionId(VersionId));
}

/**
 * The version that a request names, which must have content.
 * @throws AwsError NoSuchKey, NoSuchVersion, MethodNotAllowed, InvalidArgument
 */
export async function requireObject(
  queries: Queries,
  context: RequestContext,
  input: ObjectInput,
): Promise<ObjectVersion> {
  const version = await findNamed(queries, input);
  if (version && !version.isDeleteMarker) return version;
  if (input.VersionId === undefined) throw noCurrentObject(input.Key, version);
  if (version) throw deleteMarkerNotAllowed(context.http.method, version);
  throw s3Error('NoSuchVersion', { Key: input.Key, VersionId: input.VersionId });
}

function noCurrentObject(key: string, marker: ObjectVersion | undefined): Error {
  const headers: Record<string, string> = marker
    ? { 'x-amz-delete-marker': 'true', 'x-amz-version-id': marker.versionId }
    : {};
  return s3Error('NoSuchKey', { Key: key }, undefined, headers);
}

/** The version's id as answers tell it: absent in a bucket that was never versioned. */
export function versionMember(
  version: Pick<ObjectVersion, 'versionId'>,
  bucket: { readonly versioning: string },
): { readonly VersionId?: string } {
  return bucket.versioning === 'Off' ? {} : { VersionId: version.versionId };
}
