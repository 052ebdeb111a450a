/** AWS::ApiGatewayV2::*. */
import { isObject, type JsonObject } from '#kernel/json.ts';
import { collectBytes, textOf as decoded } from '#kernel/bytes.ts';
import { toText } from '../text.ts';
import { answered, changeTags, gone, hasChanged, without } from './shared.ts';
import {
  textOf,
  words,
  type Made,
  type ResourceType,
  type Values,
  type Work,
} from './resource-type.ts';
import { foundByAge, foundWithin, type Listing } from './unclaimed.ts';

const SERVICE = 'apigatewayv2';
const DEFINITION_BYTES_MAX = 6 * 1024 * 1024;

/** The definition of an API that a template holds or names, as JSON or as it is in S3. */
export async function definitionOf(work: Work): Promise<string | undefined> {
  const { Body: body, BodyS3Location: location } = work.properties;
  if (body !== undefined) return JSON.stringify(body);
  if (!isObject(location)) return undefined;
  const { Bucket, Key, Version: VersionId } = location;
  const { Body: content } = await work.call('s3', 'GetObject', { Bucket, Key, VersionId });
  // GetObject's model has its body be a stream.
  const bytes = await collectBytes(content as AsyncIterable<Uint8Array>, DEFINITION_BYTES_MAX);
  return decoded(bytes);
}

const DEFINED = words('Body BodyS3Location BasePath FailOnWarnings DisableSchemaValidation');

const API: ResourceType = {
  properties: [
    ...DEFINED,
    ...words(`ApiKeySelectionExpression CorsConfiguration CredentialsArn Description DisableExecuteApiEndpoint IpAddressType
      Name ProtocolType RouteKey RouteSelectionExpression Tags Target Version`),
  ],
  replacing: words('ProtocolType'),
  tags: 'map',
  async create(work) {
    const Body = await definitionOf(work);
    const settings = without(work.properties, ...DEFINED);
    if (Body === undefined) return apiMade(await work.call(SERVICE, 'CreateApi', settings));
    // Until its definition is read it has a name of ours, by which it is found again.
    const made = { Name: work.newName(), ProtocolType: 'HTTP' };
    const ApiId = answered(await work.call(SERVICE, 'CreateApi', made), 'ApiId');
    await work.claim(ApiId);
    const answer = await putDefinition(work, ApiId, Body);
    return apiMade(await putSettings(work, ApiId, answer));
  },
  async update(work, before) {
    const { physicalId: ApiId, attributes } = before;
    const Body = await definitionOf(work);
    if (Body !== undefined && hasChanged(work, before, ...DEFINED)) {
      await putDefinition(work, ApiId, Body);
    }
    await putSettings(work, ApiId, {});
    await changeTags(work, before, tagsOf(work, `apis/${ApiId}`));
    return { physicalId: ApiId, attributes };
  },
  delete: (work, { physicalId: ApiId }) => gone(work.call(SERVICE, 'DeleteApi', { ApiId })),
};

const APIS: Listing = {
  service: SERVICE,
  operation: 'GetApis',
  items: 'Items',
  id: 'ApiId',
  next: ['NextToken', 'NextToken'],
  is: ({ Name }, work) => {
    const { Body, BodyS3Location } = work.properties;
    const isDefined = (Body ?? BodyS3Location) !== undefined;
    return Name === (isDefined ? work.newName() : textOf(work.properties, 'Name'));
  },
};

function putDefinition(work: Work, ApiId: string, Body: string): Promise<Values> {
  const { BasePath: Basepath, FailOnWarnings } = work.properties;
  return work.call(SERVICE, 'ReimportApi', { ApiId, Body, Basepath, FailOnWarnings });
}

/** What stands beside a definition. */
async function putSettings(work: Work, ApiId: string, answer: Values): Promise<Values> {
  const settings = without(work.properties, ...DEFINED, 'Tags', 'ProtocolType');
  const { Tags } = work.properties;
  if (isObject(Tags) && Object.keys(answer).length > 0) {
    await work.call(SERVICE, 'TagResource', { ResourceArn: arnOf(work, `apis/${ApiId}`), Tags });
  }
  if (Object.keys(settings).length === 0) return answer;
  return await work.call(SERVICE, 'UpdateApi', { ...settings, ApiId });
}

function apiMade(answer: Values): Made {
  const ApiId = answered(answer, 'ApiId');
  const ApiEndpoint = answered(answer, 'ApiEndpoint');
  return { physicalId: ApiId, attributes: { ApiId, ApiEndpoint } };
}

function arnOf({ region }: Work, path: string): string {
  return `arn:aws:apigateway:${region}::/${path}`;
}

function tagsOf(work: Work, path: string) {
  const target = { ResourceArn: arnOf(work, path) };
  return { service: SERVICE, target };
}

interface Part {
  /** `Route`: of the operations' names. */
  readonly name: string;
  /** By what it is known: `RouteId`. */
  readonly idMember: string;
  /** Beside `ApiId`. */
  readonly properties: readonly string[];
  readonly required?: readonly string[];
  readonly replacing?: readonly string[];
  readonly tags?: 'map';
  /** By what the part of the API is known to which it belongs: `RouteId`. */
  readonly parent?: string;
  /** Of what an API has one of a kind: `RouteKey`. */
  readonly key?: string;
}

