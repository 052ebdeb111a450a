/** SQL of a user's or a group's new name, under which all that hangs on it is found from then on. */
import type { Transaction } from '#ports/world/database.ts';
import { keyOf, type Entity } from './model.ts';
import { listCredentials, putCredential } from './store-service-credentials.ts';

/** Where a name stands beside the entity's own row: table and column. */
const PLACES: Readonly<Record<'group' | 'user', readonly (readonly [string, string])[]>> = {
  group: [['iam_group_members', 'group_key']],
  user: [
    ['iam_access_keys', 'user_key'],
    ['iam_group_members', 'user_key'],
    ['iam_service_credentials', 'user_key'],
    ['iam_documents', 'user_key'],
  ],
};

/** Renames and moves an entity. */
export async function renameEntity(
  tx: Transaction,
  entity: Entity,
  { name, path }: { readonly name: string; readonly path: string },
): Promise<void> {
  const { accountId, kind } = entity;
  const [from, to] = [keyOf(entity.name), keyOf(name)];
  await tx.run(
    `UPDATE iam_entities SET name = $1, name_key = $2, path = $3
     WHERE account_id = $4 AND kind = $5 AND name_key = $6`,
    name,
    to,
    path,
    accountId,
    kind,
    from,
  );
  for (const table of ['iam_inline_policies', 'iam_attachments']) {
    await tx.run(
      `UPDATE ${table} SET name_key = $1 WHERE account_id = $2 AND kind = $3 AND name_key = $4`,
      to,
      accountId,
      kind,
      from,
    );
  }
  for (const [table, column] of kind === 'user' || kind === 'group' ? PLACES[kind] : []) {
    await tx.run(
      `UPDATE ${table} SET ${column} = $1 WHERE account_id = $2 AND ${column} = $3`,
      to,
      accountId,
      from,
    );
  }
  if (kind === 'user') await renameInside(tx, accountId, { name, key: to });
}

/** Documents say their user's name in themselves; a login profile goes by it, too. */
async function renameInside(
  tx: Transaction,
  accountId: string,
  { name, key }: { readonly name: string; readonly key: string },
): Promise<void> {
  const rows = await tx.all<{ kind: string; name_key: string; document: string }>(
    `SELECT kind, name_key, document FROM iam_documents WHERE account_id = $1 AND user_key = $2`,
    accountId,
    key,
  );
  for (const { kind, name_key: from, document } of rows) {
    await tx.run(
      `UPDATE iam_documents SET name_key = $1, document = $2
       WHERE account_id = $3 AND kind = $4 AND name_key = $5`,
      kind === 'login-profile' ? key : from,
      JSON.stringify({ ...(JSON.parse(document) as object), userName: name }),
      accountId,
      kind,
      from,
    );
  }
  for (const credential of await listCredentials(tx, accountId, key)) {
    await putCredential(tx, { ...credential, userName: name });
  }
}
