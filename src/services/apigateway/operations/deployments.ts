import type {
  CanarySettings,
  CreateDeploymentRequest,
  Deployment,
  MethodSnapshot,
  Operations,
} from '#aws/models/apigateway.types.gen.ts';
import type { Transaction } from '#ports/world/database.ts';
import type { ApiGatewayDependencies } from '../dependencies.ts';
import { badRequest, noSuch, notFound } from '../errors.ts';
import { requireApi } from '../find-parts.ts';
import { newId } from '../ids.ts';
import {
  compact,
  pathOf,
  type ApiContent,
  type ApiRecord,
  type DeploymentRecord,
} from '../model.ts';
import { pageOf } from '../paging.ts';
import { applyPatch, refuseByTable, text, type PatchTable } from '../patch/index.ts';
import {
  deleteDeploymentRow,
  findContent,
  findDeployment,
  findStage,
  insertDeployment,
  listDeployments,
  listStages,
  saveStage,
  updateDeploymentRow,
} from '../store-apis.ts';
import { checkStageName, newStage } from './stages.ts';

/** What a deployment keeps of an API. */
function contentOf(record: ApiRecord): ApiContent {
  const { api, resources, models, validators, authorizers, gatewayResponses } = record;
  return { api, resources, models, validators, authorizers, gatewayResponses };
}

/** @throws AwsError BadRequestException */
function checkMethods({ resources }: ApiRecord): void {
  const methods = Object.values(resources).flatMap((one) => Object.values(one.methods));
  if (methods.length === 0) throw badRequest("The REST API doesn't contain any methods");
  if (methods.some(({ methodIntegration }) => methodIntegration === undefined)) {
    throw badRequest('No integration defined for method');
  }
}

/** Keeps an API as it is now, for stages to show; a stage that is named shows it at once. */
export function createDeployment(
  dependencies: ApiGatewayDependencies,
): Operations['CreateDeployment'] {
  const { database, random, clock } = dependencies;
  return async (context, input) => {
    const { restApiId, stageName, description, canarySettings } = input;
    return await database.transact(async (tx) => {
      const record = await requireApi(tx, context, restApiId);
      checkMethods(record);
      if (canarySettings !== undefined && !stageName) {
        throw badRequest(
          'Invalid deployment content specified.Non null and non empty stageName must be provided for canary deployment. Provided value is ' +
            (stageName === undefined ? 'null' : ''),
        );
      }
      const deployment: DeploymentRecord = compact({
        id: newId(random),
        description,
        createdDate: clock.now(),
      });
      if (stageName) await showAt(dependencies, tx, input, deployment.id);
      await insertDeployment(tx, restApiId, deployment, contentOf(record));
      return deployment;
    });
  };
}

/** Makes the stage that a deployment names, or lets it show the deployment; to a part of callers where that is asked for. */
async function showAt(
  { clock }: ApiGatewayDependencies,
  tx: Transaction,
  input: CreateDeploymentRequest,
  deploymentId: string,
): Promise<void> {
  const { restApiId, stageName = '', canarySettings, variables, tracingEnabled } = input;
  const nowMs = clock.now();
  checkStageName(stageName);
  const now = await findStage(tx, restApiId, stageName);
  if (canarySettings !== undefined) {
    if (now === undefined) {
      throw badRequest(
        'Invalid deployment content specified.Stage non-existing must already be created before making a canary release deployment'.replace(
          'non-existing',
          stageName,
        ),
      );
    }
    const canary: CanarySettings = compact({
      percentTraffic: canarySettings.percentTraffic ?? 0,
      stageVariableOverrides: canarySettings.stageVariableOverrides,
      useStageCache: canarySettings.useStageCache ?? false,
      deploymentId,
    });
    await saveStage(tx, restApiId, { ...now, canarySettings: canary, lastUpdatedDate: nowMs });
    return;
  }
  const { cacheClusterEnabled, cacheClusterSize, stageDescription: description } = input;
  const given = compact({
    variables,
    tracingEnabled,
    description,
    cacheClusterEnabled,
    cacheClusterSize,
  });
  const stage =
    now === undefined
      ? newStage({ ...given, stageName, deploymentId }, nowMs)
      : { ...now, ...given, deploymentId, lastUpdatedDate: nowMs };
  await saveStage(tx, restApiId, stage);
}

/** Tells of one deployment; with its methods where that is asked for. */
export function getDeployment({ database }: ApiGatewayDependencies): Operations['GetDeployment'] {
  return (context, { restApiId, deploymentId, embed = [] }) =>
    database.read(async (queries) => {
      await requireApi(queries, context, restApiId);
      const deployment = await findDeployment(queries, restApiId, deploymentId);
      if (deployment === undefined) throw noSuch('Deployment');
      if (!embed.some((one) => one.toLowerCase() === 'apisummary')) return deployment;
      const content = await findContent(queries, restApiId, deploymentId);
      return content === undefined ? deployment : { ...deployment, apiSummary: summaryOf(content) };
    });
}

/** Each method of a deployment, by its path and name. */
function summaryOf({ resources }: ApiContent): NonNullable<Deployment['apiSummary']> {
  const summary: Record<string, Record<string, MethodSnapshot>> = {};
  for (const resource of Object.values(resources)) {
    const methods = Object.entries(resource.methods).map(([name, method]) => [
      name,
      compact({
        authorizationType: method.authorizationType,
        apiKeyRequired: method.apiKeyRequired ?? false,
      }),
    ]);
    if (methods.length > 0) summary[pathOf(resources, resource)] = Object.fromEntries(methods);
  }
  return summary;
}

/** Lists deployments, the newest first. */
export function getDeployments({ database }: ApiGatewayDependencies): Operations['GetDeployments'] {
  return (context, input) =>
    database.read(async (queries) => {
      await requireApi(queries, context, input.restApiId);
      const deployments = [...(await listDeployments(queries, input.restApiId))];
      deployments.sort((a, b) => (b.createdDate ?? 0) - (a.createdDate ?? 0));
      return pageOf<Deployment>(deployments, input);
    });
}

/** Deletes a deployment that no stage shows. */
export function deleteDeployment({
  database,
}: ApiGatewayDependencies): Operations['DeleteDeployment'] {
  return (context, { restApiId, deploymentId }) =>
    database.transact(async (tx) => {
      await requireApi(tx, context, restApiId);
      if ((await findDeployment(tx, restApiId, deploymentId)) === undefined) {
        throw notFound('Invalid Deployment identifier specified');
      }
      const stages = await listStages(tx, restApiId);
      const isShown = stages.some(
        (stage) =>
          stage.deploymentId === deploymentId ||
          stage.canarySettings?.deploymentId === deploymentId,
      );
      if (isShown) {
        throw badRequest('Active stages pointing to this deployment must be moved or deleted');
      }
      await deleteDeploymentRow(tx, restApiId, deploymentId);
      return {};
    });
}

const DEPLOYMENT: PatchTable = {
  refuse: refuseByTable(['/description']),
  fields: [text('/description')],
};

/** Changes a deployment's description. */
export function updateDeployment({
  database,
}: ApiGatewayDependencies): Operations['UpdateDeployment'] {
  return (context, { restApiId, deploymentId, patchOperations }) =>
    database.transact(async (tx) => {
      await requireApi(tx, context, restApiId);
      const now = await findDeployment(tx, restApiId, deploymentId);
      if (now === undefined) throw noSuch('Deployment');
      const deployment = applyPatch(DEPLOYMENT, now, patchOperations);
      await updateDeploymentRow(tx, restApiId, deployment);
      return deployment;
    });
}
