import type { Operations, Stage } from '#aws/models/apigateway.types.gen.ts';
import type { Queries } from '#ports/world/database.ts';
import type { ApiGatewayDependencies } from '../dependencies.ts';
import { badRequest, conflict, noSuch } from '../errors.ts';
import { requireApi } from '../find-parts.ts';
import { compact, type Place, type StageRecord } from '../model.ts';
import { applyPatch } from '../patch/index.ts';
import { deleteStageRow, findDeployment, findStage, listStages, saveStage } from '../store-apis.ts';
import { STAGE } from './stage-patch.ts';

/** A stage as it is told; empty variables and tags are not. */
function describeStage(stage: StageRecord): Stage {
  return { ...compact(stage), methodSettings: stage.methodSettings ?? {} };
}

/** @throws AwsError NotFoundException */
async function requireStage(
  queries: Queries,
  place: Place,
  { restApiId, stageName }: { readonly restApiId: string; readonly stageName: string },
): Promise<StageRecord> {
  await requireApi(queries, place, restApiId);
  const stage = await findStage(queries, restApiId, stageName);
  if (stage === undefined) throw noSuch('Stage');
  return stage;
}

/** @throws AwsError BadRequestException */
async function checkDeployments(
  queries: Queries,
  restApiId: string,
  { deploymentId, canarySettings }: StageRecord,
): Promise<void> {
  if ((await findDeployment(queries, restApiId, deploymentId)) === undefined) {
    throw badRequest('Deployment id does not exist');
  }
  const canaryId = canarySettings?.deploymentId;
  if (canaryId === undefined) return;
  if ((await findDeployment(queries, restApiId, canaryId)) === undefined) {
    throw badRequest('Deployment id does not exist');
  }
}

/** Shows a deployment under a name. */
export function createStage({
  database,
  clock,
}: ApiGatewayDependencies): Operations['CreateStage'] {
  return async (context, { restApiId, ...input }) => {
    checkStageName(input.stageName);
    return await database.transact(async (tx) => {
      const record = await requireApi(tx, context, restApiId);
      const version = input.documentationVersion;
      if (version !== undefined && !Object.hasOwn(record.documentationVersions, version)) {
        throw badRequest(`Invalid Documentation version specified: ${version}`);
      }
      const stage = newStage(input, clock.now());
      await checkDeployments(tx, restApiId, stage);
      if ((await findStage(tx, restApiId, input.stageName)) !== undefined) {
        throw conflict('Stage already exists');
      }
      await saveStage(tx, restApiId, stage);
      return describeStage(stage);
    });
  };
}

/** Tells of one stage. */
export function getStage({ database }: ApiGatewayDependencies): Operations['GetStage'] {
  return (context, input) =>
    database.read(async (queries) => describeStage(await requireStage(queries, context, input)));
}

/** Lists stages, of one deployment where that is asked for. */
export function getStages({ database }: ApiGatewayDependencies): Operations['GetStages'] {
  return (context, { restApiId, deploymentId }) =>
    database.read(async (queries) => {
      await requireApi(queries, context, restApiId);
      const stages = await listStages(queries, restApiId);
      const shown = stages.filter(
        (stage) => deploymentId === undefined || stage.deploymentId === deploymentId,
      );
      return { item: shown.map(describeStage) };
    });
}

/** Deletes a stage. */
export function deleteStage({ database }: ApiGatewayDependencies): Operations['DeleteStage'] {
  return (context, input) =>
    database.transact(async (tx) => {
      await requireStage(tx, context, input);
      await deleteStageRow(tx, input.restApiId, input.stageName);
      return {};
    });
}

/** Changes a stage. */
export function updateStage({
  database,
  clock,
}: ApiGatewayDependencies): Operations['UpdateStage'] {
  return (context, { patchOperations, ...input }) =>
    database.transact(async (tx) => {
      const now = await requireStage(tx, context, input);
      const patched = applyPatch(STAGE, now, patchOperations);
      const stage = { ...patched, lastUpdatedDate: clock.now() };
      await checkDeployments(tx, input.restApiId, stage);
      await saveStage(tx, input.restApiId, stage);
      return describeStage(stage);
    });
}

/** Nothing is cached of what back ends answer. */
export function flushStageCache({
  database,
}: ApiGatewayDependencies): Operations['FlushStageCache'] {
  return (context, input) =>
    database.read(async (queries) => {
      await requireStage(queries, context, input);
      return {};
    });
}

/** Forgets what authorizers decided for a stage. */
export function flushStageAuthorizersCache(
  { database }: ApiGatewayDependencies,
  forget: (restApiId: string, stageName: string) => void,
): Operations['FlushStageAuthorizersCache'] {
  return (context, input) =>
    database.read(async (queries) => {
      await requireStage(queries, context, input);
      forget(input.restApiId, input.stageName);
      return {};
    });
}

/** A stage with what is left out filled in. */
export function newStage(
  given: Stage & Pick<StageRecord, 'stageName' | 'deploymentId'>,
  nowMs: number,
): StageRecord {
  const { canarySettings } = given;
  return {
    cacheClusterStatus: 'NOT_AVAILABLE',
    methodSettings: {},
    ...given,
    cacheClusterEnabled: given.cacheClusterEnabled ?? false,
    tracingEnabled: given.tracingEnabled ?? false,
    ...(canarySettings === undefined
      ? {}
      : {
          canarySettings: {
            ...canarySettings,
            percentTraffic: canarySettings.percentTraffic ?? 0,
            useStageCache: canarySettings.useStageCache ?? false,
          },
        }),
    createdDate: nowMs,
    lastUpdatedDate: nowMs,
  };
}

/** @throws AwsError BadRequestException */
export function checkStageName(name: string): void {
  if (/^[a-zA-Z0-9_-]+$/.test(name)) return;
  throw badRequest('Stage name only allows a-zA-Z0-9_');
}
