import type { Schema } from '#ports/world/database.ts';

/**
 * The tables of DynamoDB. A table's number, an index's and a stream's come from one sequence and
 * are never used again, so that what is deleted can be cleared away later. Keys are bytes that
 * sort: see value/key-bytes.ts.
 */
export const schema: Schema = {
  name: 'dynamodb',
  steps: [
    `
    CREATE TABLE dynamodb_numbers (id INTEGER PRIMARY KEY, next BIGINT NOT NULL);
    INSERT INTO dynamodb_numbers VALUES (1, 1);

    CREATE TABLE dynamodb_tables (
      account_id TEXT NOT NULL,
      region TEXT NOT NULL,
      name TEXT NOT NULL,
      number BIGINT NOT NULL,
      version TEXT NOT NULL,
      definition TEXT NOT NULL,
      ttl_number BIGINT,
      PRIMARY KEY (account_id, region, name)
    );
    CREATE INDEX dynamodb_tables_ttl ON dynamodb_tables (ttl_number) WHERE ttl_number IS NOT NULL;

    CREATE TABLE dynamodb_items (
      table_number BIGINT NOT NULL,
      hash_key BYTEA NOT NULL,
      range_key BYTEA NOT NULL,
      bytes BIGINT NOT NULL,
      item TEXT NOT NULL,
      PRIMARY KEY (table_number, hash_key, range_key)
    );

    CREATE TABLE dynamodb_entries (
      index_number BIGINT NOT NULL,
      hash_key BYTEA NOT NULL,
      range_key BYTEA NOT NULL,
      item_hash_key BYTEA NOT NULL,
      item_range_key BYTEA NOT NULL,
      bytes BIGINT NOT NULL,
      PRIMARY KEY (index_number, hash_key, range_key, item_hash_key, item_range_key)
    );

    CREATE TABLE dynamodb_counts (
      number BIGINT NOT NULL,
      slot INTEGER NOT NULL,
      items BIGINT NOT NULL,
      bytes BIGINT NOT NULL,
      PRIMARY KEY (number, slot)
    );

    CREATE TABLE dynamodb_chores (
      number BIGINT NOT NULL,
      kind TEXT NOT NULL,
      account_id TEXT NOT NULL,
      region TEXT NOT NULL,
      table_name TEXT NOT NULL,
      hash_key BYTEA NOT NULL,
      range_key BYTEA NOT NULL,
      PRIMARY KEY (number, kind)
    );

    CREATE TABLE dynamodb_tokens (
      account_id TEXT NOT NULL,
      region TEXT NOT NULL,
      token TEXT NOT NULL,
      request TEXT NOT NULL,
      at_ms BIGINT NOT NULL,
      PRIMARY KEY (account_id, region, token)
    );
    CREATE INDEX dynamodb_tokens_at ON dynamodb_tokens (at_ms);

    CREATE TABLE dynamodb_streams (
      number BIGINT PRIMARY KEY,
      account_id TEXT NOT NULL,
      region TEXT NOT NULL,
      table_name TEXT NOT NULL,
      label TEXT NOT NULL,
      view_type TEXT NOT NULL,
      key_schema TEXT NOT NULL,
      created_at_ms BIGINT NOT NULL,
      disabled_at_ms BIGINT,
      last_sequence BIGINT NOT NULL
    );
    CREATE UNIQUE INDEX dynamodb_streams_label ON dynamodb_streams (account_id, region, table_name, label);

    CREATE TABLE dynamodb_stream_records (
      stream_number BIGINT NOT NULL,
      sequence BIGINT NOT NULL,
      at_ms BIGINT NOT NULL,
      bytes BIGINT NOT NULL,
      record TEXT NOT NULL,
      PRIMARY KEY (stream_number, sequence)
    );
    CREATE INDEX dynamodb_stream_records_at ON dynamodb_stream_records (at_ms);
    `,
    `
    CREATE TABLE dynamodb_backups (
      account_id TEXT NOT NULL,
      region TEXT NOT NULL,
      arn TEXT PRIMARY KEY,
      table_name TEXT NOT NULL,
      created_ms BIGINT NOT NULL,
      backup TEXT NOT NULL
    );
    CREATE INDEX dynamodb_backups_of_account ON dynamodb_backups (account_id, region);
    CREATE TABLE dynamodb_exports (
      account_id TEXT NOT NULL,
      region TEXT NOT NULL,
      arn TEXT PRIMARY KEY,
      description TEXT NOT NULL
    );
    CREATE INDEX dynamodb_exports_of_account ON dynamodb_exports (account_id, region);
    `,
  ],
};
