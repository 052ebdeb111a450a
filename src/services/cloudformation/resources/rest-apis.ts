/** AWS::ApiGateway::*. */
import { isObject, type Json, type JsonObject } from '#kernel/json.ts';
import { utf8 } from '#kernel/bytes.ts';
import type { Existing } from '../model.ts';
import { toText } from '../text.ts';
import { answered, gone, hasChanged, structuresOf } from './shared.ts';
import { definitionOf } from './http-apis.ts';
import {
  textOf,
  words,
  type Made,
  type ResourceType,
  type Values,
  type Work,
} from './resource-type.ts';

const SERVICE = 'apigateway';

/** Settings that are changed by a patch of the same name. */
const API_SETTINGS = words(
  'ApiKeySourceType Description DisableExecuteApiEndpoint MinimumCompressionSize Name Policy',
);

const API: ResourceType = {
  properties: [
    ...API_SETTINGS,
    ...words(`BinaryMediaTypes Body BodyS3Location CloneFrom EndpointAccessMode EndpointConfiguration FailOnWarnings Mode
      Parameters SecurityPolicy Tags`),
  ],
  replacing: ['CloneFrom'],
  tags: 'list',
  async create(work) {
    const body = await definitionOf(work);
    const name = textOf(work.properties, 'Name') ?? titleOf(work) ?? work.newName();
    const answer = await work.call(SERVICE, 'CreateRestApi', { ...work.properties, name });
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
    await patch(work, before, ['UpdateRestApi', { restApiId }], API_SETTINGS);
    return await apiMade(work, restApiId);
  },
  delete: (work, { physicalId: restApiId }) =>
    gone(work.call(SERVICE, 'DeleteRestApi', { restApiId })),
};

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

/** Replaces what has changed; what the template gives up becomes empty. */
async function patch(
  work: Work,
  before: Existing,
  [operation, target]: readonly [string, Values],
  names: readonly string[],
): Promise<void> {
  const changed = names.filter((name) => hasChanged(work, before, name));
  if (changed.length === 0) return;
  const patchOperations = changed.map((name) => ({
    op: 'replace',
    path: `/${name.charAt(0).toLowerCase()}${name.slice(1)}`,
    value: toText(work.properties[name]),
  }));
  await work.call(SERVICE, operation, { ...target, patchOperations });
}

/** A part of a REST API that is deleted and made anew where it changes; its id may then be another. */
interface Part {
  /** `Authorizer`: of the operations' names. */
  readonly name: string;
  /** Of the answer: `id`. */
  readonly idMember: string;
  /** How the deletion names it: `authorizerId`. */
  readonly deletedBy: string;
  readonly attribute?: string;
  readonly properties: readonly string[];
  readonly required?: readonly string[];
}

function part({ name, idMember, deletedBy, attribute, ...names }: Part): ResourceType {
  const create = async (work: Work): Promise<Made> => {
    const given = textOf(work.properties, 'Name');
    const input = { ...work.properties, ...(given === undefined ? { name: work.newName() } : {}) };
    const answer = await work.call(SERVICE, `Create${name}`, input);
    const id = answered(answer, idMember);
    return { physicalId: id, attributes: attribute === undefined ? {} : { [attribute]: id } };
  };
  return {
    ...names,
    replacing: [],
    create,
    async delete(work, { physicalId, properties: { RestApiId: restApiId } }) {
      await gone(work.call(SERVICE, `Delete${name}`, { restApiId, [deletedBy]: physicalId }));
    },
  };
}

