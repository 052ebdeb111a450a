/**
 * Versions of objects. Owns s3_objects.
 * I1 Of a key's rows the one with the greatest sequence is the latest, and it alone has is_latest = 1.
 * I2 A key has at most one row with the version id `null`.
 * I3 A blob is named by one row at most; whoever removes the row deletes the blob after the commit.
 */
import type { Tag } from '#aws/models/s3.types.gen.ts';
import type { Queries, SqlRow, SqlValue, Transaction } from '#ports/world/database.ts';
import type { ChecksumAlgorithm, ChecksumType } from './checksum.ts';
import {
  NULL_VERSION,
  type ObjectAttributes,
  type ObjectDraft,
  type ObjectLock,
  type ObjectPart,
  type ObjectVersion,
} from './model.ts';

/** Everything but the bytes and the list of parts. */
export const VERSION_COLUMNS = `
  bucket, object_key, sequence, version_id, is_latest, is_delete_marker, size, etag, modified_at, storage_class,
  blob_id, checksum_algorithm, checksum_type, checksum_value, attributes, tags, retention_mode, retain_until,
  legal_hold`;

export interface VersionRow extends SqlRow {
  bucket: string;
  object_key: string;
  sequence: number;
  version_id: string;
  is_latest: number;
  is_delete_marker: number;
  size: number;
  etag: string;
  modified_at: number;
  storage_class: string;
  blob_id: string | null;
  checksum_algorithm: ChecksumAlgorithm | null;
  checksum_type: ChecksumType | null;
  checksum_value: string | null;
  attributes: string;
  tags: string | null;
  retention_mode: string | null;
  retain_until: number | null;
  legal_hold: string | null;
}

/** A version as its row says it. */
export function versionOf(row: VersionRow): ObjectVersion {
  const { checksum_algorithm: algorithm, checksum_type: type, checksum_value: value } = row;
  const [, partCount] = /-(\d+)$/.exec(row.etag) ?? [];
  return {
    bucket: row.bucket,
    key: row.object_key,
    sequence: Number(row.sequence),
    versionId: row.version_id,
    isLatest: row.is_latest === 1,
    isDeleteMarker: row.is_delete_marker === 1,
    size: Number(row.size),
    etag: row.etag,
    modifiedAtMs: Number(row.modified_at),
    storageClass: row.storage_class,
    ...(row.blob_id === null ? {} : { blobId: row.blob_id }),
    ...(algorithm && type && value ? { checksum: { algorithm, type, value } } : {}),
    attributes: JSON.parse(row.attributes) as ObjectAttributes, // Written by insertVersion.
    tags: tagsOf(row.tags),
    lock: lockOf(row),
    ...(partCount === undefined ? {} : { partCount: Number(partCount) }),
  };
}

/** Tags of a column; none for NULL. */
export function tagsOf(text: string | null): readonly Tag[] {
  return text === null ? [] : (JSON.parse(text) as Tag[]); // Written by insertVersion or setTags.
}

/** A version's or an upload's lock, from its columns. */
export function lockOf(
  row: Pick<VersionRow, 'retention_mode' | 'retain_until' | 'legal_hold'>,
): ObjectLock {
  return {
    ...(row.retention_mode === null ? {} : { retentionMode: row.retention_mode }),
    ...(row.retain_until === null ? {} : { retainUntilMs: Number(row.retain_until) }),
    ...(row.legal_hold === null ? {} : { legalHold: row.legal_hold }),
  };
}

/** The newest version of a key, a delete marker too. */
export async function findLatest(
  queries: Queries,
  bucket: string,
  key: string,
): Promise<ObjectVersion | undefined> {
  const row = await queries.get<VersionRow>(
    `SELECT ${VERSION_COLUMNS} FROM s3_objects
     WHERE bucket = $1 AND object_key = $2 ORDER BY sequence DESC LIMIT 1`,
    bucket,
    key,
  );
  return row && versionOf(row);
}

/** A version by its id, of which the sequence is known unless it is the null version's. */
export async function findVersion(
  queries: Queries,
  bucket: string,
  key: string,
  version: { readonly id: string; readonly sequence: number | undefined },
): Promise<ObjectVersion | undefined> {
  if (version.sequence === undefined) return findNullVersion(queries, bucket, key);
  const row = await queries.get<VersionRow>(
    `SELECT ${VERSION_COLUMNS} FROM s3_objects
     WHERE bucket = $1 AND object_key = $2 AND sequence = $3 AND version_id = $4`,
    bucket,
    key,
    version.sequence,
    version.id,
  );
  return row && versionOf(row);
}

async function findNullVersion(
  queries: Queries,
  bucket: string,
  key: string,
): Promise<ObjectVersion | undefined> {
  const latest = await findLatest(queries, bucket, key);
  if (!latest || latest.versionId === NULL_VERSION) return latest;
  const row = await queries.get<VersionRow>(
    `SELECT ${VERSION_COLUMNS} FROM s3_objects
     WHERE bucket = $1 AND object_key = $2 AND version_id = 'null' AND is_latest = 0`,
    bucket,
    key,
  );
  return row && versionOf(row);
}

/** The bytes of a version that live in its row. */
export async function readInline(
  queries: Queries,
  { bucket, key, sequence }: Pick<ObjectVersion, 'bucket' | 'key' | 'sequence'>,
): Promise<Uint8Array> {
  const row = await queries.get<{ content: Uint8Array | null }>(
    'SELECT content FROM s3_objects WHERE bucket = $1 AND object_key = $2 AND sequence = $3',
    bucket,
    key,
    sequence,
  );
  return row?.content ?? new Uint8Array(0);
}

