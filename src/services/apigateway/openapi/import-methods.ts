/** The methods of one path of a document. */
import type {
  Authorizer,
  Integration,
  IntegrationResponse,
  Method,
  MethodResponse,
  RequestValidator,
} from '#aws/models/apigateway.types.gen.ts';
import { AwsError } from '#aws/errors.ts';
import {
  followed,
  nodeOf,
  nodesOf,
  plainTextOf,
  stringOf,
  textMapOf,
  type Node,
} from '#aws/openapi.ts';
import { isObject } from '#kernel/json.ts';
import { badRequest } from '../errors.ts';
import { compact, type ById } from '../model.ts';
import { checkIntegration } from '../operations/check-integration.ts';
import { completeIntegration } from '../operations/integrations.ts';
import { isSwagger } from './document.ts';
import { modelNameOf } from './import-models.ts';
import { securityOf } from './import-security.ts';

export interface MethodScope {
  readonly document: Node;
  readonly resourceId: string;
  readonly path: string;
  readonly validators: readonly (RequestValidator & { readonly id: string })[];
  readonly authorizers: readonly Authorizer[];
  readonly warn: (warning: string) => void;
}

const NAMES: Readonly<Record<string, string>> = {
  get: 'GET',
  put: 'PUT',
  post: 'POST',
  delete: 'DELETE',
  patch: 'PATCH',
  options: 'OPTIONS',
  head: 'HEAD',
  'x-amazon-apigateway-any-method': 'ANY',
};

/** The methods that a path has, by name. */
export function importMethods(scope: MethodScope, item: Node): ById<Method> {
  const methods = Object.keys(item).flatMap((name) => {
    const httpMethod = NAMES[name];
    if (httpMethod === undefined) return [];
    return [
      [
        httpMethod,
        importMethod(scope, { item, operation: nodeOf(item, name), httpMethod }),
      ] as const,
    ];
  });
  return Object.fromEntries(methods);
}

interface Found {
  readonly item: Node;
  readonly operation: Node;
  readonly httpMethod: string;
}

function importMethod(scope: MethodScope, found: Found): Method {
  const { document, validators, authorizers } = scope;
  const { operation, httpMethod } = found;
  const parameters = parametersOf(scope, found);
  const validatorName =
    stringOf(operation, 'x-amazon-apigateway-request-validator') ??
    stringOf(document, 'x-amazon-apigateway-request-validator');
  const method: Method = compact({
    httpMethod,
    ...securityOf(document, operation, authorizers),
    operationName: stringOf(operation, 'operationId'),
    requestValidatorId: validators.find(({ name }) => name === validatorName)?.id,
    requestParameters: { ...pathParametersOf(scope.path), ...requestParametersOf(parameters) },
    requestModels: requestModelsOf(scope, operation, parameters),
    methodResponses: methodResponsesOf(scope, operation),
    methodIntegration: integrationOf(scope, found),
  });
  checkImported(scope, method);
  return method;
}

/** @throws AwsError BadRequestException where what is behind a method cannot be */
function checkImported({ path }: MethodScope, method: Method): void {
  const { httpMethod, methodIntegration } = method;
  if (methodIntegration === undefined) return;
  try {
    checkIntegration(methodIntegration, method);
  } catch (error) {
    if (!(error instanceof AwsError)) throw error;
    throw badRequest(
      'Errors found during import:\n\tUnable to put integration on ' +
        `'${httpMethod}' for resource at path '${path}': ${error.message}`,
    );
  }
}

/** A path's own parameters and an operation's, followed. */
function parametersOf({ document }: MethodScope, { item, operation }: Found): readonly Node[] {
  const all = [...nodesOf(item, 'parameters'), ...nodesOf(operation, 'parameters')];
  return all.map((one) => followed(document, one));
}

const PLACES: Readonly<Record<string, string>> = {
  query: 'querystring',
  header: 'header',
  path: 'path',
};

/** What a path's variables take is there, whether it is described or not. */
function pathParametersOf(path: string): Readonly<Record<string, boolean>> {
  const names = path.matchAll(/\{([^{}+]+)\+?\}/g);
  return Object.fromEntries(Array.from(names, ([, name]) => [`method.request.path.${name}`, true]));
}

function requestParametersOf(parameters: readonly Node[]): Readonly<Record<string, boolean>> {
  const named = parameters.flatMap((parameter) => {
    const place = PLACES[stringOf(parameter, 'in') ?? ''];
    const name = stringOf(parameter, 'name');
    if (place === undefined || name === undefined) return [];
    return [[`method.request.${place}.${name}`, parameter['required'] === true] as const];
  });
  return Object.fromEntries(named);
}

function requestModelsOf(
  { document }: MethodScope,
  operation: Node,
  parameters: readonly Node[],
): Readonly<Record<string, string>> {
  if (!isSwagger(document)) {
    return modelsOf(nodeOf(followed(document, nodeOf(operation, 'requestBody')), 'content'));
  }
  const body = parameters.find((parameter) => parameter['in'] === 'body');
  const model = body && modelNameOf(nodeOf(body, 'schema'));
  if (model === undefined) return {};
  const consumes = operation['consumes'] ?? document['consumes'];
  const types = Array.isArray(consumes) && consumes.length > 0 ? consumes : ['application/json'];
  return Object.fromEntries(types.map((type) => [String(type), model]));
}

