import type { Schema } from '#ports/world/database.ts';

/** Tables of AWS STS: it has no Regions. Times are ms since 1970. */
export const stsSchema: Schema = {
  name: 'sts',
  steps: [
    `CREATE TABLE sts_root (
      account_id TEXT PRIMARY KEY,
      access_key_id TEXT NOT NULL UNIQUE,
      secret_access_key TEXT NOT NULL,
      created_ms BIGINT NOT NULL
    );
    CREATE TABLE sts_sessions (
      access_key_id TEXT PRIMARY KEY,
      account_id TEXT NOT NULL,
      secret_access_key TEXT NOT NULL,
      session_token TEXT NOT NULL,
      principal_arn TEXT NOT NULL,
      principal_id TEXT NOT NULL,
      transitive_tags TEXT NOT NULL,
      expires_ms BIGINT NOT NULL
    );
    CREATE INDEX sts_sessions_expiry ON sts_sessions (expires_ms)`,
    `ALTER TABLE sts_sessions ADD COLUMN session TEXT NOT NULL DEFAULT '{}'`,
  ],
};
