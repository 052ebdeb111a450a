import { shortId } from '#aws/execute-api/index.ts';
import type { Integration, Operations } from '#aws/models/apigatewayv2.types.gen.ts';
import { changeApi } from '../deploy.ts';
import type { Apigatewayv2Dependencies } from '../dependencies.ts';
import { conflict, tooMany } from '../errors.ts';
import { partNotFound, partsOf, requirePart } from '../find-parts.ts';
import { integrationOf, updatedIntegration } from '../integration.ts';
import { INTEGRATIONS_MAX } from '../limits.ts';
import { deletePart, listParts, savePart } from '../store.ts';
import { listPage, readPart } from './read-parts.ts';
import { deleteResponses } from './responses.ts';

const ID_LENGTH = 7;

/** Makes an integration, which routes may name. */
export function createIntegration(
  dependencies: Apigatewayv2Dependencies,
): Operations['CreateIntegration'] {
  return async (context, { ApiId, ...settings }) =>
    changeApi(dependencies, context, ApiId, async (tx, owned) => {
      const owner = partsOf(owned);
      if ((await listParts(tx, owner, 'integration')).length >= INTEGRATIONS_MAX) {
        throw tooMany(`Maximum number of integrations for this API is ${INTEGRATIONS_MAX}`);
      }
      const id = shortId(dependencies.random, ID_LENGTH);
      const body: Integration = { ...integrationOf(owned.api, settings), IntegrationId: id };
      await savePart(tx, owner, { kind: 'integration', id, body });
      return body;
    });
}

/** Tells of one integration. */
export function getIntegration({
  database,
}: Apigatewayv2Dependencies): Operations['GetIntegration'] {
  return async (context, { ApiId, IntegrationId }) =>
    readPart(database, { context, ApiId }, 'integration', IntegrationId);
}

/** Lists an API's integrations, a page at a time. */
export function getIntegrations({
  database,
}: Apigatewayv2Dependencies): Operations['GetIntegrations'] {
  return async (context, input) => listPage(database, context, input, 'integration');
}

/** Changes what is given. */
export function updateIntegration(
  dependencies: Apigatewayv2Dependencies,
): Operations['UpdateIntegration'] {
  return async (context, input) =>
    changeApi(dependencies, context, input.ApiId, async (tx, owned) => {
      const { IntegrationId: id } = input;
      const known = await requirePart(tx, partsOf(owned), 'integration', id);
      const body = updatedIntegration(owned.api, known, input);
      await savePart(tx, partsOf(owned), { kind: 'integration', id, body });
      return body;
    });
}

/** Deletes an integration that no route names. */
export function deleteIntegration(
  dependencies: Apigatewayv2Dependencies,
): Operations['DeleteIntegration'] {
  return async (context, { ApiId, IntegrationId: id }) => {
    await changeApi(dependencies, context, ApiId, async (tx, owned) => {
      const routes = await listParts(tx, partsOf(owned), 'route');
      const user = routes.find(({ Target }) => Target === `integrations/${id}`);
      if (user !== undefined) {
        throw conflict(`Cannot delete Integration '${id}' referenced by route '${user.RouteKey}'`);
      }
      if (!(await deletePart(tx, partsOf(owned), 'integration', id))) {
        throw partNotFound('integration', id);
      }
      await deleteResponses(tx, owned, 'integration-response', id);
    });
    return {};
  };
}
