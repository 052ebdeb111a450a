import { shortId } from '#aws/execute-api/index.ts';
import type { Operations, Route } from '#aws/models/apigatewayv2.types.gen.ts';
import { checkRoute } from '../check-route.ts';
import { changeApi } from '../deploy.ts';
import type { Apigatewayv2Dependencies } from '../dependencies.ts';
import { notFound, tooMany } from '../errors.ts';
import { partNotFound, partsOf, requirePart } from '../find-parts.ts';
import { ROUTES_MAX } from '../limits.ts';
import { deletePart, listParts, savePart } from '../store.ts';
import { listPage, readPart } from './read-parts.ts';
import { deleteResponses } from './responses.ts';

const ID_LENGTH = 7;

/** Makes a route to an integration, or to none yet. */
export function createRoute(dependencies: Apigatewayv2Dependencies): Operations['CreateRoute'] {
  return async (context, { ApiId, ...settings }) =>
    changeApi(dependencies, context, ApiId, async (tx, owned) => {
      const owner = partsOf(owned);
      if ((await listParts(tx, owner, 'route')).length >= ROUTES_MAX) {
        throw tooMany(`Maximum number of routes for this API is ${ROUTES_MAX}`);
      }
      const id = shortId(dependencies.random, ID_LENGTH);
      const body: Route = {
        ...settings,
        ApiKeyRequired: settings.ApiKeyRequired ?? false,
        AuthorizationType: settings.AuthorizationType ?? 'NONE',
        RouteId: id,
      };
      await checkRoute(tx, owned, body);
      await savePart(tx, owner, { kind: 'route', id, body });
      return body;
    });
}

/** Tells of one route. */
export function getRoute({ database }: Apigatewayv2Dependencies): Operations['GetRoute'] {
  return async (context, { ApiId, RouteId }) =>
    readPart(database, { context, ApiId }, 'route', RouteId);
}

/** Lists an API's routes, a page at a time. */
export function getRoutes({ database }: Apigatewayv2Dependencies): Operations['GetRoutes'] {
  return async (context, input) => listPage(database, context, input, 'route');
}

/** Changes what is given. */
export function updateRoute(dependencies: Apigatewayv2Dependencies): Operations['UpdateRoute'] {
  return async (context, { ApiId, RouteId: id, ...changes }) =>
    changeApi(dependencies, context, ApiId, async (tx, owned) => {
      const owner = partsOf(owned);
      const known = await requirePart(tx, owner, 'route', id);
      const changed: Route = { ...known, ...changes };
      const isOpen = ['NONE', 'AWS_IAM'].includes(changed.AuthorizationType ?? 'NONE');
      const body = isOpen ? withoutAuthorizer(changed) : changed;
      await checkRoute(tx, owned, body);
      await savePart(tx, owner, { kind: 'route', id, body });
      return body;
    });
}

function withoutAuthorizer({ AuthorizerId: _id, ...route }: Route): Route {
  return route;
}

/** Deletes a route. */
export function deleteRoute(dependencies: Apigatewayv2Dependencies): Operations['DeleteRoute'] {
  return async (context, { ApiId, RouteId: id }) => {
    await changeApi(dependencies, context, ApiId, async (tx, owned) => {
      if (!(await deletePart(tx, partsOf(owned), 'route', id))) throw partNotFound('route', id);
      await deleteResponses(tx, owned, 'route-response', id);
    });
    return {};
  };
}

/** Takes one request parameter of a route away. */
export function deleteRouteRequestParameter(
  dependencies: Apigatewayv2Dependencies,
): Operations['DeleteRouteRequestParameter'] {
  return async (context, { ApiId, RouteId: id, RequestParameterKey: key }) => {
    await changeApi(dependencies, context, ApiId, async (tx, owned) => {
      const route = await requirePart(tx, partsOf(owned), 'route', id);
      const { [key]: found, ...RequestParameters } = route.RequestParameters ?? {};
      if (found === undefined) throw notFound(`Invalid request parameter specified ${key}`);
      const body = { ...route, RequestParameters };
      await savePart(tx, partsOf(owned), { kind: 'route', id, body });
    });
    return {};
  };
}
