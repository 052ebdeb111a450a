/** SQL of policies: inline, managed, and who has which. */
import type { Queries, Transaction } from '#ports/world/database.ts';
import {
  keyOf,
  type Entity,
  type Kind,
  type ManagedPolicy,
  type StoredVersion,
  type Tag,
} from './model.ts';

/** Stores an inline policy, over one of the same name. */
export async function putInlinePolicy(
  tx: Transaction,
  holder: Entity,
  policyName: string,
  document: string,
): Promise<void> {
  await tx.run(
    `INSERT INTO iam_inline_policies (account_id, kind, name_key, policy_name, document)
     VALUES ($1, $2, $3, $4, $5)
     ON CONFLICT (account_id, kind, name_key, policy_name) DO UPDATE SET document = excluded.document`,
    holder.accountId,
    holder.kind,
    keyOf(holder.name),
    policyName,
    document,
  );
}

export interface InlinePolicy {
  readonly policyName: string;
  readonly document: string;
}

/** Inline policies of an entity, by their names. */
export async function listInlinePolicies(
  queries: Queries,
  holder: Entity,
): Promise<InlinePolicy[]> {
  const rows = await queries.all<{ policy_name: string; document: string }>(
    `SELECT policy_name, document FROM iam_inline_policies
     WHERE account_id = $1 AND kind = $2 AND name_key = $3 ORDER BY policy_name`,
    holder.accountId,
    holder.kind,
    keyOf(holder.name),
  );
  return rows.map((row) => ({ policyName: row.policy_name, document: row.document }));
}

/** Takes an inline policy away; answers whether it was there. */
export async function deleteInlinePolicyRow(
  tx: Transaction,
  holder: Entity,
  policyName: string,
): Promise<boolean> {
  const rows = await tx.run(
    `DELETE FROM iam_inline_policies
     WHERE account_id = $1 AND kind = $2 AND name_key = $3 AND policy_name = $4`,
    holder.accountId,
    holder.kind,
    keyOf(holder.name),
    policyName,
  );
  return rows > 0;
}

/** Attaches a managed policy; once is enough. */
export async function attach(tx: Transaction, holder: Entity, policyArn: string): Promise<void> {
  await tx.run(
    `INSERT INTO iam_attachments (account_id, kind, name_key, policy_arn) VALUES ($1, $2, $3, $4)
     ON CONFLICT (account_id, kind, name_key, policy_arn) DO NOTHING`,
    holder.accountId,
    holder.kind,
    keyOf(holder.name),
    policyArn,
  );
}

/** Detaches a managed policy; answers whether it was attached. */
export async function detach(tx: Transaction, holder: Entity, policyArn: string): Promise<boolean> {
  const rows = await tx.run(
    `DELETE FROM iam_attachments
     WHERE account_id = $1 AND kind = $2 AND name_key = $3 AND policy_arn = $4`,
    holder.accountId,
    holder.kind,
    keyOf(holder.name),
    policyArn,
  );
  return rows > 0;
}

/** ARNs of the managed policies of an entity, sorted. */
export async function attachedArns(queries: Queries, holder: Entity): Promise<string[]> {
  const rows = await queries.all<{ policy_arn: string }>(
    `SELECT policy_arn FROM iam_attachments
     WHERE account_id = $1 AND kind = $2 AND name_key = $3 ORDER BY policy_arn`,
    holder.accountId,
    holder.kind,
    keyOf(holder.name),
  );
  return rows.map((row) => row.policy_arn);
}

/** Who has a managed policy. */
export async function holdersOf(
  queries: Queries,
  accountId: string,
  policyArn: string,
): Promise<{ readonly kind: Kind; readonly name: string; readonly id: string }[]> {
  return await queries.all(
    `SELECT e.kind AS kind, e.name AS name, e.id AS id FROM iam_attachments a
     JOIN iam_entities e ON e.account_id = a.account_id AND e.kind = a.kind AND e.name_key = a.name_key
     WHERE a.account_id = $1 AND a.policy_arn = $2 ORDER BY e.name_key`,
    accountId,
    policyArn,
  );
}

interface PolicyRow {
  readonly account_id: string;
  readonly policy_arn: string;
  readonly name: string;
  readonly id: string;
  readonly path: string;
  readonly description: string | null;
  readonly tags: string;
  readonly default_version: string;
  readonly last_version: number;
  readonly created_ms: number;
  readonly updated_ms: number;
}

const COLUMNS =
  'account_id, policy_arn, name, id, path, description, tags, default_version, last_version, created_ms, updated_ms';

