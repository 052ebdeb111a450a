import { isDeepStrictEqual } from 'node:util';
import type { Operations } from '#aws/models/s3.types.gen.ts';
import { ownerGrants, parseAcl } from '../acl.ts';
import { requireBucket, type S3Core } from '../core.ts';
import { readAclPolicy } from '../draft.ts';
import { deleteMarkerNotAllowed, noSuchKey, s3Error } from '../errors.ts';
import { findNamed, requireObject, type ObjectInput } from '../find-object.ts';
import type { ObjectVersion } from '../model.ts';
import { causeOf } from '../notification-event.ts';
import { notify } from '../notify.ts';
import { ownerOf } from '../owner.ts';
import { updateVersion } from '../store-objects.ts';
import { attributeEvent } from './object-tagging.ts';

/**
 * An ACL that is as it was raises no event.
 * @see https://docs.aws.amazon.com/AmazonS3/latest/API/API_PutObjectAcl.html
 * @see https://docs.aws.amazon.com/AmazonS3/latest/userguide/notification-how-to-event-types-and-destinations.html
 */
export function putObjectAcl(core: S3Core): Operations['PutObjectAcl'] {
  return (context, input) =>
    core.database.transact(async (tx) => {
      const bucket = await requireBucket(tx, context, input);
      const version = forAcl(input, await findNamed(tx, input), context.http.method);
      const grants = parseAcl(input, await readAclPolicy(tx, bucket));
      if (!grants) throw s3Error('MissingSecurityHeader', { MissingHeaderName: 'x-amz-acl' });
      const before = version.attributes.grants ?? ownerGrants(bucket.accountId);
      if (isDeepStrictEqual(before, grants)) return {};
      await updateVersion(tx, version, { attributes: { ...version.attributes, grants } });
      const cause = causeOf(context, core.clock.now());
      await notify(core, tx, bucket, { event: attributeEvent('ObjectAcl:Put', version), cause });
      return {};
    });
}

/** A put meets the delete marker itself. Recorded: s3.json TestS3::test_put_object_acl_on_delete_marker */
function forAcl(
  input: ObjectInput,
  version: ObjectVersion | undefined,
  method: string,
): ObjectVersion {
  if (version?.isDeleteMarker) throw deleteMarkerNotAllowed(method, version);
  if (version) return version;
  if (input.VersionId === undefined) throw noSuchKey(input.Key);
  throw s3Error('NoSuchVersion', { Key: input.Key, VersionId: input.VersionId });
}

/** @see https://docs.aws.amazon.com/AmazonS3/latest/API/API_GetObjectAcl.html */
export function getObjectAcl(core: S3Core): Operations['GetObjectAcl'] {
  return (context, input) =>
    core.database.read(async (queries) => {
      const { accountId } = await requireBucket(queries, context, input);
      const { attributes } = await requireObject(queries, context, input);
      return { Owner: ownerOf(accountId), Grants: attributes.grants ?? ownerGrants(accountId) };
    });
}
