import type { Operations, Stage, UpdateStageRequest } from '#aws/models/apigatewayv2.types.gen.ts';
import type { Transaction } from '#ports/world/database.ts';
import { checkTags } from '../check-settings.ts';
import { changeApi, deployedTo } from '../deploy.ts';
import type { Apigatewayv2Dependencies } from '../dependencies.ts';
import { badRequest, conflict, notFound, tooMany } from '../errors.ts';
import { partNotFound, partsOf, requireApi, requirePart } from '../find-parts.ts';
import { mergedTexts } from '../integration.ts';
import { STAGES_MAX } from '../limits.ts';
import { DEFAULT_STAGE, type OwnedApi } from '../model.ts';
import { isWebSocket } from '../protocol.ts';
import { deletePart, findPart, listParts, savePart } from '../store.ts';
import { listPage, readPart } from './read-parts.ts';

/** Makes a stage; one that deploys by itself has its first deployment at once. */
export function createStage(dependencies: Apigatewayv2Dependencies): Operations['CreateStage'] {
  const { clock } = dependencies;
  return async (context, { ApiId, ...settings }) => {
    const name = settings.StageName;
    checkTags(settings.Tags ?? {});
    checkStage(settings);
    await changeApi(dependencies, context, ApiId, async (tx, owned) => {
      const owner = partsOf(owned);
      if (name === DEFAULT_STAGE && isWebSocket(owned.api)) throw invalidStageName();
      if ((await findPart(tx, owner, 'stage', name)) !== undefined) {
        throw conflict('Stage already exists');
      }
      if ((await listParts(tx, owner, 'stage')).length >= STAGES_MAX) {
        throw tooMany(`Maximum number of stages for this API is ${STAGES_MAX}`);
      }
      const nowMs = clock.now();
      const body: Stage = {
        ...settings,
        ...(await deploymentOf(tx, owned, settings.DeploymentId)),
        CreatedDate: nowMs,
        DefaultRouteSettings: { DetailedMetricsEnabled: false, ...settings.DefaultRouteSettings },
        LastUpdatedDate: nowMs,
        RouteSettings: settings.RouteSettings ?? {},
        StageVariables: settings.StageVariables ?? {},
        Tags: settings.Tags ?? {},
      };
      await savePart(tx, owner, { kind: 'stage', id: name, body });
    });
    return readPart(dependencies.database, { context, ApiId }, 'stage', name);
  };
}

/** Tells of one stage. */
export function getStage({ database }: Apigatewayv2Dependencies): Operations['GetStage'] {
  return async (context, { ApiId, StageName }) =>
    readPart(database, { context, ApiId }, 'stage', StageName);
}

/** Lists an API's stages, a page at a time. */
export function getStages({ database }: Apigatewayv2Dependencies): Operations['GetStages'] {
  return async (context, input) => listPage(database, context, input, 'stage');
}

/** Changes what is given; an empty text takes a variable away. */
export function updateStage(dependencies: Apigatewayv2Dependencies): Operations['UpdateStage'] {
  return async (context, input) => {
    const { ApiId, StageName: name, ...changes } = input;
    checkStage(input);
    await changeApi(dependencies, context, ApiId, async (tx, owned) => {
      const owner = partsOf(owned);
      const known = await requirePart(tx, owner, 'stage', name);
      const body: Stage = {
        ...known,
        ...changes,
        ...(await deploymentOf(tx, owned, changes.DeploymentId)),
        ...mergedSettings(known, changes),
        LastUpdatedDate: dependencies.clock.now(),
      };
      await savePart(tx, owner, { kind: 'stage', id: name, body });
    });
    return readPart(dependencies.database, { context, ApiId }, 'stage', name);
  };
}

function mergedSettings(
  known: Stage,
  { StageVariables, RouteSettings, DefaultRouteSettings }: Partial<UpdateStageRequest>,
): Partial<Stage> {
  return {
    ...(StageVariables && { StageVariables: mergedTexts(known.StageVariables, StageVariables) }),
    ...(RouteSettings && { RouteSettings: { ...known.RouteSettings, ...RouteSettings } }),
    ...(DefaultRouteSettings && {
      DefaultRouteSettings: { ...known.DefaultRouteSettings, ...DefaultRouteSettings },
    }),
  };
}

/** Deletes a stage; its deployment stays. */
export function deleteStage(dependencies: Apigatewayv2Dependencies): Operations['DeleteStage'] {
  return async (context, { ApiId, StageName: name }) => {
    await changeApi(dependencies, context, ApiId, async (tx, owned) => {
      if (!(await deletePart(tx, partsOf(owned), 'stage', name))) throw partNotFound('stage', name);
    });
    return {};
  };
}

/** The settings of one route fall back on the stage's. */
export function deleteRouteSettings(
  dependencies: Apigatewayv2Dependencies,
): Operations['DeleteRouteSettings'] {
  return async (context, { ApiId, StageName, RouteKey }) => {
    await changeStage(dependencies, context, { ApiId, StageName }, (stage) => {
      const { [RouteKey]: found, ...RouteSettings } = stage.RouteSettings ?? {};
      if (found === undefined) throw notFound(`Invalid route settings specified ${RouteKey}`);
      return { ...stage, RouteSettings };
    });
    return {};
  };
}

/** The stage logs no more who came. */
export function deleteAccessLogSettings(
  dependencies: Apigatewayv2Dependencies,
): Operations['DeleteAccessLogSettings'] {
  return async (context, input) => {
    await changeStage(
      dependencies,
      context,
      input,
      ({ AccessLogSettings: _log, ...stage }) => stage,
    );
    return {};
  };
}

function changeStage(
  { database, clock }: Apigatewayv2Dependencies,
  context: Parameters<Operations['GetStage']>[0],
  { ApiId, StageName: id }: { readonly ApiId: string; readonly StageName: string },
  change: (stage: Stage) => Stage,
): Promise<void> {
  return database.transact(async (tx) => {
    const owner = partsOf(await requireApi(tx, context, ApiId));
    const stage = await requirePart(tx, owner, 'stage', id);
    const body = { ...change(stage), LastUpdatedDate: clock.now() };
    await savePart(tx, owner, { kind: 'stage', id, body });
  });
}

/** What a stage says of the deployment that it is given. @throws AwsError NotFoundException */
async function deploymentOf(
  tx: Transaction,
  owned: OwnedApi,
  id: string | undefined,
): Promise<Partial<Stage>> {
  if (id === undefined) return {};
  return deployedTo((await requirePart(tx, partsOf(owned), 'deployment', id)).deployment);
}

function checkStage(stage: Pick<Stage, 'StageName' | 'AutoDeploy' | 'DeploymentId'>): void {
  const { StageName: name, AutoDeploy, DeploymentId } = stage;
  if (name !== DEFAULT_STAGE && !/^[\w-]{1,128}$/.test(name)) {
    throw invalidStageName();
  }
  if (AutoDeploy === true && DeploymentId !== undefined) {
    throw badRequest('DeploymentId cannot be set for a stage with AutoDeploy enabled');
  }
}

function invalidStageName(): Error {
  return badRequest('Stage name only allows a-zA-Z0-9_-');
}
