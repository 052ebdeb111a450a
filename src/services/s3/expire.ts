/**
 * What lifecycle configurations end, once a day after midnight UTC, at the start and after each change of one:
 * current objects, older versions, lone delete markers and uploads that nobody completed.
 * Transitions between storage classes are stored and not carried out.
 * @see https://docs.aws.amazon.com/AmazonS3/latest/userguide/intro-lifecycle-rules.html
 */
import type { BucketLifecycleConfiguration, LifecycleRule } from '#aws/models/s3.types.gen.ts';
import { DAY_MS } from '#kernel/units.ts';
import type { Transaction } from '#ports/world/database.ts';
import type { S3Core } from './core.ts';
import { expiryOf, matchesRule, nextMidnight } from './lifecycle.ts';
import { NULL_VERSION, type Bucket, type ObjectVersion } from './model.ts';
import type { EventCause, ObjectEvent } from './notification-event.ts';
import { notify } from './notify.ts';
import { isLocked } from './object-lock.ts';
import type { Position } from './roll-up.ts';
import { bucketsWith, getConfiguration } from './store.ts';
import { fetchVersions } from './store-listing.ts';
import { findVersion } from './store-objects.ts';
import { deleteUpload, findStaleUploads, forgetCompleted } from './store-uploads.ts';
import { deleteCurrent, removeVersion } from './versions.ts';

export const LIFECYCLE_TOPIC = 's3.lifecycle';

/** Rows of one look, and deletions of one transaction. */
const BATCH = 200;

/** How long a completed upload can be completed again. */
const COMPLETED_DAYS = 1;

/** Ends all that is due. @returns when to look again, in ms since 1970 */
export async function expireAll(core: S3Core, signal: AbortSignal): Promise<number> {
  const nowMs = core.clock.now();
  await core.database.transact((tx) => forgetCompleted(tx, nowMs - COMPLETED_DAYS * DAY_MS));
  const buckets = await core.database.read((queries) => bucketsWith(queries, 'lifecycle'));
  for (const bucket of buckets) {
    const configuration = await core.database.read((queries) =>
      getConfiguration<BucketLifecycleConfiguration>(queries, bucket.name, 'lifecycle'),
    );
    for (const rule of configuration?.Rules ?? []) {
      if (signal.aborted) return nowMs;
      if (rule.Status === 'Enabled') await applyRule(core, bucket, rule, signal);
    }
  }
  return nextMidnight(nowMs + 1);
}

async function applyRule(
  core: S3Core,
  bucket: Bucket,
  rule: LifecycleRule,
  signal: AbortSignal,
): Promise<void> {
  await abortUploads(core, bucket, rule);
  const prefix = rule.Prefix ?? rule.Filter?.Prefix ?? rule.Filter?.And?.Prefix ?? '';
  const scope = { bucket: bucket.name, prefix };
  const walk = startWalk();
  let position: Position | undefined = { kind: 'from', key: prefix };
  while (position && !signal.aborted) {
    const from: Position = position;
    const rows: readonly ObjectVersion[] = await core.database.read((queries) =>
      fetchVersions(queries, scope, from, BATCH),
    );
    const due = rows.filter((version) => isDue(rule, version, walk, core.clock.now()));
    await endVersions(core, bucket, due);
    const last = rows.at(-1);
    const isMore = last && rows.length === BATCH;
    position = isMore ? { kind: 'after', key: last.key, sequence: last.sequence } : undefined;
  }
}

/** What a walk through versions, the newest of a key first, knows of those before. */
interface Walk {
  newer: ObjectVersion | undefined;
  /** Older versions of the key that were met. */
  noncurrentCount: number;
}

function startWalk(): Walk {
  return { newer: undefined, noncurrentCount: 0 };
}

function isDue(rule: LifecycleRule, version: ObjectVersion, walk: Walk, nowMs: number): boolean {
  const newer = walk.newer?.key === version.key ? walk.newer : undefined;
  walk.noncurrentCount = newer ? walk.noncurrentCount + 1 : 0;
  walk.newer = version;
  if (version.isDeleteMarker && version.isLatest) return false;
  if (!matchesRule(rule, version)) return false;
  if (version.isLatest) {
    const expiry = expiryOf({ Rules: [rule] }, version, version.modifiedAtMs);
    return expiry !== undefined && expiry.atMs <= nowMs;
  }
  const { NoncurrentDays, NewerNoncurrentVersions = 0 } = rule.NoncurrentVersionExpiration ?? {};
  if (NoncurrentDays === undefined || !newer) return false;
  if (walk.noncurrentCount <= NewerNoncurrentVersions) return false;
  return nextMidnight(newer.modifiedAtMs + NoncurrentDays * DAY_MS) <= nowMs;
}

async function endVersions(
  core: S3Core,
  bucket: Bucket,
  versions: readonly ObjectVersion[],
): Promise<void> {
  if (versions.length === 0) return;
  const orphans = await core.database.transact(async (tx) => {
    const blobs: (string | undefined)[] = [];
    for (const version of versions) {
      if (isLocked(version, core.clock.now(), false)) continue;
      if (!(await isUnchanged(tx, version))) continue;
      const deleted =
        version.isLatest && bucket.versioning !== 'Off'
          ? await deleteCurrent(core, tx, bucket, version.key)
          : await removeVersion(core, tx, version);
      if (deleted.kind === 'nothing') continue;
      blobs.push(...deleted.orphans);
      const isMarked = deleted.kind === 'marked';
      const sequence = isMarked ? deleted.place.sequence : deleted.sequence;
      const versionId = isMarked ? deleted.place.versionId : version.versionId;
      const event: ObjectEvent = {
        name: isMarked ? 'LifecycleExpiration:DeleteMarkerCreated' : 'LifecycleExpiration:Delete',
        key: version.key,
        sequence,
        ...(versionId === NULL_VERSION ? {} : { versionId }),
      };
      await notify(core, tx, bucket, { event, cause: ownCause(core, bucket) });
    }
    return blobs;
  });
  core.ledger.discard(orphans);
}

/** Whether the version is what it was when the walk met it. */
async function isUnchanged(tx: Transaction, version: ObjectVersion): Promise<boolean> {
  const { bucket, key, versionId: id, sequence, isLatest } = version;
  const found = await findVersion(tx, bucket, key, { id, sequence });
  return found?.isLatest === isLatest;
}

/** S3 itself is who ends objects. */
function ownCause(core: S3Core, bucket: Bucket): EventCause {
  return {
    atMs: core.clock.now(),
    requestId: core.random.uuid().replaceAll('-', '').slice(0, 16).toUpperCase(),
    accountId: bucket.accountId,
    userId: 's3.amazonaws.com',
    sourceIp: 's3.amazonaws.com',
  };
}

async function abortUploads(core: S3Core, bucket: Bucket, rule: LifecycleRule): Promise<void> {
  const days = rule.AbortIncompleteMultipartUpload?.DaysAfterInitiation;
  if (days === undefined) return;
  const prefix = rule.Prefix ?? rule.Filter?.Prefix ?? rule.Filter?.And?.Prefix ?? '';
  const beforeMs = core.clock.now() - days * DAY_MS;
  for (;;) {
    const blobs = await core.database.transact(async (tx) => {
      const scope = { bucket: bucket.name, prefix };
      const stale = await findStaleUploads(tx, scope, beforeMs, BATCH);
      const deleted: string[] = [];
      for (const upload of stale) deleted.push(...(await deleteUpload(tx, upload.id)));
      return stale.length === 0 ? undefined : deleted;
    });
    if (!blobs) return;
    core.ledger.discard(blobs);
  }
}
