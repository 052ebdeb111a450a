import type { RequestContext } from '#aws/operation.ts';
import type { Transaction } from '#ports/world/database.ts';
import { checkWrite, type WriteConditions } from './conditions.ts';
import type { S3Core } from './core.ts';
import type { WriteSettings } from './draft.ts';
import { expirationHeader, expiryOf } from './lifecycle.ts';
import type { Bucket, ObjectDraft, ObjectVersion } from './model.ts';
import { causeOf, type EventName } from './notification-event.ts';
import { notify } from './notify.ts';
import { findLatest } from './store-objects.ts';
import { putVersion, type PutVersion } from './versions.ts';

export interface ObjectCommit {
  readonly context: RequestContext;
  readonly bucket: Bucket;
  readonly settings: WriteSettings;
  readonly key: string;
  readonly draft: ObjectDraft;
  readonly conditions: WriteConditions;
  readonly eventName: EventName;
  /** Further conditions on what the write replaces. */
  readonly check?: (current: ObjectVersion | undefined) => void;
}

export interface CommittedObject extends PutVersion {
  /** The header `x-amz-expiration`. */
  readonly expiration?: string;
}

/**
 * The one way in which an object comes into a bucket: conditions, the new version and its event, in one transaction.
 * @throws AwsError PreconditionFailed, NoSuchKey
 */
export async function commitObject(
  core: S3Core,
  tx: Transaction,
  commit: ObjectCommit,
): Promise<CommittedObject> {
  const { context, bucket, settings, key, draft } = commit;
  const latest = await findLatest(tx, bucket.name, key);
  const current = latest?.isDeleteMarker ? undefined : latest;
  checkWrite(commit.conditions, key, current);
  commit.check?.(current);
  const put = await putVersion(core, tx, { bucket, key, latest }, draft);
  if (settings.notification) {
    const { sequence, modifiedAtMs } = put.place;
    const version = put.versionId === undefined ? {} : { versionId: put.versionId };
    await notify(core, tx, bucket, {
      event: {
        name: commit.eventName,
        key,
        size: draft.size,
        etag: draft.etag,
        sequence,
        ...version,
      },
      cause: causeOf(context, modifiedAtMs),
      notifications: settings.notification,
    });
  }
  const subject = { key, size: draft.size, tags: draft.tags };
  const expiration = expirationHeader(
    expiryOf(settings.lifecycle, subject, put.place.modifiedAtMs),
  );
  return { ...put, ...(expiration === undefined ? {} : { expiration }) };
}
