import type { DeleteObjectRequest, Operations } from '#aws/models/s3.types.gen.ts';
import type { Transaction } from '#ports/world/database.ts';
import { requireBucket, type S3Core } from '../core.ts';
import { deleteObjectIn } from '../delete-version.ts';
import { headerNotImplemented, noSuchKey, preconditionFailed } from '../errors.ts';
import { matchesEtag } from '../etag.ts';
import { findNamed } from '../find-object.ts';
import type { Notifications } from '../notification-config.ts';
import { assertBypassable } from '../object-lock.ts';
import { getConfiguration } from '../store.ts';

/** @see https://docs.aws.amazon.com/AmazonS3/latest/API/API_DeleteObject.html */
export function deleteObject(core: S3Core): Operations['DeleteObject'] {
  return async (context, input) => {
    assertConditions(input);
    const { members, orphans } = await core.database.transact(async (tx) => {
      const bucket = await requireBucket(tx, context, input);
      assertBypassable(bucket, input.BypassGovernanceRetention);
      await checkMatch(tx, input);
      return deleteObjectIn(core, tx, {
        context,
        bucket,
        key: input.Key,
        versionId: input.VersionId,
        isBypass: input.BypassGovernanceRetention === true,
        notifications: await getConfiguration<Notifications>(tx, bucket.name, 'notification'),
      });
    });
    core.ledger.discard(orphans);
    const { DeleteMarker, DeleteMarkerVersionId, VersionId = DeleteMarkerVersionId } = members;
    return {
      ...(DeleteMarker === undefined ? {} : { DeleteMarker }),
      ...(VersionId === undefined ? {} : { VersionId }),
    };
  };
}

/** Recorded: s3_api.json TestS3DeletePrecondition */
function assertConditions(input: DeleteObjectRequest): void {
  if (input.IfMatchLastModifiedTime !== undefined) {
    throw headerNotImplemented('x-amz-if-match-last-modified-time');
  }
  if (input.IfMatchSize !== undefined) throw headerNotImplemented('x-amz-if-match-size');
}

async function checkMatch(tx: Transaction, input: DeleteObjectRequest): Promise<void> {
  if (input.IfMatch === undefined) return;
  const version = await findNamed(tx, input);
  if (!version || version.isDeleteMarker) throw noSuchKey(input.Key);
  if (!matchesEtag(input.IfMatch, version.etag)) throw preconditionFailed('If-Match');
}
