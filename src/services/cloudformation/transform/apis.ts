/** AWS::Serverless::Api and AWS::Serverless::HttpApi, and those that functions' events imply. */
import type { Json, JsonObject } from '#kernel/json.ts';
import {
  httpSchemes,
  integrationUri,
  permitAuthorizers,
  restAuthOf,
  addUsagePlan,
} from './api-auth.ts';
import { addHttpDomain, addRestDomain } from './api-domains.ts';
import { restDefinition } from './rest-definition.ts';
import { IMPLICIT_HTTP_API, IMPLICIT_REST_API } from './events.ts';
import {
  add,
  hashOf,
  invalid,
  knownText,
  objectOf,
  pick,
  present,
  ref,
  tagList,
  type Route,
  type Source,
  type Target,
} from './parts.ts';
import { toText } from '../text.ts';

/** APIs that no resource declares, because events name none. */
export function impliedApis(
  { routes }: Target,
  globals: JsonObject,
): readonly (readonly [string, JsonObject])[] {
  const rest = routes.has(IMPLICIT_REST_API)
    ? [
        [
          IMPLICIT_REST_API,
          {
            Type: 'AWS::Serverless::Api',
            Properties: { ...objectOf(globals['Api']), StageName: 'Prod' },
          },
        ] as const,
      ]
    : [];
  const http = routes.has(IMPLICIT_HTTP_API)
    ? [
        [
          IMPLICIT_HTTP_API,
          { Type: 'AWS::Serverless::HttpApi', Properties: objectOf(globals['HttpApi']) },
        ] as const,
      ]
    : [];
  return [...rest, ...http];
}

/** A REST API with its deployment and stage. */
export function transformApi(target: Target, source: Source): void {
  const { id, properties, attributes: from } = source;
  const { StageName: given, Tags: tags } = properties;
  if (given === undefined) invalid(id, "Missing required property 'StageName'.");
  const definition = restDefinitionOf(target, source);
  const Tags = tags === undefined ? undefined : tagList(tags);
  target.resources[id] = {
    ...from,
    Type: 'AWS::ApiGateway::RestApi',
    Properties: present({
      Body: definition,
      BodyS3Location:
        definition === undefined ? s3Location(properties['DefinitionUri']) : undefined,
      ...pick(properties, API_SETTINGS),
      EndpointConfiguration: endpointOf(properties['EndpointConfiguration']),
      Tags,
    }),
  };
  const deployment = `${id}Deployment${hashOf([definition, properties])}`;
  add(target, deployment, 'AWS::ApiGateway::Deployment', {
    from,
    properties: { RestApiId: ref(id), Description: `RestApi deployment id: ${deployment}` },
  });
  // What is not known yet is no part of an id.
  const stage = knownText(given, target.context);
  const stageId = `${id}${stage?.replaceAll(/[^A-Za-z0-9]/g, '') ?? ''}Stage`;
  add(target, stageId, 'AWS::ApiGateway::Stage', {
    from,
    properties: {
      DeploymentId: ref(deployment),
      RestApiId: ref(id),
      StageName: stage ?? given,
      ...pick(properties, STAGE_SETTINGS),
      Tags,
    },
  });
  target.generated.set(`${id}.Stage`, stageId).set(`${id}.Deployment`, deployment);
  permitAuthorizers(target, source, isTrusted);
  addUsagePlan(target, source, stageId);
  addRestDomain(target, source, stageId);
}

const API_SETTINGS = [
  'ApiKeySourceType',
  'BinaryMediaTypes',
  'Description',
  'DisableExecuteApiEndpoint',
  'FailOnWarnings',
  'MinimumCompressionSize',
  'Mode',
  'Name',
  'Policy',
];
const STAGE_SETTINGS = [
  'AccessLogSetting',
  'CacheClusterEnabled',
  'CacheClusterSize',
  'CanarySetting',
  'MethodSettings',
  'TracingEnabled',
  'Variables',
];

/** The template's definition with all that is added to it; `undefined` where it is in S3. */
function restDefinitionOf(target: Target, { id, properties }: Source): Json | undefined {
  const { DefinitionBody: body, DefinitionUri: uri } = properties;
  const routes = target.routes.get(id) ?? [];
  const auth = restAuthOf(id, objectOf(properties['Auth']));
  const adds = ['Auth', 'Cors', 'GatewayResponses', 'Models'].filter(
    (name) => properties[name] !== undefined,
  );
  if (uri !== undefined) {
    if (adds.length === 0 && routes.length === 0) return undefined;
    invalid(id, `${adds[0] ?? 'Events'} works only with OpenApi in 'DefinitionBody'.`);
  }
  const isChanged = body === undefined || routes.length > 0 || adds.length > 0;
  return isChanged ? restDefinition({ body: objectOf(body), routes, properties, auth }) : body;
}

/** REST APIs let themselves in where they are not told otherwise. */
function isTrusted({ DisableFunctionDefaultPermissions: isOff }: JsonObject): boolean {
  return isOff !== true;
}

