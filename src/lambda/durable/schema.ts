/**
 * Executions, their operations and their histories; a step of Lambda's schema. `due_at_ms` of an execution is the
 * first time at which anything has to be done for it; of an operation, when something falls due for that. Both are
 * steady.
 */
export const DURABLE_TABLES = `
CREATE TABLE durable_executions (
  id TEXT PRIMARY KEY, account_id TEXT NOT NULL, region TEXT NOT NULL, function_name TEXT NOT NULL,
  version TEXT NOT NULL, name TEXT NOT NULL, status TEXT NOT NULL, started_at_ms BIGINT NOT NULL,
  ended_at_ms BIGINT, invocation_id TEXT NOT NULL, invoke_at_ms BIGINT, deadline_ms BIGINT NOT NULL,
  due_at_ms BIGINT, details TEXT NOT NULL, outcome TEXT,
  UNIQUE (account_id, region, function_name, name)
);
CREATE INDEX durable_executions_due ON durable_executions (due_at_ms) WHERE due_at_ms IS NOT NULL;
CREATE INDEX durable_executions_listed ON durable_executions
  (account_id, region, function_name, started_at_ms, id);
CREATE INDEX durable_executions_invoked ON durable_executions (id) WHERE invocation_id <> '';
CREATE TABLE durable_operations (
  execution_id TEXT NOT NULL, id TEXT NOT NULL, place BIGINT NOT NULL, changed BIGINT NOT NULL,
  due_at_ms BIGINT, claimed BIGINT NOT NULL, document TEXT NOT NULL,
  PRIMARY KEY (execution_id, id)
);
CREATE INDEX durable_operations_placed ON durable_operations (execution_id, place);
CREATE INDEX durable_operations_changed ON durable_operations (execution_id, changed);
CREATE INDEX durable_operations_due ON durable_operations (execution_id, due_at_ms)
  WHERE due_at_ms IS NOT NULL;
CREATE INDEX durable_operations_claimed ON durable_operations (execution_id) WHERE claimed = 1;
CREATE TABLE durable_events (
  execution_id TEXT NOT NULL, number BIGINT NOT NULL, document TEXT NOT NULL,
  PRIMARY KEY (execution_id, number)
);
`;

/** What an operation waits for. Those of an older version are taken to wait for something until they change. */
export const DURABLE_STANDINGS = `
ALTER TABLE durable_operations ADD COLUMN standing TEXT NOT NULL DEFAULT 'waiting';
CREATE INDEX durable_operations_standing ON durable_operations (execution_id, standing) WHERE standing <> '';
`;
