/** AWS::ApiGateway::*. */
import { isObject, type JsonObject } from '#kernel/json.ts';
import { utf8 } from '#kernel/bytes.ts';
import { toText } from '../text.ts';
import { allPatches, endpointPatches, escaped, listPatches, namedPatches } from './patches.ts';
import { patch, REST_API_PART_TYPES, SERVICE, tagsOf } from './rest-api-parts.ts';
import { definitionOf } from './http-apis.ts';
import { REST_API_STAGE_TYPES } from './rest-api-stages.ts';
import { answered, changeTags, gone, hasChanged, structuresOf } from './shared.ts';
import { foundByAge, foundWithin, type Listing } from './unclaimed.ts';
import {
  textOf,
  words,
  type Made,
  type ResourceType,
  type Values,
  type Work,
} from './resource-type.ts';

const API_PATCHES = allPatches(
  namedPatches(
    'ApiKeySourceType',
    'Description',
    'DisableExecuteApiEndpoint',
    'MinimumCompressionSize',
    'Name',
    'Policy',
  ),
  listPatches('BinaryMediaTypes', (type) => ({ path: `/binaryMediaTypes/${escaped(type)}` })),
  endpointPatches,
);

const API: ResourceType = {
  properties:
    words(`ApiKeySourceType BinaryMediaTypes Body BodyS3Location CloneFrom Description DisableExecuteApiEndpoint
    EndpointAccessMode EndpointConfiguration FailOnWarnings MinimumCompressionSize Mode Name Parameters Policy
    SecurityPolicy Tags`),
  replacing: ['CloneFrom'],
  tags: 'list',
  async create(work) {
    const body = await definitionOf(work);
    const input = { ...work.properties, name: nameOf(work) };
    const answer = await work.call(SERVICE, 'CreateRestApi', input);
    const restApiId = answered(answer, 'id');
    await work.claim(restApiId);
    if (body !== undefined) await putDefinition(work, restApiId, body);
    return await apiMade(work, restApiId);
  },
  async update(work, before) {
    const { physicalId: restApiId } = before;
    const body = await definitionOf(work);
    if (body !== undefined && hasChanged(work, before, 'Body', 'BodyS3Location', 'Mode')) {
      await putDefinition(work, restApiId, body);
    }
    await patch(work, before, ['UpdateRestApi', { restApiId }], API_PATCHES);
    await changeTags(work, before, tagsOf(work, `restapis/${restApiId}`));
    return await apiMade(work, restApiId);
  },
  delete: (work, { physicalId: restApiId }) =>
    gone(work.call(SERVICE, 'DeleteRestApi', { restApiId })),
};

const APIS: Listing = {
  service: SERVICE,
  operation: 'GetRestApis',
  items: 'items',
  id: 'id',
  next: ['position', 'position'],
  is: ({ name }, work) => name === nameOf(work),
};

function nameOf(work: Work): string {
  return textOf(work.properties, 'Name') ?? titleOf(work) ?? work.newName();
}

/** An API without a name has its definition's title. */
function titleOf({ properties: { Body: body } }: Work): string | undefined {
  const info = isObject(body) ? body['info'] : undefined;
  return isObject(info) && typeof info['title'] === 'string' ? info['title'] : undefined;
}

async function putDefinition(work: Work, restApiId: string, text: string): Promise<void> {
  const { FailOnWarnings: failOnWarnings, Mode, Parameters: parameters } = work.properties;
  const mode = textOf({ Mode }, 'Mode') ?? 'overwrite';
  const input = { restApiId, mode, body: utf8(text), failOnWarnings, parameters };
  await work.call(SERVICE, 'PutRestApi', input);
}

async function apiMade(work: Work, restApiId: string): Promise<Made> {
  const { items } = await work.call(SERVICE, 'GetResources', { restApiId, limit: 500 });
  const root = structuresOf(items).find((one) => one['path'] === '/');
  const attributes = { RestApiId: restApiId, RootResourceId: toText(root?.['id']) };
  return { physicalId: restApiId, attributes };
}

