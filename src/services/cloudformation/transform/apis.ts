/** AWS::Serverless::Api and AWS::Serverless::HttpApi, and those that functions' events imply. */
import type { Json, JsonObject } from '#kernel/json.ts';
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
  sub,
  tagList,
  type Route,
  type Source,
  type Target,
} from './parts.ts';
import { toText } from '../text.ts';

const INVOCATIONS =
  'arn:${AWS::Partition}:apigateway:${AWS::Region}:lambda:path/2015-03-31/functions/${__Function__}/invocations';

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

function integrationUri(target: Json): JsonObject {
  return sub(INVOCATIONS, { __Function__: target });
}

/** A REST API with its deployment and stage. */
export function transformApi(target: Target, { id, properties, attributes: from }: Source): void {
  const { StageName: given, DefinitionBody: body, DefinitionUri: uri, Cors: cors } = properties;
  if (properties['Auth'] !== undefined) checkAuth(id, objectOf(properties['Auth']));
  const stage = knownText(given, target.context);
  if (stage === undefined) invalid(id, "Missing required property 'StageName'.");
  const routes = target.routes.get(id) ?? [];
  const isOwn = body === undefined && uri === undefined;
  const definition =
    isOwn || routes.length > 0 ? restDefinition(objectOf(body), routes, cors) : body;
  target.resources[id] = {
    ...from,
    Type: 'AWS::ApiGateway::RestApi',
    Properties: present({
      Body: definition,
      BodyS3Location: isOwn ? undefined : s3Location(uri),
      Name: properties['Name'],
      ...pick(properties, [
        'ApiKeySourceType',
        'BinaryMediaTypes',
        'Description',
        'DisableExecuteApiEndpoint',
        'MinimumCompressionSize',
        'Policy',
      ]),
      EndpointConfiguration: endpointOf(properties['EndpointConfiguration']),
      Tags: properties['Tags'] === undefined ? undefined : tagList(properties['Tags']),
    }),
  };
  const deployment = `${id}Deployment${hashOf([definition, properties])}`;
  add(target, deployment, 'AWS::ApiGateway::Deployment', {
    from,
    properties: { RestApiId: ref(id), Description: `RestApi deployment id: ${deployment}` },
  });
  add(target, `${id}${stage.replaceAll(/[^A-Za-z0-9]/g, '')}Stage`, 'AWS::ApiGateway::Stage', {
    from,
    properties: {
      DeploymentId: ref(deployment),
      RestApiId: ref(id),
      StageName: stage,
      Variables: properties['Variables'],
      MethodSettings: properties['MethodSettings'],
      AccessLogSetting: properties['AccessLogSetting'],
      TracingEnabled: properties['TracingEnabled'],
      Tags: properties['Tags'] === undefined ? undefined : tagList(properties['Tags']),
    },
  });
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

/** What the transform would leave out in silence is refused. */
function checkAuth(id: string, auth: JsonObject): void {
  const unknown = Object.keys(auth).filter(
    (name) => name !== 'AddDefaultAuthorizerToCorsPreflight',
  );
  if (unknown.length === 0) return;
  invalid(
    id,
    `Hearth does not support Auth.${unknown[0]} of AWS::Serverless::Api: write the authorizer into DefinitionBody.`,
  );
}

function restDefinition(
  body: JsonObject,
  routes: readonly Route[],
  cors: Json | undefined,
): JsonObject {
  const paths: Record<string, JsonObject> = {
    ...(objectOf(body['paths']) as Record<string, JsonObject>),
  };
  for (const { path, method, target, settings } of routes) {
    const name = method === 'ANY' ? 'x-amazon-apigateway-any-method' : method.toLowerCase();
    const operation = {
      ...objectOf(objectOf(paths[path])[name]),
      'x-amazon-apigateway-integration': {
        httpMethod: 'POST',
        type: 'aws_proxy',
        uri: integrationUri(target),
        ...pick({ timeoutInMillis: settings['TimeoutInMillis'] }, ['timeoutInMillis']),
      },
      responses: {},
      parameters: pathParameters(path),
    };
    paths[path] = { ...objectOf(paths[path]), [name]: operation };
  }
  if (cors !== undefined && cors !== null) {
    for (const path of Object.keys(paths)) {
      paths[path] = { options: preflight(cors), ...objectOf(paths[path]) };
    }
  }
  return {
    swagger: '2.0',
    info: { version: '1.0', title: ref('AWS::StackName') },
    ...body,
    paths,
  };
}

function pathParameters(path: string): Json {
  const names = [...path.matchAll(/\{([^{}+]+)\+?\}/g)].map(([, name = '']) => name);
  return names.map((name) => ({ name, in: 'path', required: true, type: 'string' }));
}

/** Answers a browser's question before its request. */
function preflight(cors: Json): JsonObject {
  const given = typeof cors === 'string' ? { AllowOrigin: cors } : objectOf(cors);
  const {
    AllowMethods: methods = "'*'",
    AllowHeaders: headers,
    AllowOrigin: origin = "'*'",
  } = given;
  const values: JsonObject = present({
    'Access-Control-Allow-Headers': headers,
    'Access-Control-Allow-Methods': methods,
    'Access-Control-Allow-Origin': origin,
    'Access-Control-Max-Age': given['MaxAge'],
    'Access-Control-Allow-Credentials': given['AllowCredentials'] === true ? "'true'" : undefined,
  });
  const names = Object.keys(values);
  return {
    consumes: ['application/json'],
    produces: ['application/json'],
    summary: 'CORS support',
    'x-amazon-apigateway-integration': {
      type: 'mock',
      requestTemplates: { 'application/json': '{\n  "statusCode" : 200\n}\n' },
      responses: {
        default: {
          statusCode: '200',
          responseTemplates: { 'application/json': '{}\n' },
          responseParameters: Object.fromEntries(
            names.map((name) => [`method.response.header.${name}`, values[name]]),
          ),
        },
      },
    },
    responses: {
      '200': {
        description: 'Default response for CORS method',
        headers: Object.fromEntries(names.map((name) => [name, { type: 'string' }])),
      },
    },
  };
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
  add(target, `${id}${suffix}Stage`, 'AWS::ApiGatewayV2::Stage', {
    from,
    properties: {
      ApiId: ref(id),
      StageName: stage,
      AutoDeploy: true,
      ...pick(properties, [
        'AccessLogSettings',
        'DefaultRouteSettings',
        'RouteSettings',
        'StageVariables',
      ]),
      Tags: { 'httpapi:createdBy': 'SAM', ...objectOf(properties['Tags']) },
    },
  });
}

function httpDefinition({ id, properties }: Source, routes: readonly Route[]): JsonObject {
  const body = objectOf(properties['DefinitionBody']);
  const paths: Record<string, JsonObject> = {
    ...(objectOf(body['paths']) as Record<string, JsonObject>),
  };
  const auth = objectOf(properties['Auth']);
  const schemes = Object.fromEntries(
    Object.entries(objectOf(auth['Authorizers'])).map(([name, one]) => [
      name,
      jwtScheme(id, name, objectOf(one)),
    ]),
  );
  for (const { path, method, target, auth: own = {}, settings } of routes) {
    const name = method === 'ANY' ? 'x-amazon-apigateway-any-method' : method.toLowerCase();
    const authorizer = own['Authorizer'] ?? auth['DefaultAuthorizer'];
    const isOpen = authorizer === undefined || authorizer === 'NONE';
    const operation = {
      ...objectOf(objectOf(paths[path])[name]),
      ...(path === '/$default' ? { isDefaultRoute: true } : {}),
      ...(isOpen ? {} : { security: [{ [toText(authorizer)]: own['AuthorizationScopes'] ?? [] }] }),
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
    ...(Object.keys(schemes).length === 0 ? {} : { components: { securitySchemes: schemes } }),
  };
}

function jwtScheme(id: string, name: string, authorizer: JsonObject): JsonObject {
  const { JwtConfiguration: jwt, IdentitySource: source } = authorizer;
  if (jwt === undefined) invalid(id, `Hearth supports JWT authorizers alone; ${name} is another.`);
  return {
    type: 'oauth2',
    'x-amazon-apigateway-authorizer': {
      type: 'jwt',
      identitySource: source ?? '$request.header.Authorization',
      jwtConfiguration: jwt,
    },
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
