/** The OpenAPI document of an AWS::Serverless::Api: its own, with what functions' events and the API's settings add. */
import { isObject, type Json, type JsonObject } from '#kernel/json.ts';
import { toText } from '../text.ts';
import { integrationUri, type RestAuth } from './api-auth.ts';
import { listOf, objectOf, pick, present, ref, type Route } from './parts.ts';

const VALIDATOR = 'x-amazon-apigateway-request-validator';
/** Operations by which a browser asks before its request. */
const PREFLIGHT = 'options';

interface DefinitionParts {
  readonly body: JsonObject;
  readonly routes: readonly Route[];
  readonly properties: JsonObject;
  readonly auth: RestAuth;
}

type Paths = Record<string, JsonObject>;

/** The document; what the template's own says of an operation besides stays. */
export function restDefinition({ body, routes, properties, auth }: DefinitionParts): JsonObject {
  const isSwagger = body['openapi'] === undefined;
  const paths: Paths = { ...(objectOf(body['paths']) as Paths) };
  for (const route of routes) {
    const { path, method } = route;
    const name = method === 'ANY' ? 'x-amazon-apigateway-any-method' : method.toLowerCase();
    const own = objectOf(objectOf(paths[path])[name]);
    const operation = operationOf(route, own, auth, isSwagger);
    paths[path] = { ...objectOf(paths[path]), [name]: operation };
  }
  const { Cors: cors, GatewayResponses: responses, Models: models } = properties;
  if (cors !== undefined && cors !== null) {
    for (const path of Object.keys(paths)) {
      paths[path] = { [PREFLIGHT]: preflight(cors), ...objectOf(paths[path]) };
    }
  }
  return present({
    ...(isSwagger ? { swagger: '2.0' } : {}),
    info: { version: '1.0', title: ref('AWS::StackName') },
    ...body,
    paths: secured(paths, auth),
    ...described(body, isSwagger, { schemes: auth.schemes, models: objectOf(models) }),
    'x-amazon-apigateway-policy': auth.policy ?? body['x-amazon-apigateway-policy'],
    'x-amazon-apigateway-gateway-responses':
      responses === undefined
        ? body['x-amazon-apigateway-gateway-responses']
        : gatewayResponses(responses),
    'x-amazon-apigateway-request-validators': validatorsOf(body, paths),
  });
}

function operationOf(
  { path, target, auth: own = {}, settings }: Route,
  known: JsonObject,
  auth: RestAuth,
  isSwagger: boolean,
): JsonObject {
  const security = auth.securityOf(own, false);
  return {
    ...known,
    'x-amazon-apigateway-integration': present({
      httpMethod: 'POST',
      type: 'aws_proxy',
      uri: integrationUri(target),
      timeoutInMillis: settings['TimeoutInMillis'],
      responseTransferMode: settings['ResponseTransferMode'],
    }),
    responses: known['responses'] ?? {},
    parameters: [
      ...parametersOf(path, known, settings, isSwagger),
      ...(isSwagger ? bodyParameters(settings) : []),
    ],
    ...(isSwagger ? {} : requestBody(settings)),
    ...validatorOf(settings),
    // An event that opens its route does so also where all others are asked.
    ...(security === undefined
      ? own['Authorizer'] === 'NONE'
        ? { security: [] }
        : {}
      : { security }),
  };
}

const PLACES: Readonly<Record<string, string>> = {
  header: 'header',
  path: 'path',
  querystring: 'query',
};

/** Parameters of the path, and those that an event names: `method.request.querystring.page`. */
function parametersOf(
  path: string,
  known: JsonObject,
  { RequestParameters: asked }: JsonObject,
  isSwagger: boolean,
): Json[] {
  const typed = isSwagger ? { type: 'string' } : { schema: { type: 'string' } };
  const names = [...path.matchAll(/\{([^{}+]+)\+?\}/g)].map(([, name = '']) => name);
  const inPath = names.map((name) => ({ name, in: 'path', required: true, ...typed }));
  const more = listOf(asked).flatMap((one): JsonObject[] => {
    const [[key, settings] = ['', undefined]] = isObject(one) ? Object.entries(one) : [];
    const text = isObject(one) ? key : toText(one);
    const [, , place = '', ...name] = text.split('.');
    const required = objectOf(settings)['Required'] ?? false;
    return [{ name: name.join('.'), in: PLACES[place] ?? 'header', required, ...typed }];
  });
  const given = listOf(known['parameters']);
  const isNew = ({ name }: JsonObject): boolean =>
    !given.some((one) => objectOf(one)['name'] === name);
  return [...given, ...[...inPath, ...more.filter((one) => one['in'] !== 'path')].filter(isNew)];
}

