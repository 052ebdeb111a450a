/**
 * Multipart uploads and their parts. Owns s3_uploads and s3_parts.
 * I1 A blob of a part is named by that part alone until the upload is completed, then by nobody.
 * I2 A completed upload stays for a while, so that its completion can be asked for again.
 */
import type { Tag } from '#aws/models/s3.types.gen.ts';
import type { Queries, SqlRow, Transaction } from '#ports/world/database.ts';
import type { ChecksumAlgorithm, ChecksumType } from './checksum.ts';
import type { ObjectAttributes, ObjectLock } from './model.ts';
import type { Position } from './roll-up.ts';
import { scanOf, type ListScope } from './store-listing.ts';
import { lockOf, lockValues, tagsOf, tagsText } from './store-objects.ts';

export interface Upload {
  readonly id: string;
  readonly bucket: string;
  readonly key: string;
  readonly sequence: number;
  readonly initiatedAtMs: number;
  /** The ARN of who began it. */
  readonly initiator: string;
  /** Whether the key had an object when the upload began. */
  readonly isOverObject: boolean;
  readonly storageClass: string;
  readonly checksum?: { readonly algorithm: ChecksumAlgorithm; readonly type: ChecksumType };
  readonly attributes: ObjectAttributes;
  readonly tags: readonly Tag[];
  readonly lock: ObjectLock;
}

export interface UploadPart {
  readonly number: number;
  readonly blobId: string;
  readonly size: number;
  readonly etag: string;
  /** Base64, by the upload's algorithm, or CRC64NVME where it has none. */
  readonly checksum: string;
  readonly modifiedAtMs: number;
}

interface UploadRow extends SqlRow {
  upload_id: string;
  bucket: string;
  object_key: string;
  sequence: number;
  initiated_at: number;
  initiator: string;
  is_over_object: number;
  storage_class: string;
  checksum_algorithm: ChecksumAlgorithm | null;
  checksum_type: ChecksumType | null;
  attributes: string;
  tags: string | null;
  retention_mode: string | null;
  retain_until: number | null;
  legal_hold: string | null;
  completed: string | null;
}

interface PartRow extends SqlRow {
  part_number: number;
  blob_id: string;
  size: number;
  etag: string;
  checksum_value: string;
  modified_at: number;
}

function uploadOf(row: UploadRow): Upload {
  const { checksum_algorithm: algorithm, checksum_type: type } = row;
  return {
    id: row.upload_id,
    bucket: row.bucket,
    key: row.object_key,
    sequence: Number(row.sequence),
    initiatedAtMs: Number(row.initiated_at),
    initiator: row.initiator,
    isOverObject: row.is_over_object === 1,
    storageClass: row.storage_class,
    ...(algorithm && type ? { checksum: { algorithm, type } } : {}),
    attributes: JSON.parse(row.attributes) as ObjectAttributes, // Written by insertUpload.
    tags: tagsOf(row.tags),
    lock: lockOf(row),
  };
}

function partOf(row: PartRow): UploadPart {
  return {
    number: row.part_number,
    blobId: row.blob_id,
    size: Number(row.size),
    etag: row.etag,
    checksum: row.checksum_value,
    modifiedAtMs: Number(row.modified_at),
  };
}

/** Adds an upload, with no parts yet. */
export async function insertUpload(tx: Transaction, upload: Upload): Promise<void> {
  await tx.run(
    `INSERT INTO s3_uploads (
       upload_id, bucket, object_key, sequence, initiated_at, initiator, is_over_object, storage_class,
       checksum_algorithm, checksum_type, attributes, tags, retention_mode, retain_until, legal_hold)
     VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15)`,
    upload.id,
    upload.bucket,
    upload.key,
    upload.sequence,
    upload.initiatedAtMs,
    upload.initiator,
    upload.isOverObject ? 1 : 0,
    upload.storageClass,
    upload.checksum?.algorithm ?? null,
    upload.checksum?.type ?? null,
    JSON.stringify(upload.attributes),
    tagsText(upload.tags),
    ...lockValues(upload.lock),
  );
}

/** An upload under way, or one that was completed a while ago with what it answered. */
export interface FoundUpload {
  readonly upload: Upload;
  /** JSON of the answer to its completion. */
  readonly completed?: string;
}

/** The upload of that id, if it is for that key. */
export async function findUpload(
  queries: Queries,
  address: { readonly bucket: string; readonly key: string; readonly id: string },
): Promise<FoundUpload | undefined> {
  const row = await queries.get<UploadRow>(
    'SELECT * FROM s3_uploads WHERE upload_id = $1 AND bucket = $2 AND object_key = $3',
    address.id,
    address.bucket,
    address.key,
  );
  if (!row) return undefined;
  return { upload: uploadOf(row), ...(row.completed === null ? {} : { completed: row.completed }) };
}

/** Where an upload stands in a list, for its marker. */
export async function findUploadKey(
  queries: Queries,
  bucket: string,
  id: string,
): Promise<string | undefined> {
  const row = await queries.get<{ object_key: string }>(
    'SELECT object_key FROM s3_uploads WHERE upload_id = $1 AND bucket = $2',
    id,
    bucket,
  );
  return row?.object_key;
}

