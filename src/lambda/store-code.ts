/** Rows of packages and of merged layers: which archive is where, and what no function uses any more. */
import type { Queries, Transaction } from '#ports/world/database.ts';
import { compiledDirectories } from './store-compiled.ts';

export interface CodeRow {
  /** SHA-256 of the archive, base64. */
  readonly sha256: string;
  readonly bytes: number;
  readonly blobId: string;
  readonly directoryId: string;
  readonly unzippedBytes: number;
}

const COLUMNS =
  'sha256, bytes, blob_id AS "blobId", directory_id AS "directoryId", unzipped_bytes AS "unzippedBytes"';

/** Marks a package as used now and answers it, where it is stored. */
export async function useCode(
  tx: Transaction,
  sha256: string,
  nowMs: number,
): Promise<CodeRow | undefined> {
  return tx.get<CodeRow>(
    `UPDATE lambda_code SET used_at_ms = $2 WHERE sha256 = $1 RETURNING ${COLUMNS}`,
    sha256,
    nowMs,
  );
}

/** Adds a package; answers the row that stands, which is another's where that came first. */
export async function addCode(tx: Transaction, row: CodeRow, nowMs: number): Promise<CodeRow> {
  await tx.run(
    'INSERT INTO lambda_code (sha256, bytes, blob_id, directory_id, unzipped_bytes, used_at_ms) ' +
      'VALUES ($1, $2, $3, $4, $5, $6) ON CONFLICT (sha256) DO UPDATE SET used_at_ms = excluded.used_at_ms',
    row.sha256,
    row.bytes,
    row.blobId,
    row.directoryId,
    row.unzippedBytes,
    nowMs,
  );
  return (await findCode(tx, row.sha256)) ?? row;
}

/** The package of a digest. */
export function findCode(queries: Queries, sha256: string): Promise<CodeRow | undefined> {
  return queries.get<CodeRow>(`SELECT ${COLUMNS} FROM lambda_code WHERE sha256 = $1`, sha256);
}

/** Deletes the packages that nothing names and nobody used since `beforeMs`; answers them. */
export function takeUnusedCode(tx: Transaction, beforeMs: number): Promise<CodeRow[]> {
  return tx.all<CodeRow>(
    `DELETE FROM lambda_code WHERE used_at_ms < $1
       AND NOT EXISTS (SELECT 1 FROM lambda_versions v WHERE v.code_sha256 = lambda_code.sha256)
       AND NOT EXISTS (SELECT 1 FROM lambda_layer_versions l WHERE l.code_sha256 = lambda_code.sha256)
     RETURNING ${COLUMNS}`,
    beforeMs,
  );
}

export interface LayerTreeRow {
  /** The digests of the layers' archives, in order, joined by a comma. */
  readonly layers: string;
  readonly directoryId: string;
  /** Of all layers, each by itself. */
  readonly unzippedBytes: number;
}

const TREE_COLUMNS = 'layers, directory_id AS "directoryId", unzipped_bytes AS "unzippedBytes"';

/** Marks a merged tree as used now and answers it, where it is stored. */
export function useLayerTree(
  tx: Transaction,
  layers: string,
  nowMs: number,
): Promise<LayerTreeRow | undefined> {
  return tx.get<LayerTreeRow>(
    `UPDATE lambda_layer_trees SET used_at_ms = $2 WHERE layers = $1 RETURNING ${TREE_COLUMNS}`,
    layers,
    nowMs,
  );
}

/** The merged tree in a directory. */
export function findLayerTree(
  queries: Queries,
  directoryId: string,
): Promise<LayerTreeRow | undefined> {
  const sql = `SELECT ${TREE_COLUMNS} FROM lambda_layer_trees WHERE directory_id = $1`;
  return queries.get<LayerTreeRow>(sql, directoryId);
}

/** Adds a merged tree; answers the row that stands. */
export async function addLayerTree(
  tx: Transaction,
  row: LayerTreeRow,
  nowMs: number,
): Promise<LayerTreeRow> {
  await tx.run(
    'INSERT INTO lambda_layer_trees (layers, directory_id, unzipped_bytes, used_at_ms) ' +
      'VALUES ($1, $2, $3, $4) ON CONFLICT (layers) DO UPDATE SET used_at_ms = excluded.used_at_ms',
    row.layers,
    row.directoryId,
    row.unzippedBytes,
    nowMs,
  );
  return (await useLayerTree(tx, row.layers, nowMs)) ?? row;
}

/** Deletes the merged trees that no version mounts and nobody used since `beforeMs`; answers them. */
export function takeUnusedLayerTrees(tx: Transaction, beforeMs: number): Promise<LayerTreeRow[]> {
  return tx.all<LayerTreeRow>(
    `DELETE FROM lambda_layer_trees WHERE used_at_ms < $1
       AND NOT EXISTS (SELECT 1 FROM lambda_versions v
                       WHERE v.layers_directory_id = lambda_layer_trees.directory_id)
     RETURNING ${TREE_COLUMNS}`,
    beforeMs,
  );
}

/** Marks a package and a merged tree that a version stops using, so that the sweep waits. */
export async function releaseCode(
  tx: Transaction,
  use: { readonly sha256?: string; readonly layersDirectoryId?: string },
  nowMs: number,
): Promise<void> {
  if (use.sha256 !== undefined) await useCode(tx, use.sha256, nowMs);
  if (use.layersDirectoryId === undefined) return;
  await tx.run(
    'UPDATE lambda_layer_trees SET used_at_ms = $2 WHERE directory_id = $1',
    use.layersDirectoryId,
    nowMs,
  );
}

/** Ids of all blobs and directories that rows name. */
export async function namedStorage(queries: Queries): Promise<{
  readonly blobs: ReadonlySet<string>;
  readonly directories: ReadonlySet<string>;
}> {
  const code = await queries.all<CodeRow>(`SELECT ${COLUMNS} FROM lambda_code`);
  const trees = await queries.all<LayerTreeRow>(`SELECT ${TREE_COLUMNS} FROM lambda_layer_trees`);
  return {
    blobs: new Set(code.map((row) => row.blobId)),
    directories: new Set([
      ...[...code, ...trees].map((row) => row.directoryId),
      ...(await compiledDirectories(queries)),
    ]),
  };
}

/** A secret of this data directory: the stored one, or `fresh`, which is stored. */
export async function secretOf(tx: Transaction, name: string, fresh: string): Promise<string> {
  await tx.run(
    'INSERT INTO lambda_secrets (name, value) VALUES ($1, $2) ON CONFLICT (name) DO NOTHING',
    name,
    fresh,
  );
  const row = await tx.get<{ value: string }>(
    'SELECT value FROM lambda_secrets WHERE name = $1',
    name,
  );
  return row?.value ?? fresh;
}
