import type { Schema } from '#ports/world/database.ts';

import { DURABLE_STANDINGS, DURABLE_TABLES } from './durable/schema.ts';

/**
 * Lambda's tables. A record is one JSON document; beside it stand its key and what is searched for.
 * The code of all accounts lies together, by its digest: the same bytes are kept once.
 */
export const LAMBDA_SCHEMA: Schema = {
  name: 'lambda',
  steps: [
    `
CREATE TABLE lambda_functions (
  account_id TEXT NOT NULL, region TEXT NOT NULL, function_name TEXT NOT NULL,
  code_signing_config_arn TEXT, reserved_concurrency INTEGER, document TEXT NOT NULL,
  PRIMARY KEY (account_id, region, function_name)
);
CREATE TABLE lambda_versions (
  account_id TEXT NOT NULL, region TEXT NOT NULL, function_name TEXT NOT NULL, number INTEGER NOT NULL,
  code_sha256 TEXT, code_bytes INTEGER NOT NULL, layers_directory_id TEXT, document TEXT NOT NULL,
  PRIMARY KEY (account_id, region, function_name, number)
);
CREATE INDEX lambda_versions_code ON lambda_versions (code_sha256);
CREATE INDEX lambda_versions_layers ON lambda_versions (layers_directory_id);
CREATE TABLE lambda_aliases (
  account_id TEXT NOT NULL, region TEXT NOT NULL, function_name TEXT NOT NULL, name TEXT NOT NULL,
  document TEXT NOT NULL,
  PRIMARY KEY (account_id, region, function_name, name)
);
CREATE TABLE lambda_policies (
  account_id TEXT NOT NULL, region TEXT NOT NULL, function_name TEXT NOT NULL, qualifier TEXT NOT NULL,
  document TEXT NOT NULL,
  PRIMARY KEY (account_id, region, function_name, qualifier)
);
CREATE TABLE lambda_event_invoke_configs (
  account_id TEXT NOT NULL, region TEXT NOT NULL, function_name TEXT NOT NULL, qualifier TEXT NOT NULL,
  document TEXT NOT NULL,
  PRIMARY KEY (account_id, region, function_name, qualifier)
);
CREATE TABLE lambda_urls (
  account_id TEXT NOT NULL, region TEXT NOT NULL, function_name TEXT NOT NULL, qualifier TEXT NOT NULL,
  url_id TEXT NOT NULL UNIQUE, document TEXT NOT NULL,
  PRIMARY KEY (account_id, region, function_name, qualifier)
);
CREATE TABLE lambda_provisioned (
  account_id TEXT NOT NULL, region TEXT NOT NULL, function_name TEXT NOT NULL, qualifier TEXT NOT NULL,
  requested INTEGER NOT NULL, document TEXT NOT NULL,
  PRIMARY KEY (account_id, region, function_name, qualifier)
);
CREATE TABLE lambda_layers (
  account_id TEXT NOT NULL, region TEXT NOT NULL, layer_name TEXT NOT NULL, document TEXT NOT NULL,
  PRIMARY KEY (account_id, region, layer_name)
);
CREATE TABLE lambda_layer_versions (
  account_id TEXT NOT NULL, region TEXT NOT NULL, layer_name TEXT NOT NULL, number INTEGER NOT NULL,
  code_sha256 TEXT NOT NULL, code_bytes INTEGER NOT NULL, document TEXT NOT NULL,
  PRIMARY KEY (account_id, region, layer_name, number)
);
CREATE INDEX lambda_layer_versions_code ON lambda_layer_versions (code_sha256);
CREATE TABLE lambda_code_signing_configs (
  account_id TEXT NOT NULL, region TEXT NOT NULL, id TEXT NOT NULL, document TEXT NOT NULL,
  PRIMARY KEY (account_id, region, id)
);
CREATE TABLE lambda_code (
  sha256 TEXT PRIMARY KEY, bytes INTEGER NOT NULL, blob_id TEXT NOT NULL,
  directory_id TEXT NOT NULL, unzipped_bytes INTEGER NOT NULL, used_at_ms INTEGER NOT NULL
);
CREATE TABLE lambda_layer_trees (
  layers TEXT PRIMARY KEY, directory_id TEXT NOT NULL, unzipped_bytes INTEGER NOT NULL,
  used_at_ms INTEGER NOT NULL
);
CREATE TABLE lambda_secrets (name TEXT PRIMARY KEY, value TEXT NOT NULL);
CREATE TABLE lambda_async_events (
  id TEXT PRIMARY KEY, account_id TEXT NOT NULL, region TEXT NOT NULL, function_name TEXT NOT NULL,
  qualifier TEXT NOT NULL, lane TEXT NOT NULL, payload BLOB NOT NULL, accepted_at_ms INTEGER NOT NULL,
  due_at_ms INTEGER NOT NULL, claims INTEGER NOT NULL, owner TEXT NOT NULL, attempts INTEGER NOT NULL,
  throttles INTEGER NOT NULL, trace_header TEXT, last_failure TEXT
);
CREATE INDEX lambda_async_events_due ON lambda_async_events (lane, due_at_ms);
CREATE INDEX lambda_async_events_owner ON lambda_async_events (owner) WHERE owner <> '';
`,
    `
CREATE TABLE lambda_provisioned_periods (
  account_id TEXT NOT NULL, region TEXT NOT NULL, function_name TEXT NOT NULL, qualifier TEXT NOT NULL,
  from_ms BIGINT NOT NULL, enabled_at_ms BIGINT NOT NULL, until_ms BIGINT, x86_mib BIGINT NOT NULL,
  arm_mib BIGINT NOT NULL,
  PRIMARY KEY (account_id, region, function_name, qualifier, from_ms)
);
`,
    `
ALTER TABLE lambda_async_events ADD COLUMN tenant_id TEXT;
`,
    `
CREATE TABLE lambda_compiled (
  code_directory_id TEXT NOT NULL, layers_directory_id TEXT NOT NULL, family TEXT NOT NULL,
  compiler TEXT NOT NULL, directory_id TEXT,
  PRIMARY KEY (code_directory_id, layers_directory_id, family, compiler)
);
`,
    DURABLE_TABLES,
    DURABLE_STANDINGS,
  ],
};