function policyOf(row: PolicyRow): ManagedPolicy {
  return {
    accountId: row.account_id,
    arn: row.policy_arn,
    name: row.name,
    id: row.id,
    path: row.path,
    ...(row.description !== null && { description: row.description }),
    // Written by this file.
    tags: JSON.parse(row.tags) as Tag[],
    defaultVersion: row.default_version,
    lastVersion: row.last_version,
    createdAtMs: row.created_ms,
    updatedAtMs: row.updated_ms,
  };
}

/** A customer's managed policy. */
export async function findPolicy(
  queries: Queries,
  accountId: string,
  arn: string,
): Promise<ManagedPolicy | undefined> {
  const row = await queries.get<PolicyRow>(
    `SELECT ${COLUMNS} FROM iam_policies WHERE account_id = $1 AND policy_arn = $2`,
    accountId,
    arn,
  );
  return row === undefined ? undefined : policyOf(row);
}

/** A customer's managed policy of this name, in whatever case and path. */
export async function hasPolicyNamed(
  queries: Queries,
  accountId: string,
  name: string,
): Promise<boolean> {
  const row = await queries.get(
    'SELECT 1 AS found FROM iam_policies WHERE account_id = $1 AND name_key = $2',
    accountId,
    keyOf(name),
  );
  return row !== undefined;
}

/** A customer's managed policies, by their names. */
export async function listPolicyRows(
  queries: Queries,
  accountId: string,
): Promise<ManagedPolicy[]> {
  const rows = await queries.all<PolicyRow>(
    `SELECT ${COLUMNS} FROM iam_policies WHERE account_id = $1 ORDER BY name_key`,
    accountId,
  );
  return rows.map(policyOf);
}

/** Stores a new managed policy, or the new state of one that is there. */
export async function putPolicy(tx: Transaction, policy: ManagedPolicy): Promise<void> {
  await tx.run(
    `INSERT INTO iam_policies (${COLUMNS}, name_key)
     VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)
     ON CONFLICT (account_id, policy_arn) DO UPDATE SET tags = excluded.tags,
       default_version = excluded.default_version, last_version = excluded.last_version,
       updated_ms = excluded.updated_ms`,
    policy.accountId,
    policy.arn,
    policy.name,
    policy.id,
    policy.path,
    policy.description ?? null,
    JSON.stringify(policy.tags),
    policy.defaultVersion,
    policy.lastVersion,
    policy.createdAtMs,
    policy.updatedAtMs,
    keyOf(policy.name),
  );
}

/** Takes a managed policy away, with all its versions. */
export async function deletePolicyRows(tx: Transaction, policy: ManagedPolicy): Promise<void> {
  for (const table of ['iam_policy_versions', 'iam_policies']) {
    await tx.run(
      `DELETE FROM ${table} WHERE account_id = $1 AND policy_arn = $2`,
      policy.accountId,
      policy.arn,
    );
  }
}

/** Stores a version of a managed policy. */
export async function insertVersion(
  tx: Transaction,
  policy: ManagedPolicy,
  version: StoredVersion,
): Promise<void> {
  await tx.run(
    `INSERT INTO iam_policy_versions (account_id, policy_arn, version_id, document, created_ms)
     VALUES ($1, $2, $3, $4, $5)`,
    policy.accountId,
    policy.arn,
    version.versionId,
    version.document,
    version.createdAtMs,
  );
}

/** Versions of a managed policy, the newest first. */
export async function listVersions(
  queries: Queries,
  policy: ManagedPolicy,
): Promise<StoredVersion[]> {
  const rows = await queries.all<{ version_id: string; document: string; created_ms: number }>(
    `SELECT version_id, document, created_ms FROM iam_policy_versions
     WHERE account_id = $1 AND policy_arn = $2`,
    policy.accountId,
    policy.arn,
  );
  return rows
    .map((row) => ({
      versionId: row.version_id,
      document: row.document,
      createdAtMs: row.created_ms,
    }))
    .sort((a, b) => Number(b.versionId.slice(1)) - Number(a.versionId.slice(1)));
}

/** Takes one version away. */
export async function deleteVersionRow(
  tx: Transaction,
  policy: ManagedPolicy,
  versionId: string,
): Promise<void> {
  await tx.run(
    'DELETE FROM iam_policy_versions WHERE account_id = $1 AND policy_arn = $2 AND version_id = $3',
    policy.accountId,
    policy.arn,
    versionId,
  );
}
