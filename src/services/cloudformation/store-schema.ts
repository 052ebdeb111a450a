import type { Schema } from '#ports/world/database.ts';

/** Bodies are JSON of the types in model.ts. */
export const cloudformationSchema: Schema = {
  name: 'cloudformation',
  steps: [
    `CREATE TABLE cloudformation_stacks (
      account_id TEXT NOT NULL,
      region TEXT NOT NULL,
      stack_id TEXT NOT NULL PRIMARY KEY,
      name TEXT NOT NULL,
      is_deleted INTEGER NOT NULL,
      is_working INTEGER NOT NULL,
      created_ms BIGINT NOT NULL,
      body TEXT NOT NULL
    );
    CREATE INDEX cloudformation_stacks_name
      ON cloudformation_stacks (account_id, region, name, is_deleted);
    CREATE INDEX cloudformation_stacks_working
      ON cloudformation_stacks (is_working) WHERE is_working = 1;
    CREATE TABLE cloudformation_resources (
      stack_id TEXT NOT NULL,
      logical_id TEXT NOT NULL,
      body TEXT NOT NULL,
      PRIMARY KEY (stack_id, logical_id)
    );
    CREATE TABLE cloudformation_leftovers (
      stack_id TEXT NOT NULL,
      physical_id TEXT NOT NULL,
      logical_id TEXT NOT NULL,
      body TEXT NOT NULL,
      PRIMARY KEY (stack_id, logical_id, physical_id)
    );
    CREATE TABLE cloudformation_events (
      stack_id TEXT NOT NULL,
      number BIGINT NOT NULL,
      body TEXT NOT NULL,
      PRIMARY KEY (stack_id, number)
    );
    CREATE TABLE cloudformation_change_sets (
      change_set_id TEXT NOT NULL PRIMARY KEY,
      stack_id TEXT NOT NULL,
      name TEXT NOT NULL,
      body TEXT NOT NULL
    );
    CREATE INDEX cloudformation_change_sets_stack ON cloudformation_change_sets (stack_id, name);
    CREATE TABLE cloudformation_exports (
      account_id TEXT NOT NULL,
      region TEXT NOT NULL,
      name TEXT NOT NULL,
      stack_id TEXT NOT NULL,
      value TEXT NOT NULL,
      PRIMARY KEY (account_id, region, name)
    );
    CREATE TABLE cloudformation_imports (
      account_id TEXT NOT NULL,
      region TEXT NOT NULL,
      name TEXT NOT NULL,
      stack_id TEXT NOT NULL,
      PRIMARY KEY (account_id, region, name, stack_id)
    );
    CREATE TABLE cloudformation_responses (
      token TEXT NOT NULL PRIMARY KEY,
      stack_id TEXT NOT NULL,
      body TEXT
    )`,
    `CREATE TABLE cloudformation_numbered_leftovers (
      stack_id TEXT NOT NULL,
      number BIGINT NOT NULL,
      logical_id TEXT NOT NULL,
      body TEXT NOT NULL,
      PRIMARY KEY (stack_id, number)
    );
    INSERT INTO cloudformation_numbered_leftovers (stack_id, number, logical_id, body)
      SELECT stack_id, ROW_NUMBER() OVER (PARTITION BY stack_id ORDER BY logical_id, physical_id),
        logical_id, body
      FROM cloudformation_leftovers;
    DROP TABLE cloudformation_leftovers;
    ALTER TABLE cloudformation_numbered_leftovers RENAME TO cloudformation_leftovers`,
  ],
};
