import type { Schema } from '#ports/world/database.ts';

/** A body is JSON of the type in model.ts; columns beside it are what is searched. Times are ms since 1970. */
export const eventsSchema: Schema = {
  name: 'events',
  steps: [
    `CREATE TABLE events_documents (
      account_id TEXT NOT NULL,
      region TEXT NOT NULL,
      kind TEXT NOT NULL,
      name TEXT NOT NULL,
      body TEXT NOT NULL,
      PRIMARY KEY (account_id, region, kind, name)
    );
    CREATE TABLE events_rules (
      account_id TEXT NOT NULL,
      region TEXT NOT NULL,
      bus TEXT NOT NULL,
      name TEXT NOT NULL,
      pattern TEXT,
      is_enabled INTEGER NOT NULL,
      next_firing_ms BIGINT,
      body TEXT NOT NULL,
      PRIMARY KEY (account_id, region, bus, name)
    );
    CREATE INDEX events_rules_due ON events_rules (next_firing_ms) WHERE next_firing_ms IS NOT NULL;
    CREATE TABLE events_targets (
      account_id TEXT NOT NULL,
      region TEXT NOT NULL,
      bus TEXT NOT NULL,
      rule TEXT NOT NULL,
      target_id TEXT NOT NULL,
      arn TEXT NOT NULL,
      body TEXT NOT NULL,
      PRIMARY KEY (account_id, region, bus, rule, target_id)
    );
    CREATE INDEX events_targets_arn ON events_targets (account_id, region, bus, arn)`,
    `CREATE TABLE events_archived (
      account_id TEXT NOT NULL,
      region TEXT NOT NULL,
      archive TEXT NOT NULL,
      at_ms BIGINT NOT NULL,
      event_id TEXT NOT NULL,
      bytes INTEGER NOT NULL,
      event TEXT NOT NULL,
      PRIMARY KEY (account_id, region, archive, at_ms, event_id)
    );
    CREATE INDEX events_documents_kind ON events_documents (kind)`,
    `CREATE TABLE events_posts (
      id TEXT PRIMARY KEY,
      account_id TEXT NOT NULL,
      region TEXT NOT NULL,
      destination_arn TEXT NOT NULL,
      due_at_ms BIGINT NOT NULL,
      attempts INTEGER NOT NULL,
      payload BLOB NOT NULL,
      body TEXT NOT NULL
    );
    CREATE INDEX events_posts_due ON events_posts (destination_arn, due_at_ms)`,
  ],
};
