/** What an API definition says of an HTTP API. Pure. */
import type { Authorizer, Cors, Route } from '#aws/models/apigatewayv2.types.gen.ts';
import { followed, nodeOf, plainTextOf, textMapOf, textsOf, type Node } from '#aws/openapi.ts';
import { isObject } from '#kernel/json.ts';
import { badRequest } from '../errors.ts';
import type { IntegrationSettings } from '../integration.ts';
import { readAuthorizer } from './read-authorizer.ts';

/** How the base path of the definition's servers is taken: not at all, before each route, or without its first segment. */
export type Basepath = 'ignore' | 'prepend' | 'split';

export interface DefinedRoute {
  readonly routeKey: string;
  readonly operationName?: string;
  readonly integration?: IntegrationSettings;
  /** By the name of its security scheme. */
  readonly authorizerName?: string;
  readonly authorization: Pick<Route, 'AuthorizationType' | 'AuthorizationScopes'>;
}

export interface Definition {
  readonly name: string;
  readonly version?: string;
  readonly description?: string;
  readonly tags: Readonly<Record<string, string>>;
  readonly cors?: Cors;
  readonly isEndpointDisabled: boolean;
  readonly routes: readonly DefinedRoute[];
  readonly authorizers: ReadonlyMap<string, Authorizer>;
}

const METHODS = ['get', 'put', 'post', 'delete', 'options', 'head', 'patch'];
const ANY_METHOD = 'x-amazon-apigateway-any-method';

/**
 * A document that can be imported.
 * @param document of a text; `undefined` where that says none
 * @throws AwsError BadRequestException for what is no OpenAPI 3
 */
export function requireImportable(document: Node | undefined): Node {
  if (document === undefined) throw badRequest('Unable to parse API definition');
  if (plainTextOf(document, 'openapi')?.startsWith('3.') !== true) {
    throw badRequest('Unsupported API definition: HTTP APIs are imported from OpenAPI 3.0');
  }
  return document;
}

/** Reads a definition, whose extensions tell of AWS. */
export function readDefinition(document: Node, basepath: Basepath): Definition {
  const info = nodeOf(document, 'info');
  const version = plainTextOf(info, 'version');
  const description = plainTextOf(info, 'description');
  const cors = corsOf(document);
  const endpoint = nodeOf(document, 'x-amazon-apigateway-endpoint-configuration');
  return {
    name: plainTextOf(info, 'title') ?? 'HTTP API',
    ...(version === undefined ? {} : { version }),
    ...(description === undefined ? {} : { description }),
    tags: tagsOf(document),
    ...(cors === undefined ? {} : { cors }),
    isEndpointDisabled: endpoint['disableExecuteApiEndpoint'] === true,
    routes: routesOf(document, basePathOf(document, basepath)),
    authorizers: authorizersOf(document),
  };
}

/** Tags that have a value for API Gateway. */
function tagsOf({ tags }: Node): Record<string, string> {
  const found = Array.isArray(tags) ? tags.filter(isObject) : [];
  return Object.fromEntries(
    found.flatMap((tag) => {
      const name = plainTextOf(tag, 'name');
      const value = plainTextOf(tag, 'x-amazon-apigateway-tag-value');
      return name === undefined || value === undefined ? [] : [[name, value]];
    }),
  );
}

function corsOf(document: Node): Cors | undefined {
  const cors = document['x-amazon-apigateway-cors'];
  if (!isObject(cors)) return undefined;
  const { allowCredentials, maxAge } = cors;
  const [AllowOrigins, AllowMethods, AllowHeaders, ExposeHeaders] = [
    'allowOrigins',
    'allowMethods',
    'allowHeaders',
    'exposeHeaders',
  ].map((name) => textsOf(cors, name));
  return {
    ...(AllowOrigins && { AllowOrigins }),
    ...(AllowMethods && { AllowMethods: AllowMethods.map((method) => method.toUpperCase()) }),
    ...(AllowHeaders && { AllowHeaders }),
    ...(ExposeHeaders && { ExposeHeaders }),
    ...(typeof allowCredentials === 'boolean' ? { AllowCredentials: allowCredentials } : {}),
    ...(typeof maxAge === 'number' ? { MaxAge: maxAge } : {}),
  };
}

function basePathOf({ servers }: Node, basepath: Basepath): string {
  const [server] = Array.isArray(servers) ? servers.filter(isObject) : [];
  if (basepath === 'ignore' || server === undefined) return '';
  const variables = nodeOf(server, 'variables');
  const url = (plainTextOf(server, 'url') ?? '').replaceAll(
    /\{([^}]+)\}/g,
    (_, name: string) => plainTextOf(nodeOf(variables, name), 'default') ?? '',
  );
  const path = url.replace(/^[a-z]+:\/\/[^/]*/i, '').replace(/\/+$/, '');
  return basepath === 'prepend' ? path : path.replace(/^\/[^/]*/, '');
}