/** A part of an API. */
function part({ name, idMember, tags, parent, key, ...names }: Part): ResourceType {
  const { properties, required = [], replacing = [] } = names;
  const owners = parent === undefined ? ['ApiId'] : ['ApiId', parent];
  const input = (properties: JsonObject, id: string): Values => ({
    ...properties,
    [idMember]: id,
  });
  return {
    properties: [...owners, ...properties],
    required: [...owners, ...required],
    replacing: [...owners, ...replacing],
    // Stages have names, which another API may have, too.
    within: owners,
    ...(tags === undefined ? {} : { tags }),
    ...(key === undefined ? {} : { unclaimed: unclaimedPart({ name, idMember, key, owners }) }),
    async create(work) {
      const answer = await work.call(SERVICE, `Create${name}`, work.properties);
      const id = answered(answer, idMember);
      return { physicalId: id, attributes: { [idMember]: id } };
    },
    async update(work, before) {
      const { physicalId } = before;
      const settings = without(work.properties, 'Tags');
      await work.call(SERVICE, `Update${name}`, input(settings, physicalId));
      if (tags !== undefined) {
        const path = `apis/${toText(work.properties['ApiId'])}/stages/${physicalId}`;
        await changeTags(work, before, tagsOf(work, path));
      }
      return { physicalId };
    },
    delete: (work, { physicalId, properties }) => {
      const of = Object.fromEntries(owners.map((owner) => [owner, properties[owner]]));
      return gone(work.call(SERVICE, `Delete${name}`, { ...of, [idMember]: physicalId }));
    },
  };
}

function unclaimedPart({
  name,
  idMember,
  key,
  owners,
}: {
  readonly name: string;
  readonly idMember: string;
  readonly key: string;
  readonly owners: readonly string[];
}) {
  if (key === idMember) return foundWithin('ApiId', (work) => toText(work.properties[key]));
  return foundWithin('ApiId', {
    service: SERVICE,
    operation: `Get${name}s`,
    items: 'Items',
    id: idMember,
    next: ['NextToken', 'NextToken'],
    inputOf: ({ properties }) =>
      Object.fromEntries(owners.map((owner) => [owner, properties[owner]])),
    is: (item, { properties }) => item[key] === properties[key],
  });
}

export const HTTP_API_TYPES: Readonly<Record<string, ResourceType>> = {
  'AWS::ApiGatewayV2::Api': foundByAge(APIS, 'CreatedDate', API),
  'AWS::ApiGatewayV2::Authorizer': part({
    name: 'Authorizer',
    idMember: 'AuthorizerId',
    properties:
      words(`AuthorizerCredentialsArn AuthorizerPayloadFormatVersion AuthorizerResultTtlInSeconds AuthorizerType
      AuthorizerUri EnableSimpleResponses IdentitySource IdentityValidationExpression JwtConfiguration Name`),
    required: words('AuthorizerType Name'),
    key: 'Name',
  }),
  'AWS::ApiGatewayV2::Deployment': part({
    name: 'Deployment',
    idMember: 'DeploymentId',
    properties: words('Description StageName'),
    replacing: ['StageName'],
  }),
  'AWS::ApiGatewayV2::Integration': part({
    name: 'Integration',
    idMember: 'IntegrationId',
    properties:
      words(`ConnectionId ConnectionType ContentHandlingStrategy CredentialsArn Description IntegrationMethod
      IntegrationSubtype IntegrationType IntegrationUri PassthroughBehavior PayloadFormatVersion RequestParameters
      RequestTemplates ResponseParameters TemplateSelectionExpression TimeoutInMillis TlsConfig`),
    required: ['IntegrationType'],
    replacing: ['IntegrationType'],
  }),
  'AWS::ApiGatewayV2::IntegrationResponse': part({
    name: 'IntegrationResponse',
    idMember: 'IntegrationResponseId',
    parent: 'IntegrationId',
    properties:
      words(`ContentHandlingStrategy IntegrationResponseKey ResponseParameters ResponseTemplates
      TemplateSelectionExpression`),
    required: ['IntegrationResponseKey'],
    key: 'IntegrationResponseKey',
  }),
  'AWS::ApiGatewayV2::Model': part({
    name: 'Model',
    idMember: 'ModelId',
    properties: words('ContentType Description Name Schema'),
    required: words('Name Schema'),
    key: 'Name',
  }),
  'AWS::ApiGatewayV2::Route': part({
    name: 'Route',
    idMember: 'RouteId',
    properties:
      words(`ApiKeyRequired AuthorizationScopes AuthorizationType AuthorizerId ModelSelectionExpression OperationName
      RequestModels RequestParameters RouteKey RouteResponseSelectionExpression Target`),
    required: ['RouteKey'],
    key: 'RouteKey',
  }),
  'AWS::ApiGatewayV2::RouteResponse': part({
    name: 'RouteResponse',
    idMember: 'RouteResponseId',
    parent: 'RouteId',
    properties: words(
      'ModelSelectionExpression ResponseModels ResponseParameters RouteResponseKey',
    ),
    required: ['RouteResponseKey'],
    key: 'RouteResponseKey',
  }),
  'AWS::ApiGatewayV2::Stage': part({
    name: 'Stage',
    idMember: 'StageName',
    properties:
      words(`AccessLogSettings AutoDeploy ClientCertificateId DefaultRouteSettings DeploymentId Description
      RouteSettings StageName StageVariables Tags`),
    required: ['StageName'],
    replacing: ['StageName'],
    key: 'StageName',
    tags: 'map',
  }),
};