/** Forgets the parts; keeps the upload with its answer. */
export async function completeUpload(tx: Transaction, id: string, answer: string): Promise<void> {
  await tx.run('DELETE FROM s3_parts WHERE upload_id = $1', id);
  await tx.run('UPDATE s3_uploads SET completed = $1 WHERE upload_id = $2', answer, id);
}

/** Deletes an upload and its parts. @returns the parts' blobs, to be deleted after the commit */
export async function deleteUpload(tx: Transaction, id: string): Promise<readonly string[]> {
  const rows = await tx.all<{ blob_id: string }>(
    'DELETE FROM s3_parts WHERE upload_id = $1 RETURNING blob_id',
    id,
  );
  await tx.run('DELETE FROM s3_uploads WHERE upload_id = $1', id);
  return rows.map(({ blob_id: blobId }) => blobId);
}

/** Deletes every upload of a bucket. @returns their blobs */
export async function deleteUploads(tx: Transaction, bucket: string): Promise<readonly string[]> {
  const rows = await tx.all<{ blob_id: string }>(
    `DELETE FROM s3_parts WHERE upload_id IN (SELECT upload_id FROM s3_uploads WHERE bucket = $1)
     RETURNING blob_id`,
    bucket,
  );
  await tx.run('DELETE FROM s3_uploads WHERE bucket = $1', bucket);
  return rows.map(({ blob_id: blobId }) => blobId);
}

/** Forgets uploads that were begun before the time and are completed. */
export async function forgetCompleted(tx: Transaction, beforeMs: number): Promise<void> {
  await tx.run(
    'DELETE FROM s3_uploads WHERE completed IS NOT NULL AND initiated_at < $1',
    beforeMs,
  );
}

/** Uploads of a bucket that were begun before the time and are not completed. */
export async function findStaleUploads(
  queries: Queries,
  scope: ListScope,
  beforeMs: number,
  limit: number,
): Promise<readonly Upload[]> {
  const scan = scanOf(scope, { kind: 'from', key: scope.prefix });
  const rows = await queries.all<UploadRow>(
    `SELECT * FROM s3_uploads
     WHERE bucket = $1 AND ${scan.condition} AND completed IS NULL
       AND initiated_at < $${4 + scan.values.length} ORDER BY object_key LIMIT $3`,
    scope.bucket,
    scan.key,
    limit,
    ...scan.values,
    beforeMs,
  );
  return rows.map(uploadOf);
}

/** Uploads under way by key, those of one key in the order in which they began. */
export async function fetchUploads(
  queries: Queries,
  scope: ListScope,
  position: Position,
  limit: number,
): Promise<readonly Upload[]> {
  const younger =
    position.kind === 'after' && position.sequence !== undefined
      ? await fetchYounger(
          queries,
          scope,
          { key: position.key, sequence: position.sequence },
          limit,
        )
      : [];
  if (younger.length === limit) return younger;
  const scan = scanOf(scope, position);
  const rows = await queries.all<UploadRow>(
    `SELECT * FROM s3_uploads
     WHERE bucket = $1 AND ${scan.condition} AND completed IS NULL
     ORDER BY object_key, sequence LIMIT $3`,
    scope.bucket,
    scan.key,
    limit - younger.length,
    ...scan.values,
  );
  return [...younger, ...rows.map(uploadOf)];
}

async function fetchYounger(
  queries: Queries,
  scope: ListScope,
  behind: { readonly key: string; readonly sequence: number },
  limit: number,
): Promise<readonly Upload[]> {
  if (!behind.key.startsWith(scope.prefix)) return [];
  const rows = await queries.all<UploadRow>(
    `SELECT * FROM s3_uploads
     WHERE bucket = $1 AND object_key = $2 AND sequence > $3 AND completed IS NULL
     ORDER BY sequence LIMIT $4`,
    scope.bucket,
    behind.key,
    behind.sequence,
    limit,
  );
  return rows.map(uploadOf);
}

/** Stores a part. @returns the blob of the part that it replaces */
export async function putPart(
  tx: Transaction,
  uploadId: string,
  part: UploadPart,
): Promise<string | undefined> {
  const old = await tx.get<{ blob_id: string }>(
    'SELECT blob_id FROM s3_parts WHERE upload_id = $1 AND part_number = $2',
    uploadId,
    part.number,
  );
  await tx.run(
    `INSERT INTO s3_parts (upload_id, part_number, blob_id, size, etag, checksum_value, modified_at)
     VALUES ($1, $2, $3, $4, $5, $6, $7)
     ON CONFLICT (upload_id, part_number) DO UPDATE SET blob_id = excluded.blob_id, size = excluded.size,
       etag = excluded.etag, checksum_value = excluded.checksum_value, modified_at = excluded.modified_at`,
    uploadId,
    part.number,
    part.blobId,
    part.size,
    part.etag,
    part.checksum,
    part.modifiedAtMs,
  );
  return old?.blob_id;
}

/** Parts behind a number, in order. */
export async function listParts(
  queries: Queries,
  uploadId: string,
  afterNumber: number,
  limit: number,
): Promise<readonly UploadPart[]> {
  const rows = await queries.all<PartRow>(
    `SELECT * FROM s3_parts WHERE upload_id = $1 AND part_number > $2
     ORDER BY part_number LIMIT $3`,
    uploadId,
    afterNumber,
    limit,
  );
  return rows.map(partOf);
}