/** The models of a `content`, by media type. */
function modelsOf(content: Node): Readonly<Record<string, string>> {
  const models = Object.keys(content).flatMap((type) => {
    const model = modelNameOf(nodeOf(nodeOf(content, type), 'schema'));
    return model === undefined ? [] : [[type, model] as const];
  });
  return Object.fromEntries(models);
}

function methodResponsesOf(scope: MethodScope, operation: Node): ById<MethodResponse> {
  const { document } = scope;
  const responses = nodeOf(operation, 'responses');
  const found = Object.keys(responses)
    .filter((status) => /^[1-5]\d\d$/.test(status))
    .map((statusCode): readonly [string, MethodResponse] => {
      const response = followed(document, nodeOf(responses, statusCode));
      const headers = Object.keys(nodeOf(response, 'headers'));
      const names = headers.map((name) => [`method.response.header.${name}`, false] as const);
      const responseModels = isSwagger(document)
        ? swaggerModelsOf(scope, operation, response)
        : modelsOf(nodeOf(response, 'content'));
      const responseParameters = Object.fromEntries(names);
      return [statusCode, compact({ statusCode, responseParameters, responseModels })];
    });
  return Object.fromEntries(found);
}

function swaggerModelsOf(
  { document }: MethodScope,
  operation: Node,
  response: Node,
): Readonly<Record<string, string>> {
  const model = modelNameOf(nodeOf(response, 'schema'));
  if (model === undefined) return {};
  const produces = operation['produces'] ?? document['produces'];
  const types = Array.isArray(produces) && produces.length > 0 ? produces : ['application/json'];
  return Object.fromEntries(types.map((type) => [String(type), model]));
}

function integrationOf(scope: MethodScope, found: Found): Integration | undefined {
  const own = found.operation['x-amazon-apigateway-integration'];
  if (!isObject(own)) return undefined;
  const node = followed(scope.document, own);
  const type = (stringOf(node, 'type') ?? 'mock').toUpperCase();
  const timeout = node['timeoutInMillis'];
  const keys = node['cacheKeyParameters'];
  const tls = nodeOf(node, 'tlsConfig');
  const integration: Integration = compact({
    type,
    httpMethod: type === 'MOCK' ? undefined : stringOf(node, 'httpMethod'),
    uri: stringOf(node, 'uri'),
    connectionType: stringOf(node, 'connectionType'),
    connectionId: stringOf(node, 'connectionId'),
    credentials: stringOf(node, 'credentials'),
    requestParameters: integrationParametersOf(scope, found, node),
    requestTemplates: textMapOf(node, 'requestTemplates'),
    passthroughBehavior: stringOf(node, 'passthroughBehavior')?.toUpperCase(),
    contentHandling: stringOf(node, 'contentHandling'),
    timeoutInMillis: typeof timeout === 'number' ? timeout : undefined,
    cacheNamespace: stringOf(node, 'cacheNamespace'),
    cacheKeyParameters: Array.isArray(keys) ? keys.map(String) : undefined,
    tlsConfig:
      tls['insecureSkipVerification'] === undefined
        ? undefined
        : { insecureSkipVerification: tls['insecureSkipVerification'] === true },
    integrationResponses: integrationResponsesOf(node),
  });
  return completeIntegration(integration, scope.resourceId);
}

/** A value that is no text is left out, and warned of. */
function integrationParametersOf(
  { path, warn }: MethodScope,
  { httpMethod }: Found,
  node: Node,
): Readonly<Record<string, string>> {
  const kept = Object.entries(nodeOf(node, 'requestParameters')).flatMap(([name, value]) => {
    if (typeof value === 'string') return [[name, value] as const];
    warn(
      `Invalid format for 'requestParameters'. Expected type string for property '${name}' of resource '${path}' and method '${httpMethod}' but got '${String(value)}'`,
    );
    return [];
  });
  return Object.fromEntries(kept);
}

/** A selection pattern is the key of each response; `default` is what is left. */
function integrationResponsesOf(node: Node): ById<IntegrationResponse> {
  const responses = nodeOf(node, 'responses');
  const found = Object.keys(responses).map((pattern): readonly [string, IntegrationResponse] => {
    const response = nodeOf(responses, pattern);
    const statusCode = plainTextOf(response, 'statusCode') ?? '200';
    const made = compact({
      statusCode,
      selectionPattern: pattern === 'default' ? undefined : pattern,
      responseParameters: textMapOf(response, 'responseParameters'),
      responseTemplates: textMapOf(response, 'responseTemplates'),
      contentHandling: stringOf(response, 'contentHandling'),
    });
    return [statusCode, made];
  });
  return Object.fromEntries(found);
}
