/**
 * Deployments: what an API's stages serve.
 * I1 A deployment is the API as it was: nothing that is changed later reaches a stage but by another one.
 * I2 A stage that deploys by itself has its new deployment in the transaction of the change.
 * I3 Deployments that were made by themselves go once no stage serves them: their number is bounded by the stages'.
 */
import { shortId } from '#aws/execute-api/index.ts';
import type { Deployment, Stage } from '#aws/models/apigatewayv2.types.gen.ts';
import type { Queries, Transaction } from '#ports/world/database.ts';
import type { Apigatewayv2Dependencies } from './dependencies.ts';
import { badRequest } from './errors.ts';
import { partsOf, requireApi } from './find-parts.ts';
import type { OwnedApi, Place, Snapshot, SocketSnapshot } from './model.ts';
import { isWebSocket, selectionOf } from './protocol.ts';
import { deletePart, listParts, savePart } from './store.ts';

const NO_ROUTES = 'Unable to deploy API because no routes exist in this API';
const ID_LENGTH = 6;

export interface NewDeployment {
  readonly description?: string;
  readonly isAutomatic: boolean;
}

/**
 * Makes a deployment of the API as it is in this transaction.
 * @throws AwsError BadRequestException where it has no routes
 */
export async function deploy(
  dependencies: Apigatewayv2Dependencies,
  tx: Transaction,
  owned: OwnedApi,
  { description, isAutomatic }: NewDeployment,
): Promise<Deployment> {
  const snapshot = await snapshotOf(tx, owned);
  if (snapshot.routes.length === 0) throw badRequest(NO_ROUTES);
  const id = shortId(dependencies.random, ID_LENGTH);
  const deployment: Deployment = {
    AutoDeployed: isAutomatic,
    CreatedDate: dependencies.clock.now(),
    DeploymentId: id,
    DeploymentStatus: 'DEPLOYED',
    ...(description === undefined ? {} : { Description: description }),
  };
  await savePart(tx, partsOf(owned), { kind: 'deployment', id, body: { deployment, snapshot } });
  return deployment;
}

/** The API as it is now. */
export async function snapshotOf(queries: Queries, owned: OwnedApi): Promise<Snapshot> {
  const owner = partsOf(owned);
  const cors = owned.api.CorsConfiguration;
  return {
    routes: await listParts(queries, owner, 'route'),
    integrations: await listParts(queries, owner, 'integration'),
    authorizers: await listParts(queries, owner, 'authorizer'),
    ...(cors === undefined ? {} : { cors }),
    ...(isWebSocket(owned.api) ? { sockets: await socketsOf(queries, owned) } : {}),
  };
}

async function socketsOf(queries: Queries, owned: OwnedApi): Promise<SocketSnapshot> {
  return {
    selection: selectionOf(owned.api),
    keySelection: owned.api.ApiKeySelectionExpression ?? '',
    routeResponses: await listParts(queries, partsOf(owned), 'route-response'),
    integrationResponses: await listParts(queries, partsOf(owned), 'integration-response'),
  };
}

/** Changes an API in one transaction, with the deployments that follow. */
export function changeApi<Result>(
  dependencies: Apigatewayv2Dependencies,
  place: Place,
  apiId: string,
  change: (tx: Transaction, owned: OwnedApi) => Promise<Result>,
): Promise<Result> {
  return dependencies.database.transact(async (tx) => {
    const owned = await requireApi(tx, place, apiId);
    const result = await change(tx, owned);
    await autoDeploy(dependencies, tx, await requireApi(tx, place, apiId));
    return result;
  });
}

/** Deploys to the stages that want every change (I2). */
export async function autoDeploy(
  dependencies: Apigatewayv2Dependencies,
  tx: Transaction,
  owned: OwnedApi,
): Promise<void> {
  const owner = partsOf(owned);
  const stages = await listParts(tx, owner, 'stage');
  const automatic = stages.filter(({ AutoDeploy }) => AutoDeploy === true);
  if (automatic.length === 0) return;
  const hasRoutes = (await listParts(tx, owner, 'route')).length > 0;
  const change = hasRoutes
    ? deployedTo(await deploy(dependencies, tx, owned, { isAutomatic: true }))
    : { LastDeploymentStatusMessage: `Deployment attempt failed: ${NO_ROUTES}` };
  for (const stage of automatic) {
    const body: Stage = { ...stage, ...change, LastUpdatedDate: dependencies.clock.now() };
    await savePart(tx, owner, { kind: 'stage', id: stage.StageName, body });
  }
  await dropUnserved(tx, owned);
}

/** What a stage says once a deployment is on it. */
export function deployedTo({ DeploymentId = '' }: Deployment): Partial<Stage> {
  return {
    DeploymentId,
    LastDeploymentStatusMessage: `Successfully deployed stage with deployment ID '${DeploymentId}'`,
  };
}

async function dropUnserved(tx: Transaction, owned: OwnedApi): Promise<void> {
  const owner = partsOf(owned);
  const served = new Set(
    (await listParts(tx, owner, 'stage')).map(({ DeploymentId }) => DeploymentId),
  );
  for (const { deployment } of await listParts(tx, owner, 'deployment')) {
    const { DeploymentId: id = '', AutoDeployed } = deployment;
    if (AutoDeployed === true && !served.has(id)) await deletePart(tx, owner, 'deployment', id);
  }
}
