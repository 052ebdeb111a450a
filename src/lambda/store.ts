/** Lambda's tables, and the questions about them that need SQL of their own. */
import type { Queries } from '#ports/world/database.ts';

import { LATEST } from './model/address.ts';
import type {
  AliasRecord,
  CodeSigningRecord,
  EventInvokeRecord,
  FunctionRecord,
  LayerRecord,
  LayerVersionRecord,
  PolicyRecord,
  ProvisionedRecord,
  Scope,
  UrlRecord,
  VersionRecord,
} from './model/records.ts';
import { documentTable } from './store-documents.ts';

export const functions = documentTable<FunctionRecord>({
  name: 'lambda_functions',
  keys: ['function_name'],
  keyOf: (record) => [record.functionName],
  columns: (record) => ({
    code_signing_config_arn: record.codeSigningConfigArn ?? null,
    reserved_concurrency: record.reservedConcurrency ?? null,
  }),
});

export const versions = documentTable<VersionRecord>({
  name: 'lambda_versions',
  keys: ['function_name', 'number'],
  keyOf: (record) => [record.functionName, record.number],
  columns: (record) => ({
    code_sha256: record.code.kind === 'folder' ? null : record.code.sha256,
    code_bytes: record.code.kind === 'zip' ? record.code.bytes : 0,
    layers_directory_id: record.layersDirectoryId ?? null,
  }),
});

export const aliases = documentTable<AliasRecord>({
  name: 'lambda_aliases',
  keys: ['function_name', 'name'],
  keyOf: (record) => [record.functionName, record.name],
});

export const policies = documentTable<StoredPolicy>({
  name: 'lambda_policies',
  keys: ['function_name', 'qualifier'],
  keyOf: (record) => [record.functionName, record.qualifier],
});

/** A function's policy; `$LATEST` stands for the unqualified function. */
export interface StoredPolicy extends PolicyRecord {
  readonly functionName: string;
  readonly qualifier: string;
}

export const eventInvokeConfigs = documentTable<EventInvokeRecord>({
  name: 'lambda_event_invoke_configs',
  keys: ['function_name', 'qualifier'],
  keyOf: (record) => [record.functionName, record.qualifier],
});

export const urls = documentTable<UrlRecord>({
  name: 'lambda_urls',
  keys: ['function_name', 'qualifier'],
  keyOf: (record) => [record.functionName, record.qualifier],
  columns: (record) => ({ url_id: record.urlId }),
});

export const provisioned = documentTable<ProvisionedRecord>({
  name: 'lambda_provisioned',
  keys: ['function_name', 'qualifier'],
  keyOf: (record) => [record.functionName, record.qualifier],
  columns: (record) => ({ requested: record.requested }),
});

export const layers = documentTable<LayerRecord>({
  name: 'lambda_layers',
  keys: ['layer_name'],
  keyOf: (record) => [record.layerName],
});

export const layerVersions = documentTable<LayerVersionRecord>({
  name: 'lambda_layer_versions',
  keys: ['layer_name', 'number'],
  keyOf: (record) => [record.layerName, record.number],
  columns: (record) => ({ code_sha256: record.code.sha256, code_bytes: record.code.bytes }),
});

export const codeSigningConfigs = documentTable<CodeSigningRecord>({
  name: 'lambda_code_signing_configs',
  keys: ['id'],
  keyOf: (record) => [record.id],
});

/** The URL of a host's first label, whichever account it belongs to. */
export async function findUrl(queries: Queries, urlId: string): Promise<UrlRecord | undefined> {
  const row = await queries.get<{ document: string }>(
    'SELECT document FROM lambda_urls WHERE url_id = $1',
    urlId,
  );
  return row === undefined ? undefined : (JSON.parse(row.document) as UrlRecord);
}

/** Names of the functions that use a code signing configuration, in order. */
export async function functionsByCodeSigningConfig(
  queries: Queries,
  scope: Scope,
  arn: string,
): Promise<string[]> {
  const rows = await queries.all<{ function_name: string }>(
    'SELECT function_name FROM lambda_functions ' +
      'WHERE account_id = $1 AND region = $2 AND code_signing_config_arn = $3 ORDER BY function_name',
    scope.accountId,
    scope.region,
    arn,
  );
  return rows.map((row) => row.function_name);
}

