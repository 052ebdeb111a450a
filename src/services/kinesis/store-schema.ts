import type { Schema } from '#ports/world/database.ts';

/** Tables of Kinesis Data Streams. Times are ms since 1970; hash keys are decimal texts. */
export const kinesisSchema: Schema = {
  name: 'kinesis',
  steps: [
    `CREATE TABLE kinesis_streams (
      stream_id TEXT PRIMARY KEY,
      account_id TEXT NOT NULL,
      region TEXT NOT NULL,
      name TEXT NOT NULL,
      created_ms BIGINT NOT NULL,
      changing TEXT NOT NULL,
      settled_ms BIGINT NOT NULL,
      settings TEXT NOT NULL,
      last_sequence BIGINT NOT NULL,
      UNIQUE (account_id, region, name)
    );
    CREATE TABLE kinesis_shards (
      stream_id TEXT NOT NULL,
      shard_index INTEGER NOT NULL,
      start_hash TEXT NOT NULL,
      end_hash TEXT NOT NULL,
      parent_index INTEGER,
      adjacent_parent_index INTEGER,
      opened_sequence BIGINT NOT NULL,
      opened_ms BIGINT NOT NULL,
      closed_sequence BIGINT,
      closed_ms BIGINT,
      PRIMARY KEY (stream_id, shard_index)
    );
    CREATE TABLE kinesis_records (
      stream_id TEXT NOT NULL,
      shard_index INTEGER NOT NULL,
      sequence BIGINT NOT NULL,
      at_ms BIGINT NOT NULL,
      bytes INTEGER NOT NULL,
      partition_key TEXT,
      data BLOB NOT NULL,
      PRIMARY KEY (stream_id, shard_index, sequence)
    );
    CREATE INDEX kinesis_records_arrival ON kinesis_records (stream_id, at_ms);
    CREATE TABLE kinesis_consumers (
      stream_id TEXT NOT NULL,
      name TEXT NOT NULL,
      arn TEXT NOT NULL,
      created_ms BIGINT NOT NULL,
      tags TEXT NOT NULL,
      policy TEXT,
      PRIMARY KEY (stream_id, name)
    );
    CREATE TABLE kinesis_deleted_streams (
      stream_id TEXT PRIMARY KEY
    )`,
  ],
};