function bodyParameters({ RequestModel: given }: JsonObject): Json[] {
  const { Model: model, Required: required = false } = objectOf(given);
  if (model === undefined) return [];
  const name = toText(model);
  return [
    { in: 'body', name: name.toLowerCase(), required, schema: { $ref: `#/definitions/${name}` } },
  ];
}

function requestBody({ RequestModel: given }: JsonObject): JsonObject {
  const { Model: model, Required: required = false } = objectOf(given);
  if (model === undefined) return {};
  const schema = { $ref: `#/components/schemas/${toText(model)}` };
  return { requestBody: { required, content: { 'application/json': { schema } } } };
}

const VALIDATORS: JsonObject = {
  'body-only': { validateRequestBody: true, validateRequestParameters: false },
  'body-params': { validateRequestBody: true, validateRequestParameters: true },
  'params-only': { validateRequestBody: false, validateRequestParameters: true },
};

function validatorOf({ RequestModel: given }: JsonObject): JsonObject {
  const { ValidateBody: body, ValidateParameters: parameters } = objectOf(given);
  if (body !== true && parameters !== true) return {};
  if (body !== true) return { [VALIDATOR]: 'params-only' };
  return { [VALIDATOR]: parameters === true ? 'body-params' : 'body-only' };
}

function validatorsOf(body: JsonObject, paths: Paths): Json | undefined {
  const known = body['x-amazon-apigateway-request-validators'];
  const used = Object.values(paths)
    .flatMap((path) => Object.values(path))
    .map((operation) => toText(objectOf(operation)[VALIDATOR]))
    .filter((name) => Object.hasOwn(VALIDATORS, name));
  return used.length === 0 ? known : { ...pick(VALIDATORS, used), ...objectOf(known) };
}

/** The API's own demands hold for each operation that has none. */
function secured(paths: Paths, auth: RestAuth): JsonObject {
  return Object.fromEntries(
    Object.entries(paths).map(([path, operations]) => [
      path,
      Object.fromEntries(
        Object.entries(operations).map(([method, operation]) => {
          const security = auth.securityOf({}, method === PREFLIGHT);
          const hasNone =
            security === undefined ||
            !isObject(operation) ||
            'security' in operation ||
            !/^(?:get|put|post|delete|patch|head|options|x-amazon-apigateway-any-method)$/.test(
              method,
            );
          return [method, hasNone ? operation : { ...operation, security }];
        }),
      ),
    ]),
  );
}

/** Security schemes and models, where each version of OpenAPI has them. */
function described(
  body: JsonObject,
  isSwagger: boolean,
  { schemes, models }: { readonly schemes: JsonObject; readonly models: JsonObject },
): JsonObject {
  if (isSwagger) {
    return {
      securityDefinitions: { ...schemes, ...objectOf(body['securityDefinitions']) },
      ...(Object.keys(models).length === 0
        ? {}
        : { definitions: { ...objectOf(body['definitions']), ...models } }),
    };
  }
  const components = objectOf(body['components']);
  return {
    components: {
      ...components,
      securitySchemes: { ...schemes, ...objectOf(components['securitySchemes']) },
      schemas: { ...objectOf(components['schemas']), ...models },
    },
  };
}

/** `Headers: { X: "'1'" }` becomes `gatewayresponse.header.X`. */
function gatewayResponses(given: Json): JsonObject {
  const places: readonly (readonly [string, string])[] = [
    ['Headers', 'header'],
    ['Paths', 'path'],
    ['QueryStrings', 'querystring'],
  ];
  const one = (response: JsonObject): JsonObject => {
    const parameters = objectOf(response['ResponseParameters']);
    const named = places.flatMap(([list, place]) =>
      Object.entries(objectOf(parameters[list])).map(([name, value]): [string, Json] => [
        `gatewayresponse.${place}.${name}`,
        value ?? null,
      ]),
    );
    return present({
      statusCode: response['StatusCode'] === undefined ? undefined : toText(response['StatusCode']),
      responseParameters: named.length === 0 ? undefined : Object.fromEntries(named),
      responseTemplates: response['ResponseTemplates'],
    });
  };
  return Object.fromEntries(
    Object.entries(objectOf(given)).map(([type, response]) => [type, one(objectOf(response))]),
  );
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
