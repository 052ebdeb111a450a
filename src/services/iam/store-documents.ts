/** SQL of what an account or a user has one or several of, kept as JSON: providers, certificates, devices, keys. */
import type { Queries, Transaction } from '#ports/world/database.ts';
import { keyOf, type Tag } from './model.ts';

export interface Provider {
  readonly arn: string;
  readonly createdAtMs: number;
  readonly tags: readonly Tag[];
}

export interface OidcProvider extends Provider {
  readonly url: string;
  readonly clientIds: readonly string[];
  readonly thumbprints: readonly string[];
}

export interface SamlProvider extends Provider {
  readonly uuid: string;
  readonly metadata: string;
}

export interface ServerCertificate extends Provider {
  readonly name: string;
  readonly path: string;
  readonly id: string;
  readonly expiresAtMs: number;
  readonly body: string;
  readonly chain?: string;
}

export interface UserDocument {
  readonly id: string;
  readonly userName: string;
  readonly createdAtMs: number;
}

export interface PublicKey extends UserDocument {
  readonly isActive: boolean;
  readonly body: string;
}

export interface LoginProfile extends UserDocument {
  readonly password: string;
  readonly mustReset: boolean;
}

/** A device that makes codes; whose it is once it is enabled. */
export interface MfaDevice {
  readonly id: string;
  readonly arn: string;
  /** Base 32. */
  readonly seed: string;
  readonly createdAtMs: number;
  readonly tags: readonly Tag[];
  readonly userName?: string;
  readonly enabledAtMs?: number;
}

/** What each kind's documents are. */
interface Bodies {
  readonly 'account-alias': { readonly alias: string };
  readonly 'credential-report': { readonly atMs: number };
  readonly 'login-profile': LoginProfile;
  readonly 'mfa-device': MfaDevice;
  readonly 'oidc-provider': OidcProvider;
  readonly 'password-policy': Readonly<Record<string, boolean | number>>;
  readonly 'saml-provider': SamlProvider;
  readonly 'server-certificate': ServerCertificate;
  readonly 'signing-certificate': PublicKey;
  readonly 'ssh-key': PublicKey;
}

type DocumentKind = keyof Bodies;

/** One document, or `undefined`. */
export async function findDocument<Kind extends DocumentKind>(
  queries: Queries,
  accountId: string,
  kind: Kind,
  name: string,
): Promise<Bodies[Kind] | undefined> {
  const row = await queries.get<{ document: string }>(
    'SELECT document FROM iam_documents WHERE account_id = $1 AND kind = $2 AND name_key = $3',
    accountId,
    kind,
    keyOf(name),
  );
  // Only `putDocument` writes them, under their kind.
  return row && (JSON.parse(row.document) as Bodies[Kind]);
}

/** All of a kind, by their names; only a user's where one is named. */
export async function listDocuments<Kind extends DocumentKind>(
  queries: Queries,
  accountId: string,
  kind: Kind,
  userName?: string,
): Promise<Bodies[Kind][]> {
  const rows = await queries.all<{ document: string }>(
    `SELECT document FROM iam_documents WHERE account_id = $1 AND kind = $2
     AND user_key = COALESCE($3, user_key) ORDER BY name_key`,
    accountId,
    kind,
    userName === undefined ? null : keyOf(userName),
  );
  return rows.map(({ document }) => JSON.parse(document) as Bodies[Kind]); // As above.
}

/** Stores a document over one of its name; `userName` says whose it is. */
export async function putDocument<Kind extends DocumentKind>(
  tx: Transaction,
  accountId: string,
  kind: Kind,
  { name, userName = '', body }: { name: string; userName?: string; body: Bodies[Kind] },
): Promise<void> {
  await tx.run(
    `INSERT INTO iam_documents (account_id, kind, name_key, user_key, document)
     VALUES ($1, $2, $3, $4, $5) ON CONFLICT (account_id, kind, name_key) DO UPDATE SET
       user_key = excluded.user_key, document = excluded.document`,
    accountId,
    kind,
    keyOf(name),
    keyOf(userName),
    JSON.stringify(body),
  );
}

/** Takes a document away; false where there was none. */
export async function deleteDocument(
  tx: Transaction,
  accountId: string,
  kind: DocumentKind,
  name: string,
): Promise<boolean> {
  const sql = 'DELETE FROM iam_documents WHERE account_id = $1 AND kind = $2 AND name_key = $3';
  return (await tx.run(sql, accountId, kind, keyOf(name))) > 0;
}
