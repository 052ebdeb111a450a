/** Finding what a request names within an API, and changing it; in the words that AWS has for each. */
import type { AwsError } from '#aws/errors.ts';
import type { Integration, Method } from '#aws/models/apigateway.types.gen.ts';
import type { Queries } from '#ports/world/database.ts';
import type { ApiGatewayDependencies } from './dependencies.ts';
import { noSuch, noSuchApi } from './errors.ts';
import { entryOf, type ApiRecord, type Place, type ResourceRecord } from './model.ts';
import { findApi, saveApi } from './store-apis.ts';

/** Makes the error for an API that is not there; its own where nothing is said. */
export type Missing = (accountId: string, restApiId: string) => AwsError;

/** As what lies below resources names an API that is not there. */
export const MISSING_RESOURCE: Missing = () => noSuch('Resource');

/**
 * An account's API.
 * @throws AwsError NotFoundException
 */
export async function requireApi(
  queries: Queries,
  place: Place,
  restApiId: string,
  missing: Missing = noSuchApi,
): Promise<ApiRecord> {
  const record = await findApi(queries, place, restApiId);
  if (record === undefined) throw missing(place.accountId, restApiId);
  return record;
}

/** Reads an API and tells something of it. */
export function readApi<Output>(
  { database }: ApiGatewayDependencies,
  place: Place,
  restApiId: string,
  missing?: Missing,
): { tell(read: (record: ApiRecord) => Output): Promise<Output> } {
  return {
    tell: (read) =>
      database.read(async (queries) => read(await requireApi(queries, place, restApiId, missing))),
  };
}

/** A change of an API, and what is answered to it. */
export type Change<Output> = readonly [record: ApiRecord, output: Output];

/** Changes an API in one transaction. */
export async function changeApi<Output>(
  { database }: ApiGatewayDependencies,
  place: Place,
  { restApiId, missing }: { readonly restApiId: string; readonly missing?: Missing },
  change: (record: ApiRecord) => Change<Output>,
): Promise<Output> {
  return await database.transact(async (tx) => {
    const [record, output] = change(await requireApi(tx, place, restApiId, missing));
    await saveApi(tx, record);
    return output;
  });
}

/** @throws AwsError NotFoundException */
export function requireResource({ resources }: ApiRecord, id: string): ResourceRecord {
  const resource = entryOf(resources, id);
  if (resource === undefined) throw noSuch('Resource');
  return resource;
}

/** Where a method is. */
export interface MethodInput {
  readonly resourceId: string;
  readonly httpMethod: string;
}

/** @throws AwsError NotFoundException */
export function requireMethod(record: ApiRecord, { resourceId, httpMethod }: MethodInput): Method {
  const method = entryOf(requireResource(record, resourceId).methods, httpMethod);
  if (method === undefined) throw noSuch('Method');
  return method;
}

/** @throws AwsError NotFoundException */
export function requireIntegration(record: ApiRecord, input: MethodInput): Integration {
  const integration = requireMethod(record, input).methodIntegration;
  if (integration === undefined) throw noSuch('Integration');
  return integration;
}

/** The API with a method put in place of the one that was there. */
export function withMethod(
  record: ApiRecord,
  { resourceId, httpMethod }: MethodInput,
  method: Method,
): ApiRecord {
  const resource = requireResource(record, resourceId);
  const methods = { ...resource.methods, [httpMethod]: method };
  return { ...record, resources: { ...record.resources, [resourceId]: { ...resource, methods } } };
}
