import type { Schema } from '#ports/world/database.ts';

/**
 * Groups and streams have numbers of their own, so that a deleted one's events can be cleared away later
 * while another takes its name. A chunk is a few events of one stream in one row, in order.
 */
export const schema: Schema = {
  name: 'logs',
  steps: [
    `
    CREATE TABLE log_number (kind TEXT PRIMARY KEY, value BIGINT NOT NULL);
    CREATE TABLE log_group (
      group_id BIGINT PRIMARY KEY, account_id TEXT NOT NULL, region TEXT NOT NULL, name TEXT NOT NULL,
      created_at_ms BIGINT NOT NULL, retention_days BIGINT, kms_key_id TEXT, class TEXT NOT NULL,
      is_protected BIGINT NOT NULL, tags TEXT NOT NULL, UNIQUE (account_id, region, name)
    );
    CREATE TABLE log_stream (
      stream_id BIGINT PRIMARY KEY, group_id BIGINT NOT NULL, name TEXT NOT NULL, created_at_ms BIGINT NOT NULL,
      first_event_ms BIGINT, last_event_ms BIGINT, ingested_at_ms BIGINT, stored_bytes BIGINT NOT NULL,
      chunk_count BIGINT NOT NULL, UNIQUE (group_id, name)
    );
    CREATE TABLE log_chunk (
      stream_id BIGINT NOT NULL, number BIGINT NOT NULL, group_id BIGINT NOT NULL,
      first_ms BIGINT NOT NULL, last_ms BIGINT NOT NULL, ingested_at_ms BIGINT NOT NULL,
      bytes BIGINT NOT NULL, content BYTEA NOT NULL, PRIMARY KEY (stream_id, number)
    );
    CREATE INDEX log_chunk_by_stream ON log_chunk (stream_id, first_ms);
    CREATE INDEX log_chunk_by_group ON log_chunk (group_id, first_ms);
    CREATE TABLE log_garbage (group_id BIGINT NOT NULL, stream_id BIGINT NOT NULL, PRIMARY KEY (group_id, stream_id));
    CREATE TABLE log_filter (
      group_id BIGINT NOT NULL, kind TEXT NOT NULL, name TEXT NOT NULL, pattern TEXT NOT NULL,
      created_at_ms BIGINT NOT NULL, settings TEXT NOT NULL, PRIMARY KEY (group_id, kind, name)
    );
    CREATE TABLE log_setting (
      account_id TEXT NOT NULL, region TEXT NOT NULL, kind TEXT NOT NULL, name TEXT NOT NULL,
      changed_at_ms BIGINT NOT NULL, settings TEXT NOT NULL, PRIMARY KEY (account_id, region, kind, name)
    );
    `,
  ],
};
