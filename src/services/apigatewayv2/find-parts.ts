/** What a request names, or the error where that is not there. */
import type { ApiStageName } from '#ports/peers/api-keys.ts';
import type { Queries } from '#ports/world/database.ts';
import { notFound } from './errors.ts';
import type { OwnedApi, PartKind, Parts, Place } from './model.ts';
import { isWebSocket } from './protocol.ts';
import { findApi, findPart, type Owner } from './store.ts';

/** @throws AwsError NotFoundException where the account has no such API in its Region */
export async function requireApi(queries: Queries, place: Place, apiId: string): Promise<OwnedApi> {
  const found = await findApi(queries, apiId);
  if (found?.accountId === place.accountId && found.region === place.region) return found;
  throw notFound(`Invalid API identifier specified ${place.accountId}:${apiId}`);
}

/** Whoever owns the parts of an API. */
export function partsOf({ accountId, region, apiId }: OwnedApi): Owner {
  return { accountId, region, owner: apiId };
}

/** Owner of what belongs to an account alone. */
export function accountParts({ accountId, region }: Place): Owner {
  return { accountId, region, owner: '' };
}

const NAMES: Readonly<Record<PartKind, string>> = {
  route: 'Route',
  integration: 'Integration',
  'route-response': 'Route Response',
  'integration-response': 'Integration Response',
  stage: 'Stage',
  deployment: 'Deployment',
  authorizer: 'Authorizer',
  model: 'Model',
  'domain-name': 'domain name',
  'api-mapping': 'Api Mapping',
  'vpc-link': 'VpcLink',
};

/** @throws AwsError NotFoundException */
export async function requirePart<Kind extends PartKind>(
  queries: Queries,
  owner: Owner,
  kind: Kind,
  id: string,
): Promise<Parts[Kind]> {
  const found = await findPart(queries, owner, kind, id);
  if (found === undefined) throw partNotFound(kind, id);
  return found;
}

/** 404, in the words of its kind. */
export function partNotFound(kind: PartKind, id: string): Error {
  if (kind === 'stage') return notFound('Invalid stage identifier specified');
  return notFound(`Invalid ${NAMES[kind]} identifier specified ${id}`);
}

/** Whether an account has a WebSocket API with such a stage. */
export async function hasWebSocketStage(
  queries: Queries,
  { accountId, region, apiId, stageName }: ApiStageName,
): Promise<boolean> {
  const owned = await findApi(queries, apiId);
  if (owned === undefined || !isWebSocket(owned.api)) return false;
  if (owned.accountId !== accountId || owned.region !== region) return false;
  return (await findPart(queries, partsOf(owned), 'stage', stageName)) !== undefined;
}
