import type { DeletedObject } from '#aws/models/s3.types.gen.ts';
import type { RequestContext } from '#aws/operation.ts';
import type { Transaction } from '#ports/world/database.ts';
import type { S3Core } from './core.ts';
import { findNamed } from './find-object.ts';
import { NULL_VERSION, type Bucket } from './model.ts';
import type { Notifications } from './notification-config.ts';
import { causeOf, type ObjectEvent } from './notification-event.ts';
import { notify } from './notify.ts';
import { isLocked, lockedError } from './object-lock.ts';
import { deleteCurrent, removeVersion, type Deleted } from './versions.ts';

const EMPTY_MD5 = 'd41d8cd98f00b204e9800998ecf8427e';

export interface DeleteTarget {
  readonly context: RequestContext;
  readonly bucket: Bucket;
  readonly key: string;
  readonly versionId?: string | undefined;
  readonly isBypass: boolean;
  readonly notifications: Notifications | undefined;
}

export interface DeleteAnswer {
  /** Without the key. */
  readonly members: DeletedObject;
  readonly orphans: readonly (string | undefined)[];
}

/**
 * Deletes an object or a version and raises the event, in the caller's transaction.
 * @throws AwsError AccessDenied, InvalidArgument
 */
export async function deleteObjectIn(
  core: S3Core,
  tx: Transaction,
  target: DeleteTarget,
): Promise<DeleteAnswer> {
  const { bucket, key, versionId } = target;
  const deleted =
    versionId === undefined
      ? await deleteCurrent(core, tx, bucket, key)
      : await deleteNamed(core, tx, target, versionId);
  const event = eventOf(key, deleted, versionId);
  if (event && target.notifications) {
    await notify(core, tx, bucket, {
      event,
      cause: causeOf(target.context, core.clock.now()),
      notifications: target.notifications,
    });
  }
  const orphans = deleted.kind === 'nothing' ? [] : deleted.orphans;
  return { members: membersOf(deleted, versionId), orphans };
}

async function deleteNamed(
  core: S3Core,
  tx: Transaction,
  { bucket, key, isBypass }: DeleteTarget,
  versionId: string,
): Promise<Deleted> {
  const version = await findNamed(tx, { Bucket: bucket.name, Key: key, VersionId: versionId });
  if (!version) return { kind: 'nothing' };
  if (isLocked(version, core.clock.now(), isBypass)) throw lockedError();
  return removeVersion(core, tx, version);
}

/** Recorded: s3_notifications_sqs.json TestS3NotificationsToSQS::test_object_created_put_versioned */
function eventOf(
  key: string,
  deleted: Deleted,
  versionId: string | undefined,
): ObjectEvent | undefined {
  if (deleted.kind === 'nothing') return undefined;
  if (deleted.kind === 'marked') {
    const { versionId: id, sequence } = deleted.place;
    const version = id === NULL_VERSION ? {} : { versionId: id };
    return {
      name: 'ObjectRemoved:DeleteMarkerCreated',
      key,
      etag: EMPTY_MD5,
      sequence,
      ...version,
    };
  }
  const isNull = versionId === undefined || versionId === NULL_VERSION;
  const version = isNull ? {} : { versionId };
  return { name: 'ObjectRemoved:Delete', key, sequence: deleted.sequence, ...version };
}

function membersOf(deleted: Deleted, versionId: string | undefined): DeletedObject {
  if (deleted.kind === 'marked') {
    return { DeleteMarker: true, DeleteMarkerVersionId: deleted.place.versionId };
  }
  const isMarker = deleted.kind === 'deleted' && deleted.version.isDeleteMarker;
  if (versionId === undefined) return {};
  return isMarker
    ? { VersionId: versionId, DeleteMarker: true, DeleteMarkerVersionId: versionId }
    : { VersionId: versionId };
}
