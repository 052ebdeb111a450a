/** Change sets, exports, imports and responses of custom resources on the database. */
import type { Queries, Transaction } from '#ports/world/database.ts';
import type { ChangeSet, Place } from './model.ts';

interface Row {
  readonly body: string;
}

/** The change sets of a stack, the oldest first. */
export async function listChangeSets(queries: Queries, stackId: string): Promise<ChangeSet[]> {
  const rows = await queries.all<Row>(
    'SELECT body FROM cloudformation_change_sets WHERE stack_id = $1',
    stackId,
  );
  // What saveChangeSet has stored, here and below.
  const sets = rows.map(({ body }) => JSON.parse(body) as ChangeSet);
  return sets.sort((a, b) => a.createdAtMs - b.createdAtMs);
}

/** The change set of an ARN. */
export async function changeSetOfId(queries: Queries, id: string): Promise<ChangeSet | undefined> {
  const row = await queries.get<Row>(
    'SELECT body FROM cloudformation_change_sets WHERE change_set_id = $1',
    id,
  );
  return row && (JSON.parse(row.body) as ChangeSet);
}

/** Adds a change set, or replaces the one of its id. */
export async function saveChangeSet(tx: Transaction, changeSet: ChangeSet): Promise<void> {
  await tx.run(
    `INSERT INTO cloudformation_change_sets (change_set_id, stack_id, name, body)
     VALUES ($1, $2, $3, $4)
     ON CONFLICT (change_set_id) DO UPDATE SET body = excluded.body`,
    changeSet.id,
    changeSet.stackId,
    changeSet.name,
    JSON.stringify(changeSet),
  );
}

/** Forgets a change set. */
export async function forgetChangeSet(tx: Transaction, id: string): Promise<void> {
  await tx.run('DELETE FROM cloudformation_change_sets WHERE change_set_id = $1', id);
}

/** Forgets the change sets of a stack, but for one. */
export async function forgetChangeSets(
  tx: Transaction,
  stackId: string,
  keptId: string,
): Promise<void> {
  await tx.run(
    'DELETE FROM cloudformation_change_sets WHERE stack_id = $1 AND change_set_id <> $2',
    stackId,
    keptId,
  );
}

export interface Export {
  readonly name: string;
  readonly stackId: string;
  readonly value: string;
}

/** What the stacks of an account and Region export, by name. */
export async function listExports(
  queries: Queries,
  { accountId, region }: Place,
): Promise<Export[]> {
  return await queries.all<{ name: string; stackId: string; value: string }>(
    `SELECT name, stack_id AS "stackId", value FROM cloudformation_exports
     WHERE account_id = $1 AND region = $2 ORDER BY name`,
    accountId,
    region,
  );
}

/** Makes these a stack's exports, in place of those that it had. */
export async function replaceExports(
  tx: Transaction,
  { accountId, region }: Place,
  stackId: string,
  exports: readonly Omit<Export, 'stackId'>[],
): Promise<void> {
  await tx.run('DELETE FROM cloudformation_exports WHERE stack_id = $1', stackId);
  for (const { name, value } of exports) {
    await tx.run(
      `INSERT INTO cloudformation_exports (account_id, region, name, stack_id, value)
       VALUES ($1, $2, $3, $4, $5)`,
      accountId,
      region,
      name,
      stackId,
      value,
    );
  }
}

/** Ids of the stacks that import a value. */
export async function importersOf(
  queries: Queries,
  { accountId, region }: Place,
  name: string,
): Promise<string[]> {
  const rows = await queries.all<{ readonly stack_id: string }>(
    `SELECT stack_id FROM cloudformation_imports
     WHERE account_id = $1 AND region = $2 AND name = $3 ORDER BY stack_id`,
    accountId,
    region,
    name,
  );
  return rows.map((row) => row.stack_id);
}

/** Makes these what a stack imports. */
export async function replaceImports(
  tx: Transaction,
  { accountId, region }: Place,
  stackId: string,
  names: readonly string[],
): Promise<void> {
  await tx.run('DELETE FROM cloudformation_imports WHERE stack_id = $1', stackId);
  for (const name of new Set(names)) {
    await tx.run(
      `INSERT INTO cloudformation_imports (account_id, region, name, stack_id)
       VALUES ($1, $2, $3, $4)`,
      accountId,
      region,
      name,
      stackId,
    );
  }
}

/** Begins to wait for the response that is put to a URL with this token. */
export async function awaitResponse(
  tx: Transaction,
  token: string,
  stackId: string,
): Promise<void> {
  await tx.run(
    'INSERT INTO cloudformation_responses (token, stack_id) VALUES ($1, $2)',
    token,
    stackId,
  );
}

/** True where a response to that token is waited for, or has come and was not read. */
export async function isAwaited(queries: Queries, token: string): Promise<boolean> {
  const sql = 'SELECT token FROM cloudformation_responses WHERE token = $1';
  return (await queries.get(sql, token)) !== undefined;
}

/** The response, once it came. */
export async function responseOf(queries: Queries, token: string): Promise<string | undefined> {
  const row = await queries.get<{ readonly body: string | null }>(
    'SELECT body FROM cloudformation_responses WHERE token = $1',
    token,
  );
  return row?.body ?? undefined;
}

/** Keeps the first response to a token; false where nobody waits for it. */
export async function storeResponse(
  tx: Transaction,
  token: string,
  body: string,
): Promise<boolean> {
  const changed = await tx.run(
    'UPDATE cloudformation_responses SET body = $2 WHERE token = $1 AND body IS NULL',
    token,
    body,
  );
  return changed > 0;
}

/** Waits no longer. */
export async function forgetResponse(tx: Transaction, token: string): Promise<void> {
  await tx.run('DELETE FROM cloudformation_responses WHERE token = $1', token);
}
