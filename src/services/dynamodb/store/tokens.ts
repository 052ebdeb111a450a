import type { Queries, Transaction } from '#ports/world/database.ts';

/** A transaction's ClientRequestToken, and what was asked with it. */
export interface TransactionToken {
  readonly accountId: string;
  readonly region: string;
  readonly token: string;
  /** A digest of the request. */
  readonly request: string;
}

/** The request that came with the token since then, or `undefined`. */
export async function findToken(
  tx: Transaction,
  { accountId, region, token }: TransactionToken,
  sinceMs: number,
): Promise<string | undefined> {
  const row = await tx.get<{ request: string }>(
    `SELECT request FROM dynamodb_tokens
     WHERE account_id = $1 AND region = $2 AND token = $3 AND at_ms > $4`,
    accountId,
    region,
    token,
    sinceMs,
  );
  return row?.request;
}

/** Remembers a token and what was asked with it. */
export async function putToken(
  tx: Transaction,
  { accountId, region, token, request }: TransactionToken,
  atMs: number,
): Promise<void> {
  await tx.run(
    `INSERT INTO dynamodb_tokens (account_id, region, token, request, at_ms)
     VALUES ($1, $2, $3, $4, $5)
     ON CONFLICT (account_id, region, token)
     DO UPDATE SET request = excluded.request, at_ms = excluded.at_ms`,
    accountId,
    region,
    token,
    request,
    atMs,
  );
}

/** Forgets tokens that hold no more. */
export async function deleteTokens(tx: Transaction, beforeMs: number): Promise<void> {
  await tx.run('DELETE FROM dynamodb_tokens WHERE at_ms < $1', beforeMs);
}

/** When the oldest token came, in ms since 1970. */
export async function oldestToken(queries: Queries): Promise<number | undefined> {
  const row = await queries.get<{ at_ms: number }>(
    'SELECT at_ms FROM dynamodb_tokens ORDER BY at_ms LIMIT 1',
  );
  return row && row.at_ms;
}