function routesOf(document: Node, base: string): DefinedRoute[] {
  return Object.entries(nodeOf(document, 'paths')).flatMap(([path, item]) => {
    const methods = isObject(item) ? followed(document, item) : {};
    return [...METHODS, ANY_METHOD].flatMap((method) => {
      const operation = methods[method];
      if (!isObject(operation)) return [];
      return [routeOf(document, { method, path: `${base}${path}`, given: path }, operation)];
    });
  });
}

interface Place {
  readonly method: string;
  readonly path: string;
  /** Without the base path. */
  readonly given: string;
}

function routeOf(document: Node, { method, path, given }: Place, operation: Node): DefinedRoute {
  const isDefault = operation['isDefaultRoute'] === true || given === '/$default';
  const verb = method === ANY_METHOD ? 'ANY' : method.toUpperCase();
  const operationName = plainTextOf(operation, 'operationId');
  const node = operation['x-amazon-apigateway-integration'];
  return {
    routeKey: isDefault ? '$default' : `${verb} ${path}`,
    ...(operationName === undefined ? {} : { operationName }),
    ...(isObject(node) ? { integration: integrationOf(followed(document, node)) } : {}),
    ...securityOf(document, operation),
  };
}

function integrationOf(node: Node): IntegrationSettings {
  const timeoutMs = node['timeoutInMillis'];
  const responses = nodeOf(node, 'responseParameters');
  const parameters = Object.keys(responses).map((status) => [status, textMapOf(responses, status)]);
  const texts = {
    ConnectionId: plainTextOf(node, 'connectionId'),
    ConnectionType: plainTextOf(node, 'connectionType'),
    CredentialsArn: plainTextOf(node, 'credentials'),
    Description: plainTextOf(node, 'description'),
    IntegrationMethod: plainTextOf(node, 'httpMethod')?.toUpperCase(),
    IntegrationSubtype: plainTextOf(node, 'integrationSubtype'),
    IntegrationUri: plainTextOf(node, 'uri'),
  };
  const requestParameters = textMapOf(node, 'requestParameters');
  return {
    ...Object.fromEntries(Object.entries(texts).filter((entry) => entry[1] !== undefined)),
    IntegrationType: (plainTextOf(node, 'type') ?? '').toUpperCase(),
    PayloadFormatVersion: versionOf(node) ?? '1.0',
    ...(requestParameters && { RequestParameters: requestParameters }),
    ...(parameters.length === 0 ? {} : { ResponseParameters: Object.fromEntries(parameters) }),
    ...(typeof timeoutMs === 'number' ? { TimeoutInMillis: timeoutMs } : {}),
  };
}

/** YAML reads `2.0` as a number. */
function versionOf(node: Node): string | undefined {
  const text = plainTextOf(node, 'payloadFormatVersion');
  return text !== undefined && /^\d$/.test(text) ? `${text}.0` : text;
}

/** By the first scheme of the operation's security, or of the document's. */
function securityOf(
  document: Node,
  operation: Node,
): Pick<DefinedRoute, 'authorizerName' | 'authorization'> {
  const auth = plainTextOf(nodeOf(operation, 'x-amazon-apigateway-auth'), 'type');
  if (auth?.toUpperCase() === 'AWS_IAM') return { authorization: { AuthorizationType: 'AWS_IAM' } };
  const security = operation['security'] ?? document['security'];
  const [first] = Array.isArray(security) ? security.filter(isObject) : [];
  const [name] = Object.keys(first ?? {});
  const open = { authorization: { AuthorizationType: 'NONE' } };
  if (first === undefined || name === undefined || name === 'NONE') return open;
  const scheme = nodeOf(nodeOf(nodeOf(document, 'components'), 'securitySchemes'), name);
  const authtype = plainTextOf(scheme, 'x-amazon-apigateway-authtype')?.toLowerCase();
  if (authtype === 'awssigv4' || name === 'AWS_IAM') {
    return { authorization: { AuthorizationType: 'AWS_IAM' } };
  }
  const authorizer = readAuthorizer(document, name);
  if (authorizer === undefined) return open;
  const scopes = textsOf(first, name) ?? [];
  const isJwt = authorizer.AuthorizerType === 'JWT';
  return {
    authorizerName: name,
    authorization: {
      AuthorizationType: isJwt ? 'JWT' : 'CUSTOM',
      ...(isJwt && scopes.length > 0 ? { AuthorizationScopes: scopes } : {}),
    },
  };
}

function authorizersOf(document: Node): Map<string, Authorizer> {
  const schemes = nodeOf(nodeOf(document, 'components'), 'securitySchemes');
  return new Map(
    Object.keys(schemes).flatMap((name): [string, Authorizer][] => {
      const authorizer = readAuthorizer(document, name);
      return authorizer === undefined ? [] : [[name, authorizer]];
    }),
  );
}
