/** Repositories on the database, and the key of tokens. */
import type { Queries, Transaction } from '#ports/world/database.ts';
import { repositoryNotFound } from './errors.ts';
import { pathOf, type Repository, type RepositoryAddress } from './model.ts';

interface Row {
  readonly body: string;
}

/** The repository of an address, or `undefined`. */
export async function findRepository(
  queries: Queries,
  address: RepositoryAddress,
): Promise<Repository | undefined> {
  const sql = 'SELECT body FROM ecr_repositories WHERE repository = $1';
  const row = await queries.get<Row>(sql, pathOf(address));
  // What saveRepository has stored, here and below.
  return row && (JSON.parse(row.body) as Repository);
}

/** @throws AwsError RepositoryNotFoundException */
export async function requireRepository(
  queries: Queries,
  address: RepositoryAddress,
): Promise<Repository> {
  const repository = await findRepository(queries, address);
  if (repository === undefined) throw repositoryNotFound(address);
  return repository;
}

/** An account's repositories of a Region, by name, behind `after`. */
export async function listRepositories(
  queries: Queries,
  { accountId, region }: Pick<RepositoryAddress, 'accountId' | 'region'>,
  after: string,
  limit: number,
): Promise<Repository[]> {
  const rows = await queries.all<Row>(
    `SELECT body FROM ecr_repositories WHERE account_id = $1 AND region = $2 AND name > $3
     ORDER BY name LIMIT $4`,
    accountId,
    region,
    after,
    limit,
  );
  return rows.map(({ body }) => JSON.parse(body) as Repository);
}

/** How many repositories an account has in a Region. */
export async function countRepositories(
  queries: Queries,
  { accountId, region }: Pick<RepositoryAddress, 'accountId' | 'region'>,
): Promise<number> {
  const sql =
    'SELECT count(*) AS count FROM ecr_repositories WHERE account_id = $1 AND region = $2';
  const row = await queries.get<{ readonly count: number }>(sql, accountId, region);
  return Number(row?.count ?? 0);
}

/** Adds a repository, or replaces the one of its name. */
export async function saveRepository(tx: Transaction, repository: Repository): Promise<void> {
  await tx.run(
    `INSERT INTO ecr_repositories (repository, account_id, region, name, body)
     VALUES ($1, $2, $3, $4, $5) ON CONFLICT (repository) DO UPDATE SET body = excluded.body`,
    pathOf(repository),
    repository.accountId,
    repository.region,
    repository.name,
    JSON.stringify(repository),
  );
}

/**
 * Deletes a repository with all that is in it.
 * @returns the blobs of its layers and uploads, named elsewhere or not
 */
export async function deleteRepositoryRows(
  tx: Transaction,
  address: RepositoryAddress,
): Promise<readonly string[]> {
  const repository = pathOf(address);
  const uploads = 'SELECT id FROM ecr_uploads WHERE repository = $1';
  const taken = [
    ...(await tx.all<{ readonly blob_id: string }>(
      `DELETE FROM ecr_upload_parts WHERE upload_id IN (${uploads}) RETURNING blob_id`,
      repository,
    )),
    ...(await tx.all<{ readonly blob_id: string }>(
      'DELETE FROM ecr_layers WHERE repository = $1 RETURNING blob_id',
      repository,
    )),
  ];
  for (const table of ['uploads', 'references', 'tags', 'images', 'repositories']) {
    await tx.run(`DELETE FROM ecr_${table} WHERE repository = $1`, repository);
  }
  return taken.map(({ blob_id: id }) => id);
}

/** The key by which tokens are sealed: the one that is kept, or `fresh`, which is kept from then on. */
export async function tokenKey(tx: Transaction, fresh: string): Promise<string> {
  await tx.run(
    'INSERT INTO ecr_token_key (id, value) VALUES (1, $1) ON CONFLICT (id) DO NOTHING',
    fresh,
  );
  const sql = 'SELECT value FROM ecr_token_key WHERE id = 1';
  const row = await tx.get<{ readonly value: string }>(sql);
  return row?.value ?? fresh;
}
