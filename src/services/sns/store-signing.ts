import type { Queries, Transaction } from '#ports/world/database.ts';

/** The key and its certificate, as PEM. */
export interface SigningKey {
  readonly privateKey: string;
  readonly certificate: string;
}

/** The key with which notifications are signed, once one was made. */
export async function findSigningKey(queries: Queries): Promise<SigningKey | undefined> {
  const row = await queries.get<{ readonly private_key: string; readonly certificate: string }>(
    'SELECT private_key, certificate FROM sns_signing_key WHERE id = 1',
  );
  return row && { privateKey: row.private_key, certificate: row.certificate };
}

/** Keeps the key, unless there is one already. */
export async function saveSigningKey(
  tx: Transaction,
  { privateKey, certificate }: SigningKey,
): Promise<void> {
  await tx.run(
    'INSERT INTO sns_signing_key (id, private_key, certificate) VALUES (1, $1, $2)',
    privateKey,
    certificate,
  );
}
