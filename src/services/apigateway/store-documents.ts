/** What belongs to an account and not to one API: keys, usage plans, names, certificates, links; and what keys used. */
import type {
  Account,
  ApiKey,
  BasePathMapping,
  ClientCertificate,
  DomainName,
  UsagePlan,
  UsagePlanKey,
  VpcLink,
} from '#aws/models/apigateway.types.gen.ts';
import type { DomainMapping, DomainName as OwnedName } from '#aws/execute-api/index.ts';
import type { Queries, Transaction } from '#ports/world/database.ts';
import type { Place } from './model.ts';

/** A usage plan and the keys that it is for, by id. */
export interface PlanRecord extends UsagePlan {
  readonly keys: readonly UsagePlanKey[];
  readonly createdDate: number;
}

export interface DocumentKinds {
  readonly 'api-key': ApiKey;
  readonly 'usage-plan': PlanRecord;
  readonly 'domain-name': DomainName;
  /** By `DOMAIN/BASE`. */
  readonly 'base-path': BasePathMapping & { readonly domainName: string };
  readonly certificate: ClientCertificate;
  readonly 'vpc-link': VpcLink;
  readonly account: Account;
}

export type DocumentKind = keyof DocumentKinds;

/** The base path of a mapping that has none. */
export const NO_BASE_PATH = '(none)';

/** A document of an account, or `undefined`. */
export async function findDocument<Kind extends DocumentKind>(
  queries: Queries,
  { accountId, region }: Place,
  kind: Kind,
  id: string,
): Promise<DocumentKinds[Kind] | undefined> {
  const row = await queries.get<{ body: string }>(
    `SELECT body FROM apigateway_documents
     WHERE account_id = $1 AND region = $2 AND kind = $3 AND id = $4`,
    accountId,
    region,
    kind,
    id,
  );
  return row && (JSON.parse(row.body) as DocumentKinds[Kind]);
}

/** The API key of an account that has a value. */
export async function findKeyByValue(
  queries: Queries,
  { accountId, region }: Place,
  value: string,
): Promise<ApiKey | undefined> {
  const row = await queries.get<{ body: string }>(
    `SELECT body FROM apigateway_documents
     WHERE account_id = $1 AND region = $2 AND kind = 'api-key' AND lookup = $3`,
    accountId,
    region,
    value,
  );
  return row && (JSON.parse(row.body) as ApiKey);
}

/** All documents of a kind. */
export async function listDocuments<Kind extends DocumentKind>(
  queries: Queries,
  { accountId, region }: Place,
  kind: Kind,
): Promise<readonly DocumentKinds[Kind][]> {
  const rows = await queries.all<{ body: string }>(
    `SELECT body FROM apigateway_documents
     WHERE account_id = $1 AND region = $2 AND kind = $3 ORDER BY id`,
    accountId,
    region,
    kind,
  );
  return rows.map(({ body }) => JSON.parse(body) as DocumentKinds[Kind]);
}

export interface DocumentAddress<Kind extends DocumentKind> {
  readonly kind: Kind;
  readonly id: string;
  /** By what it is found beside its id: a key's value. */
  readonly lookup?: string;
}

/** Makes or replaces. */
export async function saveDocument<Kind extends DocumentKind>(
  tx: Transaction,
  { accountId, region }: Place,
  { kind, id, lookup }: DocumentAddress<Kind>,
  document: DocumentKinds[Kind],
): Promise<void> {
  await tx.run(
    `INSERT INTO apigateway_documents (account_id, region, kind, id, lookup, body)
     VALUES ($1, $2, $3, $4, $5, $6)
     ON CONFLICT (account_id, region, kind, id) DO UPDATE SET
       lookup = excluded.lookup, body = excluded.body`,
    accountId,
    region,
    kind,
    id,
    lookup ?? null,
    JSON.stringify(document),
  );
}

/** Deletes one; tells whether it was there. */
export async function deleteDocument(
  tx: Transaction,
  { accountId, region }: Place,
  kind: DocumentKind,
  id: string,
): Promise<boolean> {
  const changed = await tx.run(
    `DELETE FROM apigateway_documents
     WHERE account_id = $1 AND region = $2 AND kind = $3 AND id = $4`,
    accountId,
    region,
    kind,
    id,
  );
  return changed > 0;
}

/** Names of users' own, in all accounts and Regions. */
export async function listDomains(queries: Queries): Promise<readonly OwnedName[]> {
  const rows = await queries.all<{ readonly account_id: string; readonly id: string }>(
    "SELECT account_id, id FROM apigateway_documents WHERE kind = 'domain-name'",
  );
  return rows.map((row) => ({ name: row.id, accountId: row.account_id }));
}

/** Where an account's name leads, in all Regions. */
export async function findMappings(
  queries: Queries,
  { name, accountId }: OwnedName,
): Promise<readonly DomainMapping[]> {
  const rows = await queries.all<{ readonly body: string }>(
    "SELECT body FROM apigateway_documents WHERE account_id = $1 AND kind = 'base-path'",
    accountId,
  );
  const mappings = rows.map(({ body }) => JSON.parse(body) as DocumentKinds['base-path']);
  return mappings
    .filter(({ domainName }) => domainName.toLowerCase() === name)
    .map(({ basePath = NO_BASE_PATH, restApiId = '', stage }) => ({
      basePath: basePath === NO_BASE_PATH ? '' : basePath,
      apiId: restApiId,
      ...(stage === undefined || stage === NO_BASE_PATH ? {} : { stage }),
    }));
}

export interface UsageAddress extends Place {
  readonly planId: string;
  readonly keyId: string;
}

/** What a key used of a plan each day, from one day to another: `2026-11-23`. */
export async function readUsage(
  queries: Queries,
  { accountId, region, planId, keyId }: UsageAddress,
  { from, to }: { readonly from: string; readonly to: string },
): Promise<readonly { readonly day: string; readonly used: number }[]> {
  return await queries.all<{ day: string; used: number }>(
    `SELECT day, used FROM apigateway_usage
     WHERE account_id = $1 AND region = $2 AND plan_id = $3 AND key_id = $4
       AND day >= $5 AND day <= $6 ORDER BY day`,
    accountId,
    region,
    planId,
    keyId,
    from,
    to,
  );
}

/** Adds to what a key used on a day; negative where its owner gives it more. */
export async function addUsage(
  tx: Transaction,
  { accountId, region, planId, keyId }: UsageAddress,
  day: string,
  used: number,
): Promise<void> {
  await tx.run(
    `INSERT INTO apigateway_usage (account_id, region, plan_id, key_id, day, used)
     VALUES ($1, $2, $3, $4, $5, $6)
     ON CONFLICT (account_id, region, plan_id, key_id, day)
       DO UPDATE SET used = apigateway_usage.used + excluded.used`,
    accountId,
    region,
    planId,
    keyId,
    day,
    used,
  );
}
