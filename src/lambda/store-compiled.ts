/** Rows of what was compiled ahead: which tree serves which code. */
import type { Queries, Transaction } from '#ports/world/database.ts';
import type { CompiledKey } from './model/compiled-code.ts';

interface CompiledRow {
  /** NULL where it was not worth a tree. */
  readonly directoryId: string | null;
}

/** What this compiler made of this code. */
export function findCompiled(
  queries: Queries,
  { codeDirectoryId, layersDirectoryId = '', family, compiler }: CompiledKey,
): Promise<CompiledRow | undefined> {
  return queries.get<CompiledRow>(
    `SELECT directory_id AS "directoryId" FROM lambda_compiled WHERE code_directory_id = $1
       AND layers_directory_id = $2 AND family = $3 AND compiler = $4`,
    codeDirectoryId,
    layersDirectoryId,
    family,
    compiler,
  );
}

/** Adds what was made, in place of what stood. */
export async function putCompiled(
  tx: Transaction,
  { codeDirectoryId, layersDirectoryId = '', family, compiler }: CompiledKey,
  directoryId: string | undefined,
): Promise<void> {
  await tx.run(
    'INSERT INTO lambda_compiled (code_directory_id, layers_directory_id, family, compiler, directory_id) ' +
      'VALUES ($1, $2, $3, $4, $5) ON CONFLICT (code_directory_id, layers_directory_id, family, compiler) ' +
      'DO UPDATE SET directory_id = excluded.directory_id',
    codeDirectoryId,
    layersDirectoryId,
    family,
    compiler,
    directoryId ?? null,
  );
}

/** Deletes what was made of code or layers that are there no more. */
export async function dropOrphanedCompiled(tx: Transaction): Promise<void> {
  await tx.run(
    `DELETE FROM lambda_compiled WHERE
       NOT EXISTS (SELECT 1 FROM lambda_code c
                   WHERE c.directory_id = lambda_compiled.code_directory_id)
       OR (layers_directory_id <> ''
           AND NOT EXISTS (SELECT 1 FROM lambda_layer_trees t
                           WHERE t.directory_id = lambda_compiled.layers_directory_id))`,
  );
}

/** Deletes what compilers made that are none of these any more. */
export async function dropOtherCompilers(
  tx: Transaction,
  kept: readonly Pick<CompiledKey, 'family' | 'compiler'>[],
): Promise<void> {
  const known = await tx.all<Pick<CompiledKey, 'family' | 'compiler'>>(
    'SELECT DISTINCT family, compiler FROM lambda_compiled',
  );
  for (const { family, compiler } of known) {
    if (kept.some((it) => it.family === family && it.compiler === compiler)) continue;
    const sql = 'DELETE FROM lambda_compiled WHERE family = $1 AND compiler = $2';
    await tx.run(sql, family, compiler);
  }
}

/** The trees that rows name. */
export async function compiledDirectories(queries: Queries): Promise<readonly string[]> {
  const rows = await queries.all<CompiledRow>(
    'SELECT directory_id AS "directoryId" FROM lambda_compiled',
  );
  return rows.flatMap(({ directoryId }) => (directoryId === null ? [] : [directoryId]));
}