/** The parts from which a version was completed; empty where it was put at once. */
export async function readParts(
  queries: Queries,
  { bucket, key, sequence }: Pick<ObjectVersion, 'bucket' | 'key' | 'sequence'>,
): Promise<readonly ObjectPart[]> {
  const row = await queries.get<{ parts: string | null }>(
    'SELECT parts FROM s3_objects WHERE bucket = $1 AND object_key = $2 AND sequence = $3',
    bucket,
    key,
    sequence,
  );
  return row?.parts ? (JSON.parse(row.parts) as ObjectPart[]) : []; // Written by insertVersion.
}

/** The place of a new version. */
export interface VersionPlace {
  readonly bucket: string;
  readonly key: string;
  readonly sequence: number;
  readonly versionId: string;
  readonly modifiedAtMs: number;
}

/** Adds the newest version; the one that was the latest until now is marked by the caller. */
export async function insertVersion(
  tx: Transaction,
  place: VersionPlace,
  draft: ObjectDraft,
): Promise<void> {
  const { content, checksum, lock } = draft;
  await tx.run(
    `INSERT INTO s3_objects (
       bucket, object_key, sequence, version_id, is_latest, is_delete_marker, size, etag, modified_at, storage_class,
       blob_id, content, checksum_algorithm, checksum_type, checksum_value, attributes, parts, tags,
       retention_mode, retain_until, legal_hold)
     VALUES ($1, $2, $3, $4, 1, 0, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19)`,
    place.bucket,
    place.key,
    place.sequence,
    place.versionId,
    draft.size,
    draft.etag,
    place.modifiedAtMs,
    draft.storageClass,
    content.kind === 'blob' ? content.id : null,
    content.kind === 'inline' && content.bytes.length > 0 ? content.bytes : null,
    checksum?.algorithm ?? null,
    checksum?.type ?? null,
    checksum?.value ?? null,
    JSON.stringify(draft.attributes),
    draft.parts ? JSON.stringify(draft.parts) : null,
    tagsText(draft.tags),
    ...lockValues(lock),
  );
}

/** For `retention_mode, retain_until, legal_hold`. */
export function lockValues(lock: ObjectLock): readonly [SqlValue, SqlValue, SqlValue] {
  return [lock.retentionMode ?? null, lock.retainUntilMs ?? null, lock.legalHold ?? null];
}

/** For the column `tags`. */
export function tagsText(tags: readonly Tag[]): string | null {
  return tags.length === 0 ? null : JSON.stringify(tags);
}

/** Adds a delete marker as the newest version. */
export async function insertDeleteMarker(tx: Transaction, place: VersionPlace): Promise<void> {
  await tx.run(
    `INSERT INTO s3_objects (
       bucket, object_key, sequence, version_id, is_latest, is_delete_marker, size, etag, modified_at, storage_class,
       attributes)
     VALUES ($1, $2, $3, $4, 1, 1, 0, '', $5, '', '{"headers":{},"metadata":{},"encryption":{}}')`,
    place.bucket,
    place.key,
    place.sequence,
    place.versionId,
    place.modifiedAtMs,
  );
}

/** Marks a version as its key's latest, or as an older one. */
export async function setLatest(
  tx: Transaction,
  { bucket, key, sequence }: Pick<ObjectVersion, 'bucket' | 'key' | 'sequence'>,
  isLatest: boolean,
): Promise<void> {
  await tx.run(
    'UPDATE s3_objects SET is_latest = $1 WHERE bucket = $2 AND object_key = $3 AND sequence = $4',
    isLatest ? 1 : 0,
    bucket,
    key,
    sequence,
  );
}

/** Removes a version's row; its blob is the caller's to discard. */
export async function deleteVersion(
  tx: Transaction,
  { bucket, key, sequence }: Pick<ObjectVersion, 'bucket' | 'key' | 'sequence'>,
): Promise<void> {
  await tx.run(
    'DELETE FROM s3_objects WHERE bucket = $1 AND object_key = $2 AND sequence = $3',
    bucket,
    key,
    sequence,
  );
}

/** Columns of a version that change without a new one. */
export type VersionChange =
  | { readonly tags: readonly Tag[] }
  | { readonly attributes: ObjectAttributes }
  | { readonly lock: ObjectLock };

/** Changes columns of a version in place. */
export async function updateVersion(
  tx: Transaction,
  { bucket, key, sequence }: Pick<ObjectVersion, 'bucket' | 'key' | 'sequence'>,
  change: VersionChange,
): Promise<void> {
  const [columns, values] = changedColumns(change);
  await tx.run(
    `UPDATE s3_objects SET ${columns} WHERE bucket = $1 AND object_key = $2 AND sequence = $3`,
    bucket,
    key,
    sequence,
    ...values,
  );
}

function changedColumns(change: VersionChange): readonly [string, readonly SqlValue[]] {
  if ('tags' in change) return ['tags = $4', [tagsText(change.tags)]];
  if ('lock' in change) {
    return ['retention_mode = $4, retain_until = $5, legal_hold = $6', lockValues(change.lock)];
  }
  return ['attributes = $4', [JSON.stringify(change.attributes)]];
}

/** Whether any version is in the bucket. */
export async function hasVersions(queries: Queries, bucket: string): Promise<boolean> {
  const row = await queries.get(
    'SELECT 1 AS one FROM s3_objects WHERE bucket = $1 LIMIT 1',
    bucket,
  );
  return row !== undefined;
}

/** Whether a row of objects or parts names the blob. */
export async function isBlobNamed(queries: Queries, blobId: string): Promise<boolean> {
  const row = await queries.get(
    `SELECT 1 AS one FROM s3_objects WHERE blob_id = $1
     UNION ALL SELECT 1 AS one FROM s3_parts WHERE blob_id = $1 LIMIT 1`,
    blobId,
  );
  return row !== undefined;
}