const RESOURCE: ResourceType = {
  properties: words('ParentId PathPart RestApiId'),
  required: words('ParentId PathPart RestApiId'),
  replacing: [],
  unclaimed: foundWithin('RestApiId', {
    service: SERVICE,
    operation: 'GetResources',
    items: 'items',
    id: 'id',
    next: ['position', 'position'],
    inputOf: ({ properties: { RestApiId: restApiId } }) => ({ restApiId, limit: 500 }),
    is: ({ parentId, pathPart }, { properties: { ParentId, PathPart } }) =>
      parentId === ParentId && pathPart === PathPart,
  }),
  async create(work) {
    const answer = await work.call(SERVICE, 'CreateResource', work.properties);
    const id = answered(answer, 'id');
    return { physicalId: id, attributes: { ResourceId: id } };
  },
  delete: (work, { physicalId: resourceId, properties: { RestApiId: restApiId } }) =>
    gone(work.call(SERVICE, 'DeleteResource', { restApiId, resourceId })),
};

const METHOD: ResourceType = {
  properties:
    words(`ApiKeyRequired AuthorizationScopes AuthorizationType AuthorizerId HttpMethod Integration MethodResponses
    OperationName RequestModels RequestParameters RequestValidatorId ResourceId RestApiId`),
  required: words('HttpMethod ResourceId RestApiId'),
  replacing: words('HttpMethod ResourceId RestApiId'),
  unclaimed: foundWithin('RestApiId', (work) => work.newName()),
  async create(work) {
    await putMethod(work);
    return { physicalId: work.newName() };
  },
  async update(work, { physicalId, properties }) {
    await gone(work.call(SERVICE, 'DeleteMethod', addressOf(properties)));
    await putMethod(work);
    return { physicalId };
  },
  delete: (work, { properties }) => gone(work.call(SERVICE, 'DeleteMethod', addressOf(properties))),
};

function addressOf({ RestApiId, ResourceId, HttpMethod }: JsonObject): Values {
  return { restApiId: RestApiId, resourceId: ResourceId, httpMethod: HttpMethod };
}

async function putMethod(work: Work): Promise<void> {
  const { properties } = work;
  const address = addressOf(properties);
  const { AuthorizationType: authorizationType = 'NONE' } = properties;
  await work.call(SERVICE, 'PutMethod', { ...properties, authorizationType, ...address });
  for (const response of structuresOf(properties['MethodResponses'])) {
    await work.call(SERVICE, 'PutMethodResponse', { ...response, ...address });
  }
  const { Integration: integration } = properties;
  if (!isObject(integration)) return;
  await work.call(SERVICE, 'PutIntegration', { ...integration, ...address });
  for (const response of structuresOf(integration['IntegrationResponses'])) {
    await work.call(SERVICE, 'PutIntegrationResponse', { ...response, ...address });
  }
}

const ACCOUNT: ResourceType = {
  properties: ['CloudWatchRoleArn'],
  replacing: [],
  async create(work) {
    await putAccount(work);
    return { physicalId: work.newName() };
  },
  async update(work, { physicalId }) {
    await putAccount(work);
    return { physicalId };
  },
  // As on AWS the setting stays.
  delete: async () => undefined,
};

async function putAccount({ call, properties }: Work): Promise<void> {
  const value = textOf(properties, 'CloudWatchRoleArn');
  if (value === undefined) return;
  const patchOperations = [{ op: 'replace', path: '/cloudwatchRoleArn', value }];
  await call(SERVICE, 'UpdateAccount', { patchOperations });
}

export const REST_API_TYPES: Readonly<Record<string, ResourceType>> = {
  ...REST_API_PART_TYPES,
  ...REST_API_STAGE_TYPES,
  'AWS::ApiGateway::Account': ACCOUNT,
  'AWS::ApiGateway::Method': METHOD,
  'AWS::ApiGateway::Resource': RESOURCE,
  'AWS::ApiGateway::RestApi': foundByAge(APIS, 'createdDate', API),
};
