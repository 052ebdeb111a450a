/** The SQL of STS. */
import type { Queries, Transaction } from '#ports/world/database.ts';
import type {
  Credentials,
  KnownCredential,
  PrincipalSession,
} from '#ports/peers/credential-issuer.ts';
import { rootPrincipal, type Session } from './model.ts';

interface SessionRow {
  readonly access_key_id: string;
  readonly account_id: string;
  readonly secret_access_key: string;
  readonly session_token: string;
  readonly principal_arn: string;
  readonly principal_id: string;
  readonly transitive_tags: string;
  readonly session: string;
  readonly expires_ms: number;
}

interface RootRow {
  readonly account_id: string;
  readonly access_key_id: string;
  readonly secret_access_key: string;
}

/** Stores new temporary credentials. */
export async function insertSession(tx: Transaction, session: Session): Promise<void> {
  const { credentials, principal } = session;
  const { transitiveTags = {}, ...rest } = principal.session ?? {};
  await tx.run(
    `INSERT INTO sts_sessions (access_key_id, account_id, secret_access_key, session_token,
       principal_arn, principal_id, transitive_tags, expires_ms, session)
     VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)`,
    credentials.accessKeyId,
    principal.accountId,
    credentials.secretAccessKey,
    credentials.sessionToken,
    principal.arn,
    principal.userId,
    JSON.stringify(transitiveTags),
    credentials.expiresAtMs,
    JSON.stringify(rest),
  );
}

/** Temporary credentials, expired ones too while they are kept. */
export async function findSession(
  queries: Queries,
  accessKeyId: string,
): Promise<Session | undefined> {
  const row = await queries.get<SessionRow>(
    'SELECT * FROM sts_sessions WHERE access_key_id = $1',
    accessKeyId,
  );
  if (row === undefined) return undefined;
  return {
    credentials: {
      accessKeyId,
      secretAccessKey: row.secret_access_key,
      sessionToken: row.session_token,
      expiresAtMs: row.expires_ms,
    },
    principal: {
      accountId: row.account_id,
      arn: row.principal_arn,
      userId: row.principal_id,
      session: {
        // Both were written by this file.
        ...(JSON.parse(row.session) as PrincipalSession),
        transitiveTags: JSON.parse(row.transitive_tags) as Record<string, string>,
      },
    },
  };
}

/** Takes away what expired before a moment. */
export async function deleteExpiredSessions(tx: Transaction, beforeMs: number): Promise<number> {
  return await tx.run('DELETE FROM sts_sessions WHERE expires_ms < $1', beforeMs);
}

/** Stores an account's root credentials unless it has some; answers those that it has. */
export async function keepRoot(
  tx: Transaction,
  accountId: string,
  made: Credentials,
  nowMs: number,
): Promise<Credentials> {
  await tx.run(
    `INSERT INTO sts_root (account_id, access_key_id, secret_access_key, created_ms)
     VALUES ($1, $2, $3, $4) ON CONFLICT (account_id) DO NOTHING`,
    accountId,
    made.accessKeyId,
    made.secretAccessKey,
    nowMs,
  );
  const row = await tx.get<RootRow>('SELECT * FROM sts_root WHERE account_id = $1', accountId);
  return row === undefined
    ? made
    : { accessKeyId: row.access_key_id, secretAccessKey: row.secret_access_key };
}

/** The root credentials of this key. */
export async function findRoot(
  queries: Queries,
  accessKeyId: string,
): Promise<KnownCredential | undefined> {
  const row = await queries.get<RootRow>(
    'SELECT * FROM sts_root WHERE access_key_id = $1',
    accessKeyId,
  );
  if (row === undefined) return undefined;
  const credentials = { accessKeyId, secretAccessKey: row.secret_access_key };
  return { credentials, principal: rootPrincipal(row.account_id) };
}
