/** APIs, their deployments and stages on the database. */
import type { Queries, Transaction } from '#ports/world/database.ts';
import type { ApiContent, ApiRecord, DeploymentRecord, Place, StageRecord } from './model.ts';

interface Body {
  readonly body: string;
}

/** An account's API, or `undefined`. */
export async function findApi(
  queries: Queries,
  { accountId, region }: Place,
  id: string,
): Promise<ApiRecord | undefined> {
  const row = await queries.get<Body>(
    'SELECT body FROM apigateway_apis WHERE account_id = $1 AND region = $2 AND id = $3',
    accountId,
    region,
    id,
  );
  return row && (JSON.parse(row.body) as ApiRecord);
}

/** Where an API lives, whosever it is: what a host name leads to. */
export async function findPlaceOfApi(queries: Queries, id: string): Promise<Place | undefined> {
  const row = await queries.get<{ account_id: string; region: string }>(
    'SELECT account_id, region FROM apigateway_apis WHERE id = $1',
    id,
  );
  return row && { accountId: row.account_id, region: row.region };
}

/** All APIs of an account in a Region. */
export async function listApis(
  queries: Queries,
  { accountId, region }: Place,
): Promise<readonly ApiRecord[]> {
  const rows = await queries.all<Body>(
    'SELECT body FROM apigateway_apis WHERE account_id = $1 AND region = $2',
    accountId,
    region,
  );
  return rows.map(({ body }) => JSON.parse(body) as ApiRecord);
}

/** Makes or replaces. */
export async function saveApi(tx: Transaction, record: ApiRecord): Promise<void> {
  await tx.run(
    `INSERT INTO apigateway_apis (account_id, region, id, body) VALUES ($1, $2, $3, $4)
     ON CONFLICT (account_id, region, id) DO UPDATE SET body = excluded.body`,
    record.accountId,
    record.region,
    record.id,
    JSON.stringify(record),
  );
}

/** Deletes an API with its deployments and stages. */
export async function deleteApi(
  tx: Transaction,
  { accountId, region }: Place,
  id: string,
): Promise<void> {
  await tx.run(
    'DELETE FROM apigateway_apis WHERE account_id = $1 AND region = $2 AND id = $3',
    accountId,
    region,
    id,
  );
  await tx.run('DELETE FROM apigateway_deployments WHERE api_id = $1', id);
  await tx.run('DELETE FROM apigateway_stages WHERE api_id = $1', id);
}

/** An API's deployment, or `undefined`. */
export async function findDeployment(
  queries: Queries,
  apiId: string,
  id: string,
): Promise<DeploymentRecord | undefined> {
  const row = await queries.get<Body>(
    'SELECT body FROM apigateway_deployments WHERE api_id = $1 AND id = $2',
    apiId,
    id,
  );
  return row && (JSON.parse(row.body) as DeploymentRecord);
}

/** What was deployed. */
export async function findContent(
  queries: Queries,
  apiId: string,
  id: string,
): Promise<ApiContent | undefined> {
  const row = await queries.get<{ content: string }>(
    'SELECT content FROM apigateway_deployments WHERE api_id = $1 AND id = $2',
    apiId,
    id,
  );
  return row && (JSON.parse(row.content) as ApiContent);
}

/** All deployments of an API. */
export async function listDeployments(
  queries: Queries,
  apiId: string,
): Promise<readonly DeploymentRecord[]> {
  const rows = await queries.all<Body>(
    'SELECT body FROM apigateway_deployments WHERE api_id = $1',
    apiId,
  );
  return rows.map(({ body }) => JSON.parse(body) as DeploymentRecord);
}

/** Makes a deployment; its content stays as it is. */
export async function insertDeployment(
  tx: Transaction,
  apiId: string,
  deployment: DeploymentRecord,
  content: ApiContent,
): Promise<void> {
  await tx.run(
    'INSERT INTO apigateway_deployments (api_id, id, body, content) VALUES ($1, $2, $3, $4)',
    apiId,
    deployment.id,
    JSON.stringify(deployment),
    JSON.stringify(content),
  );
}

/** Changes what is told of a deployment. */
export async function updateDeploymentRow(
  tx: Transaction,
  apiId: string,
  deployment: DeploymentRecord,
): Promise<void> {
  await tx.run(
    'UPDATE apigateway_deployments SET body = $3 WHERE api_id = $1 AND id = $2',
    apiId,
    deployment.id,
    JSON.stringify(deployment),
  );
}

/** Deletes a deployment. */
export async function deleteDeploymentRow(
  tx: Transaction,
  apiId: string,
  id: string,
): Promise<void> {
  await tx.run('DELETE FROM apigateway_deployments WHERE api_id = $1 AND id = $2', apiId, id);
}

/** A stage of an API, or `undefined`. */
export async function findStage(
  queries: Queries,
  apiId: string,
  name: string,
): Promise<StageRecord | undefined> {
  const row = await queries.get<Body>(
    'SELECT body FROM apigateway_stages WHERE api_id = $1 AND name = $2',
    apiId,
    name,
  );
  return row && (JSON.parse(row.body) as StageRecord);
}

/** All stages of an API, by name. */
export async function listStages(queries: Queries, apiId: string): Promise<readonly StageRecord[]> {
  const rows = await queries.all<Body>(
    'SELECT body FROM apigateway_stages WHERE api_id = $1 ORDER BY name',
    apiId,
  );
  return rows.map(({ body }) => JSON.parse(body) as StageRecord);
}

/** Makes or replaces. */
export async function saveStage(tx: Transaction, apiId: string, stage: StageRecord): Promise<void> {
  await tx.run(
    `INSERT INTO apigateway_stages (api_id, name, body) VALUES ($1, $2, $3)
     ON CONFLICT (api_id, name) DO UPDATE SET body = excluded.body`,
    apiId,
    stage.stageName,
    JSON.stringify(stage),
  );
}

/** Deletes a stage. */
export async function deleteStageRow(tx: Transaction, apiId: string, name: string): Promise<void> {
  await tx.run('DELETE FROM apigateway_stages WHERE api_id = $1 AND name = $2', apiId, name);
}
