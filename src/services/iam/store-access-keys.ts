/** SQL of users' access keys. */
import type { KnownCredential } from '#ports/peers/credential-issuer.ts';
import type { Queries, Transaction } from '#ports/world/database.ts';
import { arnOf, keyOf, type Entity, type StoredAccessKey } from './model.ts';
import { findEntity } from './store-entities.ts';

interface AccessKeyRow {
  readonly access_key_id: string;
  readonly account_id: string;
  readonly user_key: string;
  readonly secret_access_key: string;
  readonly is_active: number;
  readonly created_ms: number;
}

/** Access keys of a user, the oldest first. */
export async function listAccessKeyRows(
  queries: Queries,
  user: Entity,
): Promise<StoredAccessKey[]> {
  const rows = await queries.all<AccessKeyRow>(
    `SELECT * FROM iam_access_keys WHERE account_id = $1 AND user_key = $2
     ORDER BY created_ms, access_key_id`,
    user.accountId,
    keyOf(user.name),
  );
  return rows.map((row) => ({
    accessKeyId: row.access_key_id,
    accountId: row.account_id,
    userName: user.name,
    secretAccessKey: row.secret_access_key,
    isActive: row.is_active === 1,
    createdAtMs: row.created_ms,
  }));
}

/** Stores an access key, or the new state of one that is there. */
export async function putAccessKey(tx: Transaction, key: StoredAccessKey): Promise<void> {
  await tx.run(
    `INSERT INTO iam_access_keys
       (access_key_id, account_id, user_key, secret_access_key, is_active, created_ms)
     VALUES ($1, $2, $3, $4, $5, $6)
     ON CONFLICT (access_key_id) DO UPDATE SET is_active = excluded.is_active`,
    key.accessKeyId,
    key.accountId,
    keyOf(key.userName),
    key.secretAccessKey,
    key.isActive ? 1 : 0,
    key.createdAtMs,
  );
}

/** Takes an access key away. */
export async function deleteAccessKeyRow(tx: Transaction, accessKeyId: string): Promise<void> {
  await tx.run('DELETE FROM iam_access_keys WHERE access_key_id = $1', accessKeyId);
}

/** The user whom an active access key stands for. */
export async function findCredential(
  queries: Queries,
  accessKeyId: string,
): Promise<KnownCredential | undefined> {
  const row = await queries.get<AccessKeyRow>(
    'SELECT * FROM iam_access_keys WHERE access_key_id = $1 AND is_active = 1',
    accessKeyId,
  );
  if (row === undefined) return undefined;
  const user = await findEntity(queries, row.account_id, 'user', row.user_key);
  if (user === undefined) return undefined;
  return {
    credentials: { accessKeyId, secretAccessKey: row.secret_access_key },
    principal: { accountId: user.accountId, arn: arnOf(user), userId: user.id },
  };
}
