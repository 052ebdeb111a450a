import type { Operations } from '#aws/models/apigatewayv2.types.gen.ts';
import { deploy, deployedTo } from '../deploy.ts';
import type { Apigatewayv2Dependencies } from '../dependencies.ts';
import { badRequest } from '../errors.ts';
import { partsOf, requireApi, requirePart } from '../find-parts.ts';
import { deletePart, listParts, savePart } from '../store.ts';
import { listPage, readPart } from './read-parts.ts';

/** Takes the API as it is, and puts it on a stage where one is named. */
export function createDeployment(
  dependencies: Apigatewayv2Dependencies,
): Operations['CreateDeployment'] {
  const { database, clock } = dependencies;
  return async (context, { ApiId, Description, StageName: name }) =>
    database.transact(async (tx) => {
      const owned = await requireApi(tx, context, ApiId);
      const owner = partsOf(owned);
      const stage = name === undefined ? undefined : await requirePart(tx, owner, 'stage', name);
      if (stage?.AutoDeploy === true) {
        throw badRequest('Deployment cannot be made for a stage with AutoDeploy enabled');
      }
      const described = Description === undefined ? {} : { description: Description };
      const made = await deploy(dependencies, tx, owned, { ...described, isAutomatic: false });
      if (stage !== undefined) {
        const body = { ...stage, ...deployedTo(made), LastUpdatedDate: clock.now() };
        await savePart(tx, owner, { kind: 'stage', id: stage.StageName, body });
      }
      return made;
    });
}

/** Tells of one deployment. */
export function getDeployment({ database }: Apigatewayv2Dependencies): Operations['GetDeployment'] {
  return async (context, { ApiId, DeploymentId }) =>
    (await readPart(database, { context, ApiId }, 'deployment', DeploymentId)).deployment;
}

/** Lists an API's deployments, a page at a time. */
export function getDeployments({
  database,
}: Apigatewayv2Dependencies): Operations['GetDeployments'] {
  return async (context, input) => {
    const { Items, ...next } = await listPage(database, context, input, 'deployment');
    return { Items: Items.map(({ deployment }) => deployment), ...next };
  };
}

/** Changes the description. */
export function updateDeployment({
  database,
}: Apigatewayv2Dependencies): Operations['UpdateDeployment'] {
  return async (context, { ApiId, DeploymentId: id, Description }) =>
    database.transact(async (tx) => {
      const owner = partsOf(await requireApi(tx, context, ApiId));
      const kept = await requirePart(tx, owner, 'deployment', id);
      const described = Description === undefined ? {} : { Description };
      const deployment = { ...kept.deployment, ...described };
      await savePart(tx, owner, { kind: 'deployment', id, body: { ...kept, deployment } });
      return deployment;
    });
}

/** Deletes a deployment that no stage serves. */
export function deleteDeployment({
  database,
}: Apigatewayv2Dependencies): Operations['DeleteDeployment'] {
  return async (context, { ApiId, DeploymentId: id }) => {
    await database.transact(async (tx) => {
      const owner = partsOf(await requireApi(tx, context, ApiId));
      await requirePart(tx, owner, 'deployment', id);
      const stages = await listParts(tx, owner, 'stage');
      if (stages.some(({ DeploymentId }) => DeploymentId === id)) {
        throw badRequest('Active stages pointing to this deployment must be moved or deleted');
      }
      await deletePart(tx, owner, 'deployment', id);
    });
    return {};
  };
}
