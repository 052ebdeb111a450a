import type {
  EndpointConfiguration,
  Operations,
  RestApi,
} from '#aws/models/apigateway.types.gen.ts';
import type { ApiGatewayDependencies } from '../dependencies.ts';
import { badRequest, noSuchApi } from '../errors.ts';
import { changeApi, readApi, requireApi } from '../find-parts.ts';
import { API_ID_CHARACTERS, newId } from '../ids.ts';
import { COMPRESSION_BYTES_MAX, REST_APIS_MAX } from '../limits.ts';
import { compact, omit, type ApiRecord, type Place } from '../model.ts';
import { pageOf } from '../paging.ts';
import {
  applyPatch,
  flag,
  list,
  number,
  place,
  refuseByPath,
  text,
  type PatchTable,
} from '../patch/index.ts';
import { deleteApi, findApi, listApis, saveApi } from '../store-apis.ts';
import { defaultModels } from './models.ts';

/** A new API with a root resource, and the models that each has. */
export function newApi(
  { random, clock }: ApiGatewayDependencies,
  { accountId, region }: Place,
  members: Omit<RestApi, 'id' | 'createdDate' | 'rootResourceId'>,
): ApiRecord {
  const id = newId(random, API_ID_CHARACTERS);
  const rootResourceId = newId(random, API_ID_CHARACTERS);
  const api: RestApi = {
    apiKeySource: 'HEADER',
    disableExecuteApiEndpoint: false,
    endpointConfiguration: endpointConfigurationOf(),
    ...members,
    id,
    createdDate: clock.now(),
    rootResourceId,
  };
  return {
    accountId,
    region,
    id,
    api: compact(api),
    resources: { [rootResourceId]: { id: rootResourceId, methods: {} } },
    models: defaultModels(random),
    validators: {},
    authorizers: {},
    gatewayResponses: {},
    documentationParts: {},
    documentationVersions: {},
  };
}

/** Makes an API, or a copy of one. */
export function createRestApi(dependencies: ApiGatewayDependencies): Operations['CreateRestApi'] {
  return async (context, { cloneFrom, ...input }) => {
    if (input.description === '') throw badRequest('Description cannot be an empty string');
    checkCompression(input.minimumCompressionSize);
    const endpointConfiguration = endpointConfigurationOf(input.endpointConfiguration);
    const made = newApi(dependencies, context, { ...input, endpointConfiguration });
    return await dependencies.database.transact(async (tx) => {
      const source = cloneFrom === undefined ? undefined : await findApi(tx, context, cloneFrom);
      if (cloneFrom !== undefined && source === undefined) {
        throw badRequest('Invalid API identifier specified');
      }
      if ((await listApis(tx, context)).length >= REST_APIS_MAX) {
        throw badRequest('Maximum number of APIs reached');
      }
      const record = source === undefined ? made : copyOf(source, made);
      await saveApi(tx, record);
      return record.api;
    });
  };
}

function copyOf(source: ApiRecord, made: ApiRecord): ApiRecord {
  const settings = omit(source.api, 'id', 'createdDate', 'tags');
  const kept = { rootResourceId: source.api.rootResourceId };
  const api = compact({ ...settings, ...made.api, ...kept });
  return { ...source, id: made.id, api };
}

/** @throws AwsError BadRequestException */
function checkCompression(size: number | undefined): void {
  if (size === undefined) return;
  if (Number.isInteger(size) && size >= 0 && size <= COMPRESSION_BYTES_MAX) return;
  throw badRequest(
    `Invalid minimum compression size, must be between 0 and ${COMPRESSION_BYTES_MAX}`,
  );
}

/** An API as it is told after it was made: with its tags, be there any or none. */
export function describeApi({ api }: ApiRecord): RestApi {
  return { ...api, tags: api.tags ?? {} };
}

/** Tells of one API. */
export function getRestApi(dependencies: ApiGatewayDependencies): Operations['GetRestApi'] {
  return (context, { restApiId }) =>
    readApi<RestApi>(dependencies, context, restApiId).tell(describeApi);
}

/** Lists APIs, the oldest first. */
export function getRestApis({ database }: ApiGatewayDependencies): Operations['GetRestApis'] {
  return async (context, input) => {
    const records = await database.read((queries) => listApis(queries, context));
    const apis = records.map(({ api }) => api);
    apis.sort((a, b) => (a.createdDate ?? 0) - (b.createdDate ?? 0));
    return pageOf(apis, input);
  };
}

