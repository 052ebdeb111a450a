/** SQL of users' passwords for single services. */
import type { Queries, Transaction } from '#ports/world/database.ts';
import { keyOf } from './model.ts';

export interface ServiceCredential {
  readonly accountId: string;
  readonly userName: string;
  readonly id: string;
  readonly serviceName: string;
  readonly serviceUserName: string;
  readonly password: string;
  readonly isActive: boolean;
  readonly createdAtMs: number;
}

/** Those of a user, oldest first. */
export async function listCredentials(
  queries: Queries,
  accountId: string,
  userName: string,
): Promise<ServiceCredential[]> {
  const rows = await queries.all<{ document: string }>(
    `SELECT document FROM iam_service_credentials
     WHERE account_id = $1 AND user_key = $2 ORDER BY rowid`,
    accountId,
    keyOf(userName),
  );
  return rows.map(({ document }) => JSON.parse(document) as ServiceCredential); // Only `put` writes them.
}

/** Stores a new one, or the new state of one that is there. */
export async function putCredential(tx: Transaction, credential: ServiceCredential): Promise<void> {
  await tx.run(
    `INSERT INTO iam_service_credentials (account_id, user_key, id, document)
     VALUES ($1, $2, $3, $4)
     ON CONFLICT (account_id, user_key, id) DO UPDATE SET document = excluded.document`,
    credential.accountId,
    keyOf(credential.userName),
    credential.id,
    JSON.stringify(credential),
  );
}

/** Takes one away. */
export async function deleteCredential(
  tx: Transaction,
  credential: Pick<ServiceCredential, 'accountId' | 'userName' | 'id'>,
): Promise<void> {
  await tx.run(
    'DELETE FROM iam_service_credentials WHERE account_id = $1 AND user_key = $2 AND id = $3',
    credential.accountId,
    keyOf(credential.userName),
    credential.id,
  );
}
