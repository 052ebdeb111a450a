/** What WebSocket APIs answer: responses of routes and of integrations. */
import { shortId } from '#aws/execute-api/index.ts';
import type {
  IntegrationResponse,
  Operations,
  RouteResponse,
} from '#aws/models/apigatewayv2.types.gen.ts';
import type { Queries, Transaction } from '#ports/world/database.ts';
import { changeApi } from '../deploy.ts';
import type { Apigatewayv2Dependencies } from '../dependencies.ts';
import { badRequest, conflict } from '../errors.ts';
import { partNotFound, partsOf, requireApi, requirePart } from '../find-parts.ts';
import type { OwnedApi, Parts, Place } from '../model.ts';
import { pageOf } from '../paging.ts';
import { isWebSocket } from '../protocol.ts';
import { RESPONSE_KEY } from '../sockets/keys.ts';
import { deletePart, listParts, savePart } from '../store.ts';

const ID_LENGTH = 6;

type ResponseKind = 'route-response' | 'integration-response';
type Response<Kind extends ResponseKind> = Parts[Kind]['response'];

const PARENTS = { 'route-response': 'route', 'integration-response': 'integration' } as const;

/** Whose response: of a route or an integration of an API. */
interface Parent<Kind extends ResponseKind> {
  readonly kind: Kind;
  readonly ApiId: string;
  readonly parentId: string;
}

/** Makes the response of a route. */
export function createRouteResponse(
  dependencies: Apigatewayv2Dependencies,
): Operations['CreateRouteResponse'] {
  return async (context, { ApiId, RouteId, ...settings }) =>
    create(dependencies, context, { kind: 'route-response', ApiId, parentId: RouteId }, (id) => ({
      ...settings,
      RouteResponseId: id,
    }));
}

/** Makes a response of an integration. */
export function createIntegrationResponse(
  dependencies: Apigatewayv2Dependencies,
): Operations['CreateIntegrationResponse'] {
  return async (context, { ApiId, IntegrationId: parentId, ...settings }) =>
    create(dependencies, context, { kind: 'integration-response', ApiId, parentId }, (id) => ({
      ...settings,
      IntegrationResponseId: id,
    }));
}

async function create<Kind extends ResponseKind>(
  dependencies: Apigatewayv2Dependencies,
  context: Place,
  parent: Parent<Kind>,
  make: (id: string) => Response<Kind>,
): Promise<Response<Kind>> {
  return changeApi(dependencies, context, parent.ApiId, async (tx, owned) => {
    if (!isWebSocket(owned.api)) {
      throw badRequest('Responses of routes and integrations are not supported for HTTP APIs');
    }
    await requirePart(tx, partsOf(owned), PARENTS[parent.kind], parent.parentId);
    const id = shortId(dependencies.random, ID_LENGTH);
    return save(tx, owned, parent, { id, response: make(id) });
  });
}

async function save<Kind extends ResponseKind>(
  tx: Transaction,
  owned: OwnedApi,
  { kind, parentId }: Parent<Kind>,
  { id, response }: { readonly id: string; readonly response: Response<Kind> },
): Promise<Response<Kind>> {
  const key = keyOf(response);
  const isExpression = kind === 'integration-response' && /^\/.+\/$/.test(key);
  if (key !== RESPONSE_KEY && !isExpression) throw badRequest(`Invalid response key ${key}`);
  const others = (await listParts(tx, partsOf(owned), kind)).filter(
    (one) => one.parentId === parentId && idOf(one.response) !== id,
  );
  if (others.some((one) => keyOf(one.response) === key)) {
    throw conflict(`Response with key ${key} already exists`);
  }
  const body = { parentId, response } as Parts[Kind]; // The response is the kind's own.
  await savePart(tx, partsOf(owned), { kind, id: `${parentId}/${id}`, body });
  return response;
}

function keyOf(response: RouteResponse | IntegrationResponse): string {
  return 'RouteResponseKey' in response
    ? response.RouteResponseKey
    : response.IntegrationResponseKey;
}

function idOf(response: RouteResponse | IntegrationResponse): string | undefined {
  return 'RouteResponseKey' in response ? response.RouteResponseId : response.IntegrationResponseId;
}

/** Tells of the response of a route. */
export function getRouteResponse({
  database,
}: Apigatewayv2Dependencies): Operations['GetRouteResponse'] {
  return async (context, { ApiId, RouteId: parentId, RouteResponseId: id }) =>
    database.read((queries) =>
      find(queries, context, { kind: 'route-response', ApiId, parentId }, id),
    );
}

/** Tells of a response of an integration. */
export function getIntegrationResponse({
  database,
}: Apigatewayv2Dependencies): Operations['GetIntegrationResponse'] {
  return async (context, { ApiId, IntegrationId: parentId, IntegrationResponseId: id }) =>
    database.read((queries) =>
      find(queries, context, { kind: 'integration-response', ApiId, parentId }, id),
    );
}

