import type { Schema } from '#ports/world/database.ts';

/** A metric is a name with its dimensions; its points are one a minute (or second) and unit. */
export const schema: Schema = {
  name: 'metrics',
  steps: [
    `
    CREATE TABLE metric_number (kind TEXT PRIMARY KEY, value BIGINT NOT NULL);
    CREATE TABLE metric (
      metric_id BIGINT PRIMARY KEY, account_id TEXT NOT NULL, region TEXT NOT NULL, namespace TEXT NOT NULL,
      name TEXT NOT NULL, dimensions TEXT NOT NULL, last_ms BIGINT NOT NULL,
      UNIQUE (account_id, region, namespace, name, dimensions)
    );
    CREATE TABLE metric_point (
      metric_id BIGINT NOT NULL, at_ms BIGINT NOT NULL, unit TEXT NOT NULL, sample_count DOUBLE PRECISION NOT NULL,
      total DOUBLE PRECISION NOT NULL, minimum DOUBLE PRECISION NOT NULL, maximum DOUBLE PRECISION NOT NULL,
      counts TEXT NOT NULL, PRIMARY KEY (metric_id, at_ms, unit)
    );
    CREATE INDEX metric_point_by_time ON metric_point (at_ms);
    CREATE TABLE metric_alarm (
      account_id TEXT NOT NULL, region TEXT NOT NULL, name TEXT NOT NULL, kind TEXT NOT NULL, settings TEXT NOT NULL,
      tags TEXT NOT NULL, state TEXT NOT NULL, configured_at_ms BIGINT NOT NULL,
      PRIMARY KEY (account_id, region, name)
    );
    `,
    `
    CREATE TABLE metric_dashboard (
      account_id TEXT NOT NULL, name TEXT NOT NULL, body TEXT NOT NULL, modified_ms BIGINT NOT NULL,
      PRIMARY KEY (account_id, name)
    );
    `,
    `
    CREATE TABLE metric_document (
      account_id TEXT NOT NULL, region TEXT NOT NULL, kind TEXT NOT NULL, name TEXT NOT NULL,
      body TEXT NOT NULL, tags TEXT NOT NULL, PRIMARY KEY (account_id, region, kind, name)
    );
    CREATE TABLE metric_alarm_history (
      account_id TEXT NOT NULL, region TEXT NOT NULL, at_ms BIGINT NOT NULL, item INTEGER NOT NULL,
      alarm_name TEXT NOT NULL, alarm_type TEXT NOT NULL, item_type TEXT NOT NULL,
      summary TEXT NOT NULL, data TEXT NOT NULL, PRIMARY KEY (account_id, region, at_ms, item)
    );
    CREATE INDEX metric_alarm_history_by_time ON metric_alarm_history (at_ms);
    `,
  ],
};
