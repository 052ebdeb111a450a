import type { Queries, SqlRow, Transaction } from '#ports/world/database.ts';
import type { Bucket, Versioning } from './model.ts';

/** The kinds of configuration that are stored as they are given, as JSON. */
export type ConfigurationKind =
  | 'accelerate'
  | 'acl'
  | 'analytics'
  | 'cors'
  | 'encryption'
  | 'intelligent-tiering'
  | 'inventory'
  | 'lifecycle'
  | 'logging'
  | 'metrics'
  | 'notification'
  | 'object-lock'
  | 'ownership'
  | 'policy'
  | 'public-access-block'
  | 'replication'
  | 'request-payment'
  | 'tagging'
  | 'website';

interface BucketRow extends SqlRow {
  name: string;
  account_id: string;
  region: string;
  location: string;
  created_at: number;
  versioning: Versioning;
  is_object_lock: number;
}

/** The bucket of that name, whoever owns it. */
export async function findBucket(queries: Queries, name: string): Promise<Bucket | undefined> {
  const row = await queries.get<BucketRow>('SELECT * FROM s3_buckets WHERE name = $1', name);
  return row && bucketOf(row);
}

function bucketOf(row: BucketRow): Bucket {
  return {
    name: row.name,
    accountId: row.account_id,
    region: row.region,
    location: row.location,
    createdAtMs: Number(row.created_at),
    versioning: row.versioning,
    isObjectLock: row.is_object_lock === 1,
  };
}

/** Adds a bucket; its name must be free. */
export async function insertBucket(tx: Transaction, bucket: Bucket): Promise<void> {
  await tx.run(
    `INSERT INTO s3_buckets (name, account_id, region, location, created_at, versioning, is_object_lock)
     VALUES ($1, $2, $3, $4, $5, $6, $7)`,
    bucket.name,
    bucket.accountId,
    bucket.region,
    bucket.location,
    bucket.createdAtMs,
    bucket.versioning,
    bucket.isObjectLock ? 1 : 0,
  );
}

/** Deletes the bucket and its configurations. */
export async function deleteBucket(tx: Transaction, name: string): Promise<void> {
  await tx.run('DELETE FROM s3_configurations WHERE bucket = $1', name);
  await tx.run('DELETE FROM s3_buckets WHERE name = $1', name);
}

/** Enables or suspends the versioning of a bucket. */
export async function setVersioning(
  tx: Transaction,
  bucket: string,
  versioning: Versioning,
): Promise<void> {
  await tx.run('UPDATE s3_buckets SET versioning = $1 WHERE name = $2', versioning, bucket);
}

/** Makes the bucket one whose objects can be locked, for ever. */
export async function setObjectLock(tx: Transaction, bucket: string): Promise<void> {
  await tx.run('UPDATE s3_buckets SET is_object_lock = 1 WHERE name = $1', bucket);
}

/** How many buckets an account has. */
export async function countBuckets(queries: Queries, accountId: string): Promise<number> {
  const row = await queries.get<{ count: number }>(
    'SELECT count(*) AS count FROM s3_buckets WHERE account_id = $1',
    accountId,
  );
  return Number(row?.count ?? 0);
}

export interface BucketPage {
  readonly accountId: string;
  readonly prefix: string;
  /** Names behind this one. */
  readonly after: string;
  readonly region?: string | undefined;
  readonly limit: number;
}

/** An account's buckets, by name. */
export async function listBuckets(queries: Queries, page: BucketPage): Promise<readonly Bucket[]> {
  const rows = await queries.all<BucketRow>(
    `SELECT * FROM s3_buckets
     WHERE account_id = $1 AND name > $2 AND name >= $3 AND substr(name, 1, $4) = $3 AND ($5 = '' OR region = $5)
     ORDER BY name LIMIT $6`,
    page.accountId,
    page.after,
    page.prefix,
    page.prefix.length,
    page.region ?? '',
    page.limit,
  );
  return rows.map(bucketOf);
}

/** All buckets that have a configuration of the kind. */
export async function bucketsWith(
  queries: Queries,
  kind: ConfigurationKind,
): Promise<readonly Bucket[]> {
  const rows = await queries.all<BucketRow>(
    `SELECT s3_buckets.* FROM s3_buckets
     JOIN s3_configurations ON s3_configurations.bucket = s3_buckets.name
     WHERE s3_configurations.kind = $1 ORDER BY name`,
    kind,
  );
  return rows.map(bucketOf);
}

/** The configuration, as it was put; `id` only for kinds of which a bucket has several. */
export async function getConfiguration<T>(
  queries: Queries,
  bucket: string,
  kind: ConfigurationKind,
  id = '',
): Promise<T | undefined> {
  const row = await queries.get<{ body: string }>(
    'SELECT body FROM s3_configurations WHERE bucket = $1 AND kind = $2 AND id = $3',
    bucket,
    kind,
    id,
  );
  return row && (JSON.parse(row.body) as T); // Written by putConfiguration with the same kind.
}

/** Several configurations of a bucket in one statement, by kind. */
export async function getConfigurations(
  queries: Queries,
  bucket: string,
): Promise<Partial<Record<ConfigurationKind, unknown>>> {
  const rows = await queries.all<{ kind: ConfigurationKind; body: string }>(
    `SELECT kind, body FROM s3_configurations
     WHERE bucket = $1 AND id = '' AND kind IN ('encryption', 'lifecycle', 'notification', 'object-lock')`,
    bucket,
  );
  return Object.fromEntries(rows.map(({ kind, body }) => [kind, JSON.parse(body)]));
}

export interface NamedConfiguration<T> {
  readonly id: string;
  readonly body: T;
}

/** A page of the configurations of one kind, by id. */
export async function listConfigurations<T>(
  queries: Queries,
  bucket: string,
  kind: ConfigurationKind,
  page: { readonly after: string; readonly limit: number },
): Promise<readonly NamedConfiguration<T>[]> {
  const rows = await queries.all<{ id: string; body: string }>(
    `SELECT id, body FROM s3_configurations
     WHERE bucket = $1 AND kind = $2 AND id > $3 ORDER BY id LIMIT $4`,
    bucket,
    kind,
    page.after,
    page.limit,
  );
  return rows.map(({ id, body }) => ({ id, body: JSON.parse(body) as T })); // As in getConfiguration.
}

/** Stores a configuration as JSON, in the place of an earlier one. */
export async function putConfiguration(
  tx: Transaction,
  bucket: string,
  { kind, id = '' }: { readonly kind: ConfigurationKind; readonly id?: string },
  body: unknown,
): Promise<void> {
  await tx.run(
    `INSERT INTO s3_configurations (bucket, kind, id, body) VALUES ($1, $2, $3, $4)
     ON CONFLICT (bucket, kind, id) DO UPDATE SET body = excluded.body`,
    bucket,
    kind,
    id,
    JSON.stringify(body),
  );
}

/** @returns whether there was one */
export async function deleteConfiguration(
  tx: Transaction,
  bucket: string,
  kind: ConfigurationKind,
  id = '',
): Promise<boolean> {
  const count = await tx.run(
    'DELETE FROM s3_configurations WHERE bucket = $1 AND kind = $2 AND id = $3',
    bucket,
    kind,
    id,
  );
  return count > 0;
}
