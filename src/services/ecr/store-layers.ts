/** Layers and uploads on the database: which blob holds what. */
import type { Queries, Transaction } from '#ports/world/database.ts';
import { pathOf, type RepositoryAddress } from './model.ts';

export interface Layer {
  readonly digest: string;
  readonly blobId: string;
  readonly bytes: number;
}

export interface Upload {
  readonly id: string;
  /** So many have come, and are kept. */
  readonly bytes: number;
  /** In their order. */
  readonly parts: readonly UploadPart[];
}

export interface UploadPart {
  readonly blobId: string;
  readonly bytes: number;
  /** Of this part's bytes. */
  readonly digest: string;
}

interface BlobRow {
  readonly blob_id: string;
}

interface PartRow extends BlobRow {
  readonly bytes: number;
  readonly digest: string;
}

/** A repository's layer, or `undefined`. */
export async function findLayer(
  queries: Queries,
  address: RepositoryAddress,
  digest: string,
): Promise<Layer | undefined> {
  const row = await queries.get<PartRow>(
    'SELECT digest, blob_id, bytes FROM ecr_layers WHERE repository = $1 AND digest = $2',
    pathOf(address),
    digest,
  );
  return row && partOf(row);
}

/** Keeps a layer, whose blob may be another repository's, too. */
export async function saveLayer(
  tx: Transaction,
  address: RepositoryAddress,
  { digest, blobId, bytes }: Layer,
  nowMs: number,
): Promise<void> {
  await tx.run(
    'INSERT INTO ecr_layers (repository, digest, blob_id, bytes, touched_at_ms) VALUES ($1, $2, $3, $4, $5)',
    pathOf(address),
    digest,
    blobId,
    bytes,
    nowMs,
  );
}

/** Says that somebody still counts on a layer that no image is made of yet. */
export async function touchLayer(
  tx: Transaction,
  address: RepositoryAddress,
  digest: string,
  nowMs: number,
): Promise<void> {
  const sql = 'UPDATE ecr_layers SET touched_at_ms = $3 WHERE repository = $1 AND digest = $2';
  await tx.run(sql, pathOf(address), digest, nowMs);
}

/**
 * Forgets the layers that no image has been made of since then.
 * @returns their blobs, named elsewhere or not
 */
export async function takeUnusedLayers(
  tx: Transaction,
  beforeMs: number,
): Promise<readonly string[]> {
  const rows = await tx.all<BlobRow>(
    `DELETE FROM ecr_layers WHERE touched_at_ms < $1 AND NOT EXISTS (
       SELECT 1 FROM ecr_references
       WHERE ecr_references.repository = ecr_layers.repository
         AND ecr_references.digest = ecr_layers.digest
     ) RETURNING blob_id`,
    beforeMs,
  );
  return rows.map(({ blob_id: id }) => id);
}

/** A repository's upload, or `undefined`. */
export async function findUpload(
  queries: Queries,
  address: RepositoryAddress,
  id: string,
): Promise<Upload | undefined> {
  const sql = 'SELECT bytes FROM ecr_uploads WHERE id = $1 AND repository = $2';
  const row = await queries.get<{ readonly bytes: number }>(sql, id, pathOf(address));
  if (row === undefined) return undefined;
  const parts = await queries.all<PartRow>(
    'SELECT blob_id, bytes, digest FROM ecr_upload_parts WHERE upload_id = $1 ORDER BY first_byte',
    id,
  );
  return { id, bytes: row.bytes, parts: parts.map(partOf) };
}

/** Begins an upload. */
export async function saveUpload(
  tx: Transaction,
  address: RepositoryAddress,
  id: string,
  nowMs: number,
): Promise<void> {
  await tx.run(
    'INSERT INTO ecr_uploads (id, repository, bytes, touched_at_ms) VALUES ($1, $2, 0, $3)',
    id,
    pathOf(address),
    nowMs,
  );
}

/** Adds what came behind what is there. */
export async function savePart(
  tx: Transaction,
  { id, bytes }: Upload,
  part: UploadPart,
  nowMs: number,
): Promise<void> {
  await tx.run(
    `INSERT INTO ecr_upload_parts (upload_id, first_byte, blob_id, bytes, digest)
     VALUES ($1, $2, $3, $4, $5)`,
    id,
    bytes,
    part.blobId,
    part.bytes,
    part.digest,
  );
  const sql = 'UPDATE ecr_uploads SET bytes = $2, touched_at_ms = $3 WHERE id = $1';
  await tx.run(sql, id, bytes + part.bytes, nowMs);
}

/** Forgets an upload and its parts. */
export async function deleteUpload(tx: Transaction, id: string): Promise<void> {
  await tx.run('DELETE FROM ecr_upload_parts WHERE upload_id = $1', id);
  await tx.run('DELETE FROM ecr_uploads WHERE id = $1', id);
}

/**
 * Forgets the uploads that nobody has gone on with since then.
 * @returns their blobs
 */
export async function takeStaleUploads(
  tx: Transaction,
  beforeMs: number,
): Promise<readonly string[]> {
  const stale = 'SELECT id FROM ecr_uploads WHERE touched_at_ms < $1';
  const rows = await tx.all<BlobRow>(
    `DELETE FROM ecr_upload_parts WHERE upload_id IN (${stale}) RETURNING blob_id`,
    beforeMs,
  );
  await tx.run('DELETE FROM ecr_uploads WHERE touched_at_ms < $1', beforeMs);
  return rows.map(({ blob_id: id }) => id);
}

/** True where a layer or a part of an upload is in the blob. */
export async function isBlobNamed(queries: Queries, id: string): Promise<boolean> {
  const row = await queries.get(
    `SELECT 1 FROM ecr_layers WHERE blob_id = $1
     UNION ALL SELECT 1 FROM ecr_upload_parts WHERE blob_id = $1 LIMIT 1`,
    id,
  );
  return row !== undefined;
}

/** Those of the blobs that nothing names any more. */
export async function unnamedBlobs(
  queries: Queries,
  ids: readonly string[],
): Promise<readonly string[]> {
  const unnamed: string[] = [];
  for (const id of ids) if (!(await isBlobNamed(queries, id))) unnamed.push(id);
  return unnamed;
}

function partOf({ blob_id: blobId, bytes, digest }: PartRow): UploadPart {
  return { blobId, bytes, digest };
}