function s3Location(uri: Json | undefined): Json | undefined {
  if (typeof uri !== 'string') return uri;
  const [, Bucket = '', Key = ''] = /^s3:\/\/([^/]+)\/(.+)$/.exec(uri) ?? [];
  return { Bucket, Key };
}

function endpointOf(given: Json | undefined): Json | undefined {
  if (given === undefined) return undefined;
  const { Type: type } = objectOf(given);
  return { Types: [type ?? given] };
}

/** An HTTP API with its stage. */
export function transformHttpApi(target: Target, source: Source): void {
  const { id, properties, attributes: from } = source;
  const routes = target.routes.get(id) ?? [];
  const { StageName: given, DefinitionUri: uri } = properties;
  const definition = uri === undefined ? httpDefinition(source, routes) : undefined;
  target.resources[id] = {
    ...from,
    Type: 'AWS::ApiGatewayV2::Api',
    Properties: present({
      Body: definition,
      BodyS3Location: s3Location(uri),
      Description: properties['Description'],
      DisableExecuteApiEndpoint: properties['DisableExecuteApiEndpoint'],
      FailOnWarnings: properties['FailOnWarnings'],
    }),
  };
  const stage = knownText(given, target.context) ?? '$default';
  const suffix = stage === '$default' ? 'ApiGatewayDefault' : stage.replaceAll(/[^A-Za-z0-9]/g, '');
  const stageId = `${id}${suffix}Stage`;
  target.generated.set(`${id}.Stage`, stageId);
  permitAuthorizers(
    target,
    source,
    ({ EnableFunctionDefaultPermissions: isOn }) => isOn === true || isOn === 'true',
  );
  addHttpDomain(target, source, stageId);
  const settings = routeSettings(routes, properties['RouteSettings']);
  add(target, stageId, 'AWS::ApiGatewayV2::Stage', {
    from,
    properties: {
      ApiId: ref(id),
      StageName: stage,
      AutoDeploy: true,
      ...pick(properties, ['AccessLogSettings', 'DefaultRouteSettings', 'StageVariables']),
      RouteSettings: settings,
      Tags: { 'httpapi:createdBy': 'SAM', ...objectOf(properties['Tags']) },
    },
  });
}

/** Settings that events give their routes stand beside those of the API. */
function routeSettings(routes: readonly Route[], own: Json | undefined): Json | undefined {
  const given = routes.flatMap(({ path, method, settings }): [string, Json][] => {
    const { RouteSettings: one } = settings;
    const key = path === '/$default' ? '$default' : `${method} ${path}`;
    return one === undefined ? [] : [[key, one]];
  });
  return given.length === 0 ? own : { ...objectOf(own), ...Object.fromEntries(given) };
}

function httpDefinition({ id, properties }: Source, routes: readonly Route[]): JsonObject {
  const body = objectOf(properties['DefinitionBody']);
  const paths: Record<string, JsonObject> = {
    ...(objectOf(body['paths']) as Record<string, JsonObject>),
  };
  const auth = objectOf(properties['Auth']);
  const schemes = httpSchemes(id, auth);
  const components = objectOf(body['components']);
  const known = objectOf(components['securitySchemes']);
  for (const { path, method, target, auth: own = {}, settings } of routes) {
    const name = method === 'ANY' ? 'x-amazon-apigateway-any-method' : method.toLowerCase();
    const authorizer = own['Authorizer'] ?? auth['DefaultAuthorizer'];
    const isOpen = authorizer === undefined || authorizer === 'NONE';
    const { AuthorizationScopes: usual } = objectOf(
      objectOf(auth['Authorizers'])[toText(authorizer)],
    );
    const scopes = own['AuthorizationScopes'] ?? usual ?? [];
    const operation = {
      ...objectOf(objectOf(paths[path])[name]),
      ...(path === '/$default' ? { isDefaultRoute: true } : {}),
      ...(isOpen ? {} : { security: [{ [toText(authorizer)]: scopes }] }),
      'x-amazon-apigateway-integration': present({
        httpMethod: 'POST',
        type: 'aws_proxy',
        uri: integrationUri(target),
        payloadFormatVersion: settings['PayloadFormatVersion'] ?? '2.0',
        timeoutInMillis: settings['TimeoutInMillis'],
      }),
      responses: {},
    };
    paths[path] = { ...objectOf(paths[path]), [name]: operation };
  }
  const { CorsConfiguration: cors, Name: name } = properties;
  return {
    openapi: '3.0.1',
    info: { version: '1.0', title: name ?? ref('AWS::StackName') },
    ...body,
    paths,
    ...(cors === undefined ? {} : { 'x-amazon-apigateway-cors': corsOf(cors) }),
    ...(Object.keys(schemes).length === 0
      ? {}
      : { components: { ...components, securitySchemes: { ...known, ...schemes } } }),
  };
}

function corsOf(cors: Json): JsonObject {
  if (cors === true) return { allowOrigins: ['*'] };
  return Object.fromEntries(
    Object.entries(objectOf(cors)).map(([name, value]) => [
      `${name.charAt(0).toLowerCase()}${name.slice(1)}`,
      value,
    ]),
  );
}