/** Its deployments and stages go with it. */
export function deleteRestApi({ database }: ApiGatewayDependencies): Operations['DeleteRestApi'] {
  return async (context, { restApiId }) => {
    await database.transact(async (tx) => {
      await requireApi(tx, context, restApiId, noSuchApi);
      await deleteApi(tx, context, restApiId);
    });
    return {};
  };
}

/** @see https://docs.aws.amazon.com/apigateway/latest/api/patch-operations.html#UpdateRestApi-Patch */
const REST_API: PatchTable = {
  refuse: refuseByPath,
  fields: [
    text('/name'),
    text('/description', { ops: ['add', 'remove', 'replace'] }),
    text('/version'),
    text('/policy'),
    text('/apiKeySource', { read: readKeySource }),
    flag('/disableExecuteApiEndpoint'),
    text('/securityPolicy'),
    text('/endpointAccessMode'),
    number('/minimumCompressionSize', { read: readCompression }),
    list('/binaryMediaTypes'),
    place('/endpointConfiguration/types/{}', ['replace', 'add', 'remove'], (document, step) =>
      withEndpoint(document, { types: [readType(step.value)] }),
    ),
    place('/endpointConfiguration/ipAddressType', ['replace'], (document, { value }) => {
      if (value !== 'ipv4' && value !== 'dualstack') {
        throw badRequest('ipAddressType must be either ipv4 or dualstack.');
      }
      return withEndpoint(document, { ipAddressType: value });
    }),
    list('/endpointConfiguration/vpcEndpointIds'),
  ],
};

function withEndpoint(
  document: Readonly<Record<string, unknown>>,
  changes: NonNullable<RestApi['endpointConfiguration']>,
) {
  const now = document['endpointConfiguration'] as RestApi['endpointConfiguration'];
  const changed = { ...now, ...changes };
  const isPrivate = changed.types?.[0] === 'PRIVATE';
  if (isPrivate && changes.types !== undefined)
    Object.assign(changed, { ipAddressType: 'dualstack' });
  return { ...document, endpointConfiguration: endpointConfigurationOf(changed) };
}

function readType(value: string | undefined): string {
  if (value === 'EDGE' || value === 'REGIONAL' || value === 'PRIVATE') return value;
  throw badRequest('Invalid EndpointTypes specified. Valid options are REGIONAL,EDGE,PRIVATE');
}

function readKeySource(value: string | undefined): string {
  if (value === 'HEADER' || value === 'AUTHORIZER') return value;
  throw badRequest('Invalid ApiKeySource specified. Valid options are HEADER,AUTHORIZER');
}

function readCompression(value: string | undefined): number | undefined {
  if (value === undefined || value === '' || value === 'null') return undefined;
  const size = Number(value);
  checkCompression(size);
  return size;
}

/** Changes an API's settings. */
export function updateRestApi(dependencies: ApiGatewayDependencies): Operations['UpdateRestApi'] {
  return (context, { restApiId, patchOperations }) =>
    changeApi(dependencies, context, { restApiId }, (record) => {
      const api = compact(applyPatch(REST_API, record.api, patchOperations));
      const changed = { ...record, api };
      return [changed, describeApi(changed)];
    });
}

/**
 * The configuration with what is left out filled in.
 * @throws AwsError BadRequestException
 */
export function endpointConfigurationOf(given: EndpointConfiguration = {}): EndpointConfiguration {
  const { types = ['EDGE'], ipAddressType, vpcEndpointIds } = given;
  if (types.length === 0) {
    throw badRequest('REGIONAL Configuration and EDGE Configuration cannot be both DISABLED.');
  }
  if (types.length > 1) throw badRequest('Cannot create an api with multiple Endpoint Types.');
  const isPrivate = types[0] === 'PRIVATE';
  if (isPrivate && ipAddressType === 'ipv4') {
    throw badRequest('Only dualstack ipAddressType is supported for Private APIs.');
  }
  return {
    types,
    ipAddressType: ipAddressType ?? (isPrivate ? 'dualstack' : 'ipv4'),
    ...(vpcEndpointIds === undefined || vpcEndpointIds.length === 0 ? {} : { vpcEndpointIds }),
  };
}
