import type { Schema } from '#ports/world/database.ts';

/**
 * Bodies are JSON of the types in model.ts. A deployment keeps the whole API as it was, which nothing changes.
 * What belongs to an account (keys, plans, names) are documents of a kind.
 */
export const apiGatewaySchema: Schema = {
  name: 'apigateway',
  steps: [
    `CREATE TABLE apigateway_apis (
      account_id TEXT NOT NULL,
      region TEXT NOT NULL,
      id TEXT NOT NULL,
      body TEXT NOT NULL,
      PRIMARY KEY (account_id, region, id)
    );
    CREATE UNIQUE INDEX apigateway_apis_id ON apigateway_apis (id);
    CREATE TABLE apigateway_deployments (
      api_id TEXT NOT NULL,
      id TEXT NOT NULL,
      body TEXT NOT NULL,
      content TEXT NOT NULL,
      PRIMARY KEY (api_id, id)
    );
    CREATE TABLE apigateway_stages (
      api_id TEXT NOT NULL,
      name TEXT NOT NULL,
      body TEXT NOT NULL,
      PRIMARY KEY (api_id, name)
    );
    CREATE TABLE apigateway_documents (
      account_id TEXT NOT NULL,
      region TEXT NOT NULL,
      kind TEXT NOT NULL,
      id TEXT NOT NULL,
      lookup TEXT,
      body TEXT NOT NULL,
      PRIMARY KEY (account_id, region, kind, id)
    );
    CREATE INDEX apigateway_documents_lookup
      ON apigateway_documents (account_id, region, kind, lookup) WHERE lookup IS NOT NULL;
    CREATE TABLE apigateway_usage (
      account_id TEXT NOT NULL,
      region TEXT NOT NULL,
      plan_id TEXT NOT NULL,
      key_id TEXT NOT NULL,
      day TEXT NOT NULL,
      used BIGINT NOT NULL,
      PRIMARY KEY (account_id, region, plan_id, key_id, day)
    )`,
  ],
};