const RESOURCE: ResourceType = {
  properties: words('ParentId PathPart RestApiId'),
  required: words('ParentId PathPart RestApiId'),
  replacing: [],
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

const DEPLOYMENT: ResourceType = {
  properties: words('DeploymentCanarySettings Description RestApiId StageDescription StageName'),
  required: ['RestApiId'],
  replacing: words('DeploymentCanarySettings RestApiId StageDescription StageName'),
  async create(work) {
    const answer = await work.call(SERVICE, 'CreateDeployment', work.properties);
    const id = answered(answer, 'id');
    return { physicalId: id, attributes: { DeploymentId: id } };
  },
  async update(work, before) {
    const { physicalId: deploymentId } = before;
    const target = { restApiId: work.properties['RestApiId'], deploymentId };
    await patch(work, before, ['UpdateDeployment', target], ['Description']);
    return { physicalId: deploymentId };
  },
  async delete(work, { physicalId: deploymentId, properties }) {
    const { RestApiId: restApiId, StageName: stageName } = properties;
    // A stage that the deployment made itself goes with it.
    if (stageName !== undefined)
      await gone(work.call(SERVICE, 'DeleteStage', { restApiId, stageName }));
    await gone(work.call(SERVICE, 'DeleteDeployment', { restApiId, deploymentId }));
  },
};

const STAGE_SETTINGS = words('DeploymentId Description TracingEnabled ClientCertificateId');

const STAGE: ResourceType = {
  properties: [
    ...STAGE_SETTINGS,
    ...words(`AccessLogSetting CacheClusterEnabled CacheClusterSize CanarySetting DocumentationVersion MethodSettings
      RestApiId StageName Tags Variables`),
  ],
  required: ['RestApiId'],
  replacing: words('RestApiId StageName'),
  tags: 'list',
  async create(work) {
    const answer = await work.call(SERVICE, 'CreateStage', work.properties);
    return { physicalId: answered(answer, 'stageName') };
  },
  async update(work, before) {
    const { physicalId: stageName } = before;
    const target = { restApiId: work.properties['RestApiId'], stageName };
    await patch(work, before, ['UpdateStage', target], STAGE_SETTINGS);
    const patchOperations = variablePatches(
      before.properties['Variables'],
      work.properties['Variables'],
    );
    if (patchOperations.length > 0) {
      await work.call(SERVICE, 'UpdateStage', { ...target, patchOperations });
    }
    return { physicalId: stageName };
  },
  delete: (work, { physicalId: stageName, properties: { RestApiId: restApiId } }) =>
    gone(work.call(SERVICE, 'DeleteStage', { restApiId, stageName })),
};

function variablePatches(before: Json | undefined, after: Json | undefined): Values[] {
  const old = isObject(before) ? before : {};
  const now = isObject(after) ? after : {};
  const removed = Object.keys(old).filter((key) => now[key] === undefined);
  const set = Object.entries(now).filter(([key, value]) => old[key] !== value);
  return [
    ...removed.map((key) => ({ op: 'remove', path: `/variables/${key}` })),
    ...set.map(([key, value]) => ({
      op: 'replace',
      path: `/variables/${key}`,
      value: toText(value),
    })),
  ];
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

const USAGE_PLAN_KEY: ResourceType = {
  properties: words('KeyId KeyType UsagePlanId'),
  required: words('KeyId KeyType UsagePlanId'),
  replacing: [],
  async create(work) {
    const answer = await work.call(SERVICE, 'CreateUsagePlanKey', work.properties);
    return { physicalId: answered(answer, 'id') };
  },
  delete: (work, { physicalId: keyId, properties: { UsagePlanId: usagePlanId } }) =>
    gone(work.call(SERVICE, 'DeleteUsagePlanKey', { usagePlanId, keyId })),
};

const USAGE_PLAN: ResourceType = {
  ...part({
    name: 'UsagePlan',
    idMember: 'id',
    deletedBy: 'usagePlanId',
    attribute: 'Id',
    properties: words('ApiStages Description Quota Tags Throttle UsagePlanName'),
  }),
  async create(work) {
    const name = textOf(work.properties, 'UsagePlanName') ?? work.newName();
    const answer = await work.call(SERVICE, 'CreateUsagePlan', { ...work.properties, name });
    const id = answered(answer, 'id');
    return { physicalId: id, attributes: { Id: id } };
  },
};

export const REST_API_TYPES: Readonly<Record<string, ResourceType>> = {
  'AWS::ApiGateway::Account': ACCOUNT,
  'AWS::ApiGateway::ApiKey': part({
    name: 'ApiKey',
    idMember: 'id',
    deletedBy: 'apiKey',
    attribute: 'APIKeyId',
    properties: words(
      'CustomerId Description Enabled GenerateDistinctId Name StageKeys Tags Value',
    ),
  }),
  'AWS::ApiGateway::Authorizer': part({
    name: 'Authorizer',
    idMember: 'id',
    deletedBy: 'authorizerId',
    attribute: 'AuthorizerId',
    properties:
      words(`AuthType AuthorizerCredentials AuthorizerResultTtlInSeconds AuthorizerUri IdentitySource
      IdentityValidationExpression Name ProviderARNs RestApiId Type`),
    required: words('Name RestApiId Type'),
  }),
  'AWS::ApiGateway::Deployment': DEPLOYMENT,
  'AWS::ApiGateway::Method': METHOD,
  'AWS::ApiGateway::Model': part({
    name: 'Model',
    idMember: 'name',
    deletedBy: 'modelName',
    properties: words('ContentType Description Name RestApiId Schema'),
    required: ['RestApiId'],
  }),
  'AWS::ApiGateway::RequestValidator': part({
    name: 'RequestValidator',
    idMember: 'id',
    deletedBy: 'requestValidatorId',
    attribute: 'RequestValidatorId',
    properties: words('Name RestApiId ValidateRequestBody ValidateRequestParameters'),
    required: ['RestApiId'],
  }),
  'AWS::ApiGateway::Resource': RESOURCE,
  'AWS::ApiGateway::RestApi': API,
  'AWS::ApiGateway::Stage': STAGE,
  'AWS::ApiGateway::UsagePlan': USAGE_PLAN,
  'AWS::ApiGateway::UsagePlanKey': USAGE_PLAN_KEY,
};