export interface AccountUsage {
  readonly functionCount: number;
  /** Of the archives of all versions and layers. */
  readonly codeBytes: number;
  /** Reserved for functions, and provisioned for functions that reserve nothing. */
  readonly reservedConcurrency: number;
}

/** What an account has used of a Region's quotas. */
export async function accountUsage(queries: Queries, scope: Scope): Promise<AccountUsage> {
  const row = await queries.get<{ functions: number; bytes: number; reserved: number }>(
    `SELECT
      (SELECT COUNT(*) FROM lambda_functions WHERE account_id = $1 AND region = $2) AS functions,
      (SELECT COALESCE(SUM(code_bytes), 0) FROM lambda_versions WHERE account_id = $1 AND region = $2)
        + (SELECT COALESCE(SUM(code_bytes), 0) FROM lambda_layer_versions WHERE account_id = $1 AND region = $2) AS bytes,
      (SELECT COALESCE(SUM(reserved_concurrency), 0) FROM lambda_functions WHERE account_id = $1 AND region = $2)
        + (SELECT COALESCE(SUM(p.requested), 0) FROM lambda_provisioned p
           JOIN lambda_functions f ON f.account_id = p.account_id AND f.region = p.region
             AND f.function_name = p.function_name
           WHERE p.account_id = $1 AND p.region = $2 AND f.reserved_concurrency IS NULL) AS reserved`,
    scope.accountId,
    scope.region,
  );
  return {
    functionCount: row?.functions ?? 0,
    codeBytes: row?.bytes ?? 0,
    reservedConcurrency: row?.reserved ?? 0,
  };
}

export interface ScopedReservation extends Scope {
  readonly reserved: number;
}

/** Concurrency of each account and Region that is set aside: reserved, or provisioned without being reserved. */
export function reservations(queries: Queries): Promise<ScopedReservation[]> {
  return queries.all<ScopedReservation>(
    `SELECT account_id AS "accountId", region, SUM(kept) AS reserved FROM (
       SELECT account_id, region, reserved_concurrency AS kept FROM lambda_functions
         WHERE reserved_concurrency IS NOT NULL
       UNION ALL
       SELECT p.account_id, p.region, p.requested AS kept FROM lambda_provisioned p
         JOIN lambda_functions f ON f.account_id = p.account_id AND f.region = p.region
           AND f.function_name = p.function_name
         WHERE f.reserved_concurrency IS NULL) AS asides
       GROUP BY account_id, region`,
  );
}

export interface ScopedProvisioned extends Scope {
  readonly functionName: string;
  readonly qualifier: string;
  readonly requested: number;
}

/** All provisioned concurrency of all accounts. */
export function allProvisioned(queries: Queries): Promise<ScopedProvisioned[]> {
  return queries.all<ScopedProvisioned>(
    'SELECT account_id AS "accountId", region, function_name AS "functionName", qualifier, requested ' +
      'FROM lambda_provisioned ORDER BY account_id, region, function_name, qualifier',
  );
}

/** Functions whose runtimes are looked at. */
const LOOKED_AT_MAX = 1000;

/** The runtimes of functions, of the first ones where there are very many. */
export async function someRuntimes(queries: Queries): Promise<readonly string[]> {
  const rows = await queries.all<{ document: string }>(
    `SELECT document FROM lambda_versions WHERE number = 0 LIMIT ${LOOKED_AT_MAX}`,
  );
  // As documentTable writes them.
  const records = rows.map((row) => JSON.parse(row.document) as VersionRecord);
  return [...new Set(records.flatMap(({ settings }) => settings.Runtime ?? []))];
}

/** The number under which no version is stored. */
const NO_VERSION = -1;

/**
 * The number under which a qualifier that is no alias is stored. A version has one spelling: `01` names none,
 * and `0`, under which `$LATEST` is stored, does not either.
 */
export function versionNumber(qualifier: string): number {
  if (qualifier === LATEST) return 0;
  return /^[1-9]\d*$/.test(qualifier) ? Number(qualifier) : NO_VERSION;
}
