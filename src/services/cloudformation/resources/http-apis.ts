/** AWS::ApiGatewayV2::*. */
import { isObject, type JsonObject } from '#kernel/json.ts';
import { collectBytes, textOf as decoded } from '#kernel/bytes.ts';
import { toText } from '../text.ts';
import { answered, changeTags, gone, hasChanged, without } from './shared.ts';
import { words, type Made, type ResourceType, type Values, type Work } from './resource-type.ts';

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
    const { BasePath: Basepath, FailOnWarnings } = work.properties;
    const answer = await work.call(SERVICE, 'ImportApi', { Body, Basepath, FailOnWarnings });
    const ApiId = answered(answer, 'ApiId');
    await work.claim(ApiId);
    return apiMade(await putSettings(work, ApiId, answer));
  },
  async update(work, before) {
    const { physicalId: ApiId, attributes } = before;
    const Body = await definitionOf(work);
    if (Body !== undefined && hasChanged(work, before, ...DEFINED)) {
      const { BasePath: Basepath, FailOnWarnings } = work.properties;
      await work.call(SERVICE, 'ReimportApi', { ApiId, Body, Basepath, FailOnWarnings });
    }
    await putSettings(work, ApiId, {});
    await changeTags(work, before, tagsOf(work, `apis/${ApiId}`));
    return { physicalId: ApiId, attributes };
  },
  delete: (work, { physicalId: ApiId }) => gone(work.call(SERVICE, 'DeleteApi', { ApiId })),
};

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
}

/** A part of an API. */
function part({ name, idMember, tags, parent, ...names }: Part): ResourceType {
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

export const HTTP_API_TYPES: Readonly<Record<string, ResourceType>> = {
  'AWS::ApiGatewayV2::Api': API,
  'AWS::ApiGatewayV2::Authorizer': part({
    name: 'Authorizer',
    idMember: 'AuthorizerId',
    properties:
      words(`AuthorizerCredentialsArn AuthorizerPayloadFormatVersion AuthorizerResultTtlInSeconds AuthorizerType
      AuthorizerUri EnableSimpleResponses IdentitySource IdentityValidationExpression JwtConfiguration Name`),
    required: words('AuthorizerType Name'),
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
  }),
  'AWS::ApiGatewayV2::Model': part({
    name: 'Model',
    idMember: 'ModelId',
    properties: words('ContentType Description Name Schema'),
    required: words('Name Schema'),
  }),
  'AWS::ApiGatewayV2::Route': part({
    name: 'Route',
    idMember: 'RouteId',
    properties:
      words(`ApiKeyRequired AuthorizationScopes AuthorizationType AuthorizerId ModelSelectionExpression OperationName
      RequestModels RequestParameters RouteKey RouteResponseSelectionExpression Target`),
    required: ['RouteKey'],
  }),
  'AWS::ApiGatewayV2::RouteResponse': part({
    name: 'RouteResponse',
    idMember: 'RouteResponseId',
    parent: 'RouteId',
    properties: words(
      'ModelSelectionExpression ResponseModels ResponseParameters RouteResponseKey',
    ),
    required: ['RouteResponseKey'],
  }),
  'AWS::ApiGatewayV2::Stage': part({
    name: 'Stage',
    idMember: 'StageName',
    properties:
      words(`AccessLogSettings AutoDeploy ClientCertificateId DefaultRouteSettings DeploymentId Description
      RouteSettings StageName StageVariables Tags`),
    required: ['StageName'],
    replacing: ['StageName'],
    tags: 'map',
  }),
};