async function find<Kind extends ResponseKind>(
  queries: Queries,
  context: Place,
  { kind, ApiId, parentId }: Parent<Kind>,
  id: string,
): Promise<Response<Kind>> {
  const owner = partsOf(await requireApi(queries, context, ApiId));
  await requirePart(queries, owner, PARENTS[kind], parentId);
  const kept: Parts[Kind] = await requireResponse(queries, owner, kind, { parentId, id });
  return kept.response;
}

async function requireResponse<Kind extends ResponseKind>(
  queries: Queries,
  owner: ReturnType<typeof partsOf>,
  kind: Kind,
  { parentId, id }: { readonly parentId: string; readonly id: string },
): Promise<Parts[Kind]> {
  const kept = (await listParts(queries, owner, kind)).find(
    (one) => one.parentId === parentId && idOf(one.response) === id,
  );
  if (kept === undefined) throw partNotFound(kind, id);
  return kept;
}

/** Lists the responses of a route, a page at a time. */
export function getRouteResponses({
  database,
}: Apigatewayv2Dependencies): Operations['GetRouteResponses'] {
  return async (context, { RouteId: parentId, ...input }) => {
    const parent = { kind: 'route-response', ApiId: input.ApiId, parentId } as const;
    return pageOf(await database.read((queries) => list(queries, context, parent)), input);
  };
}

/** Lists the responses of an integration, a page at a time. */
export function getIntegrationResponses({
  database,
}: Apigatewayv2Dependencies): Operations['GetIntegrationResponses'] {
  return async (context, { IntegrationId: parentId, ...input }) => {
    const parent = { kind: 'integration-response', ApiId: input.ApiId, parentId } as const;
    return pageOf(await database.read((queries) => list(queries, context, parent)), input);
  };
}

async function list<Kind extends ResponseKind>(
  queries: Queries,
  context: Place,
  { kind, ApiId, parentId }: Parent<Kind>,
): Promise<Response<Kind>[]> {
  const owner = partsOf(await requireApi(queries, context, ApiId));
  await requirePart(queries, owner, PARENTS[kind], parentId);
  const kept: Parts[Kind][] = await listParts(queries, owner, kind);
  return kept.filter((one) => one.parentId === parentId).map(({ response }) => response);
}

/** Changes what is given. */
export function updateRouteResponse(
  dependencies: Apigatewayv2Dependencies,
): Operations['UpdateRouteResponse'] {
  return async (context, { ApiId, RouteId: parentId, RouteResponseId: id, ...changes }) =>
    changeApi(dependencies, context, ApiId, async (tx, owned) => {
      const parent = { kind: 'route-response', ApiId, parentId } as const;
      const known = await find(tx, context, parent, id);
      return save(tx, owned, parent, { id, response: { ...known, ...changes } });
    });
}

/** Changes what is given. */
export function updateIntegrationResponse(
  dependencies: Apigatewayv2Dependencies,
): Operations['UpdateIntegrationResponse'] {
  return async (
    context,
    { ApiId, IntegrationId: parentId, IntegrationResponseId: id, ...changes },
  ) =>
    changeApi(dependencies, context, ApiId, async (tx, owned) => {
      const parent = { kind: 'integration-response', ApiId, parentId } as const;
      const known = await find(tx, context, parent, id);
      return save(tx, owned, parent, { id, response: { ...known, ...changes } });
    });
}

/** Deletes the response of a route: it tells its callers nothing more. */
export function deleteRouteResponse(
  dependencies: Apigatewayv2Dependencies,
): Operations['DeleteRouteResponse'] {
  return async (context, { ApiId, RouteId: parentId, RouteResponseId: id }) => {
    await remove(dependencies, context, { kind: 'route-response', ApiId, parentId }, id);
    return {};
  };
}

/** Deletes a response of an integration. */
export function deleteIntegrationResponse(
  dependencies: Apigatewayv2Dependencies,
): Operations['DeleteIntegrationResponse'] {
  return async (context, { ApiId, IntegrationId: parentId, IntegrationResponseId: id }) => {
    await remove(dependencies, context, { kind: 'integration-response', ApiId, parentId }, id);
    return {};
  };
}

async function remove(
  dependencies: Apigatewayv2Dependencies,
  context: Place,
  { kind, ApiId, parentId }: Parent<ResponseKind>,
  id: string,
): Promise<void> {
  await changeApi(dependencies, context, ApiId, async (tx, owned) => {
    await requirePart(tx, partsOf(owned), PARENTS[kind], parentId);
    if (!(await deletePart(tx, partsOf(owned), kind, `${parentId}/${id}`))) {
      throw partNotFound(kind, id);
    }
  });
}

/** Deletes all responses of a route or an integration that is deleted itself. */
export async function deleteResponses(
  tx: Transaction,
  owned: OwnedApi,
  kind: ResponseKind,
  parentId: string,
): Promise<void> {
  for (const kept of await listParts(tx, partsOf(owned), kind)) {
    if (kept.parentId !== parentId) continue;
    await deletePart(tx, partsOf(owned), kind, `${parentId}/${idOf(kept.response)}`);
  }
}
