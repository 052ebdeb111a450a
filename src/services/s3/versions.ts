/**
 * How versions of a key follow one another. All of it inside a transaction of the caller, who deletes the blobs that
 * are answered as `orphans` after the commit.
 * @see https://docs.aws.amazon.com/AmazonS3/latest/userguide/versioning-workflows.html
 */
import type { Transaction } from '#ports/world/database.ts';
import type { S3Core } from './core.ts';
import { NULL_VERSION, type Bucket, type ObjectDraft, type ObjectVersion } from './model.ts';
import {
  deleteVersion,
  findLatest,
  findVersion,
  insertDeleteMarker,
  insertVersion,
  setLatest,
  type VersionPlace,
} from './store-objects.ts';
import { makeId } from './version-id.ts';

type Orphans = readonly (string | undefined)[];

const NULL = { id: NULL_VERSION, sequence: undefined };

/** A version that was put. */
export interface PutVersion {
  readonly place: VersionPlace;
  /** As answered and told in events: absent where the bucket is not versioned. */
  readonly versionId?: string;
  readonly orphans: Orphans;
}

/** Makes the draft the newest version of its key. `latest` is what it comes after. */
export async function putVersion(
  core: S3Core,
  tx: Transaction,
  target: {
    readonly bucket: Bucket;
    readonly key: string;
    readonly latest: ObjectVersion | undefined;
  },
  draft: ObjectDraft,
): Promise<PutVersion> {
  const place = placeOf(core, target);
  const orphans = await makeRoom(tx, target.bucket, target.latest, place);
  await insertVersion(tx, place, draft);
  const isNull = place.versionId === NULL_VERSION;
  return { place, orphans, ...(isNull ? {} : { versionId: place.versionId }) };
}

function placeOf(
  core: S3Core,
  target: {
    readonly bucket: Bucket;
    readonly key: string;
    readonly latest: ObjectVersion | undefined;
  },
): VersionPlace {
  const { bucket, key, latest } = target;
  const sequence = core.sequence.next(latest?.sequence);
  const versionId = bucket.versioning === 'Enabled' ? makeId(sequence, core.random) : NULL_VERSION;
  return { bucket: bucket.name, key, sequence, versionId, modifiedAtMs: core.clock.now() };
}

/** Takes away the null version where the new one is the null version, and makes the latest an older one. */
async function makeRoom(
  tx: Transaction,
  bucket: Bucket,
  latest: ObjectVersion | undefined,
  place: VersionPlace,
): Promise<Orphans> {
  const orphans: string[] = [];
  const isNull = place.versionId === NULL_VERSION;
  if (isNull && latest) {
    const replaced =
      latest.versionId === NULL_VERSION || bucket.versioning === 'Off'
        ? latest
        : await findVersion(tx, bucket.name, place.key, NULL);
    if (replaced) await deleteVersion(tx, replaced);
    if (replaced?.blobId !== undefined) orphans.push(replaced.blobId);
    if (replaced?.sequence === latest.sequence) return orphans;
  }
  if (latest) await setLatest(tx, latest, false);
  return orphans;
}

/** What a delete did. */
export type Deleted =
  /** There was nothing. */
  | { readonly kind: 'nothing' }
  | {
      readonly kind: 'deleted';
      readonly version: ObjectVersion;
      readonly sequence: number;
      readonly orphans: Orphans;
    }
  | { readonly kind: 'marked'; readonly place: VersionPlace; readonly orphans: Orphans };

/** A delete without a version: of the object itself where the bucket is not versioned, else a delete marker. */
export async function deleteCurrent(
  core: S3Core,
  tx: Transaction,
  bucket: Bucket,
  key: string,
): Promise<Deleted> {
  const latest = await findLatest(tx, bucket.name, key);
  if (bucket.versioning !== 'Off') {
    const place = placeOf(core, { bucket, key, latest });
    const orphans = await makeRoom(tx, bucket, latest, place);
    await insertDeleteMarker(tx, place);
    return { kind: 'marked', place, orphans };
  }
  return latest ? removeVersion(core, tx, latest) : { kind: 'nothing' };
}

/** Deletes one version for ever; the newest of the others is the latest then. */
export async function removeVersion(
  core: S3Core,
  tx: Transaction,
  version: ObjectVersion,
): Promise<Deleted> {
  await deleteVersion(tx, version);
  if (version.isLatest) {
    const next = await findLatest(tx, version.bucket, version.key);
    if (next) await setLatest(tx, next, true);
  }
  const sequence = core.sequence.next(version.sequence);
  return { kind: 'deleted', version, sequence, orphans: [version.blobId] };
}
