/** HTTP APIs and their parts on the database: the only SQL of this service. */
import type { DomainMapping, DomainName as OwnedName } from '#aws/execute-api/index.ts';
import type { Api } from '#aws/models/apigatewayv2.types.gen.ts';
import type { Queries, Schema, Transaction } from '#ports/world/database.ts';
import type { OwnedApi, PartKind, Parts, Place } from './model.ts';

/** Bodies are JSON of the types in model.ts; times are ms since 1970. */
export const apigatewayv2Schema: Schema = {
  name: 'apigatewayv2',
  steps: [
    `CREATE TABLE apigatewayv2_apis (
      api_id TEXT NOT NULL PRIMARY KEY,
      account_id TEXT NOT NULL,
      region TEXT NOT NULL,
      body TEXT NOT NULL
    );
    CREATE INDEX apigatewayv2_apis_place ON apigatewayv2_apis (account_id, region, api_id);
    CREATE TABLE apigatewayv2_parts (
      account_id TEXT NOT NULL,
      region TEXT NOT NULL,
      owner TEXT NOT NULL,
      kind TEXT NOT NULL,
      id TEXT NOT NULL,
      body TEXT NOT NULL,
      PRIMARY KEY (account_id, region, owner, kind, id)
    )`,
  ],
};

interface ApiRow {
  readonly api_id: string;
  readonly account_id: string;
  readonly region: string;
  readonly body: string;
}

function ownedApi(row: ApiRow): OwnedApi {
  return {
    apiId: row.api_id,
    accountId: row.account_id,
    region: row.region,
    // What saveApi has stored.
    api: JSON.parse(row.body) as Api,
  };
}

/** An API by its id alone, whoever owns it. */
export async function findApi(queries: Queries, apiId: string): Promise<OwnedApi | undefined> {
  const row = await queries.get<ApiRow>('SELECT * FROM apigatewayv2_apis WHERE api_id = $1', apiId);
  return row && ownedApi(row);
}

/** All APIs of an account and Region, by id. */
export async function listApis(
  queries: Queries,
  { accountId, region }: Place,
): Promise<OwnedApi[]> {
  const rows = await queries.all<ApiRow>(
    'SELECT * FROM apigatewayv2_apis WHERE account_id = $1 AND region = $2 ORDER BY api_id',
    accountId,
    region,
  );
  return rows.map(ownedApi);
}

/** Adds an API, or replaces the one of its id. */
export async function saveApi(tx: Transaction, owned: OwnedApi): Promise<void> {
  await tx.run(
    `INSERT INTO apigatewayv2_apis (api_id, account_id, region, body) VALUES ($1, $2, $3, $4)
     ON CONFLICT (api_id) DO UPDATE SET body = excluded.body`,
    owned.apiId,
    owned.accountId,
    owned.region,
    JSON.stringify(owned.api),
  );
}

/** Deletes an API with all that belongs to it. */
export async function deleteApiRows(tx: Transaction, { apiId, ...place }: OwnedApi): Promise<void> {
  await deleteParts(tx, { ...place, owner: apiId });
  await tx.run('DELETE FROM apigatewayv2_apis WHERE api_id = $1', apiId);
}

/** Whose parts: an API's id, a domain's name, or nobody's. */
export interface Owner extends Place {
  readonly owner: string;
}

/** A part by its kind and id. */
export async function findPart<Kind extends PartKind>(
  queries: Queries,
  { accountId, region, owner }: Owner,
  kind: Kind,
  id: string,
): Promise<Parts[Kind] | undefined> {
  const row = await queries.get<{ readonly body: string }>(
    `SELECT body FROM apigatewayv2_parts
     WHERE account_id = $1 AND region = $2 AND owner = $3 AND kind = $4 AND id = $5`,
    accountId,
    region,
    owner,
    kind,
    id,
  );
  // What savePart has stored for this kind.
  return row && (JSON.parse(row.body) as Parts[Kind]);
}

/** All parts of a kind, by id. */
export async function listParts<Kind extends PartKind>(
  queries: Queries,
  { accountId, region, owner }: Owner,
  kind: Kind,
): Promise<Parts[Kind][]> {
  const rows = await queries.all<{ readonly body: string }>(
    `SELECT body FROM apigatewayv2_parts
     WHERE account_id = $1 AND region = $2 AND owner = $3 AND kind = $4 ORDER BY id`,
    accountId,
    region,
    owner,
    kind,
  );
  return rows.map(({ body }) => JSON.parse(body) as Parts[Kind]);
}

/** Names of users' own, in all accounts and Regions. */
export async function listDomains(queries: Queries): Promise<readonly OwnedName[]> {
  const rows = await queries.all<{ readonly account_id: string; readonly id: string }>(
    "SELECT account_id, id FROM apigatewayv2_parts WHERE owner = '' AND kind = 'domain-name'",
  );
  return rows.map((row) => ({ name: row.id, accountId: row.account_id }));
}

/** Where an account's name leads, in all Regions. */
export async function findMappings(
  queries: Queries,
  { name, accountId }: OwnedName,
): Promise<readonly DomainMapping[]> {
  const rows = await queries.all<{ readonly body: string }>(
    `SELECT body FROM apigatewayv2_parts
     WHERE account_id = $1 AND owner = $2 AND kind = 'api-mapping'`,
    accountId,
    name,
  );
  return rows
    .map(({ body }) => JSON.parse(body) as Parts['api-mapping'])
    .map(({ ApiMappingKey = '', ApiId, Stage }) => ({
      basePath: ApiMappingKey,
      apiId: ApiId,
      stage: Stage,
    }));
}

/** Adds a part, or replaces the one of its id. */
export async function savePart<Kind extends PartKind>(
  tx: Transaction,
  { accountId, region, owner }: Owner,
  { kind, id, body }: { readonly kind: Kind; readonly id: string; readonly body: Parts[Kind] },
): Promise<void> {
  await tx.run(
    `INSERT INTO apigatewayv2_parts (account_id, region, owner, kind, id, body)
     VALUES ($1, $2, $3, $4, $5, $6)
     ON CONFLICT (account_id, region, owner, kind, id) DO UPDATE SET body = excluded.body`,
    accountId,
    region,
    owner,
    kind,
    id,
    JSON.stringify(body),
  );
}

/** Deletes one part; false where there was none. */
export async function deletePart(
  tx: Transaction,
  { accountId, region, owner }: Owner,
  kind: PartKind,
  id: string,
): Promise<boolean> {
  const changed = await tx.run(
    `DELETE FROM apigatewayv2_parts
     WHERE account_id = $1 AND region = $2 AND owner = $3 AND kind = $4 AND id = $5`,
    accountId,
    region,
    owner,
    kind,
    id,
  );
  return changed > 0;
}

/** Deletes all that belongs to an owner. */
export async function deleteParts(
  tx: Transaction,
  { accountId, region, owner }: Owner,
): Promise<void> {
  await tx.run(
    'DELETE FROM apigatewayv2_parts WHERE account_id = $1 AND region = $2 AND owner = $3',
    accountId,
    region,
    owner,
  );
}

/** Deletes all of an owner's parts of one kind. */
export async function deletePartsOfKind(
  tx: Transaction,
  { accountId, region, owner }: Owner,
  kind: PartKind,
): Promise<void> {
  await tx.run(
    `DELETE FROM apigatewayv2_parts
     WHERE account_id = $1 AND region = $2 AND owner = $3 AND kind = $4`,
    accountId,
    region,
    owner,
    kind,
  );
}
