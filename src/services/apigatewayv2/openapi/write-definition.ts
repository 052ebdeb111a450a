/** An HTTP API as OpenAPI 3.0. Pure. */
import type { Api, Authorizer, Integration, Route } from '#aws/models/apigatewayv2.types.gen.ts';
import type { Node } from '#aws/openapi.ts';
import { integrationIdOf } from '../check-route.ts';
import type { Snapshot } from '../model.ts';

export interface Exported {
  readonly api: Api;
  readonly snapshot: Snapshot;
  /** Whether AWS's extensions are told. */
  readonly hasExtensions: boolean;
}

/** The definition, from which the API can be imported again where extensions are told. */
export function writeDefinition({ api, snapshot, hasExtensions }: Exported): Node {
  const { Name, Version, Description, Tags = {} } = api;
  const tags = Object.entries(Tags).map(([name, value]) => ({
    name,
    ...(hasExtensions ? { 'x-amazon-apigateway-tag-value': value } : {}),
  }));
  const schemes = Object.fromEntries(snapshot.authorizers.map(schemeOf(hasExtensions)));
  return {
    openapi: '3.0.1',
    info: {
      title: Name,
      ...(Description === undefined ? {} : { description: Description }),
      version: Version ?? '1.0',
    },
    ...(tags.length === 0 ? {} : { tags }),
    paths: pathsOf(snapshot, hasExtensions),
    ...(Object.keys(schemes).length === 0 ? {} : { components: { securitySchemes: schemes } }),
    ...(hasExtensions ? extensionsOf(api, snapshot) : {}),
  };
}

function extensionsOf({ DisableExecuteApiEndpoint }: Api, { cors }: Snapshot): Node {
  return {
    ...(cors === undefined ? {} : { 'x-amazon-apigateway-cors': lowered(cors) }),
    ...(DisableExecuteApiEndpoint === true
      ? { 'x-amazon-apigateway-endpoint-configuration': { disableExecuteApiEndpoint: true } }
      : {}),
    'x-amazon-apigateway-importexport-version': '1.0',
  };
}

/** Members by the names that extensions have: `allowOrigins`. */
function lowered(members: object): Node {
  return Object.fromEntries(
    Object.entries(members).map(([name, value]) => [lowerFirst(name), value]),
  );
}

function lowerFirst(name: string): string {
  return name.charAt(0).toLowerCase() + name.slice(1);
}

function pathsOf(snapshot: Snapshot, hasExtensions: boolean): Node {
  const paths: Record<string, Record<string, Node>> = {};
  for (const route of snapshot.routes) {
    const [method = '', path = '/$default'] = route.RouteKey.split(' ');
    const isAny = method === 'ANY' || route.RouteKey === '$default';
    // OpenAPI has no such method without the extension.
    if (isAny && !hasExtensions) continue;
    const name = isAny ? 'x-amazon-apigateway-any-method' : method.toLowerCase();
    paths[path] = { ...paths[path], [name]: operationOf(route, snapshot, hasExtensions) };
  }
  return paths;
}

function operationOf(route: Route, snapshot: Snapshot, hasExtensions: boolean): Node {
  const { OperationName, AuthorizationScopes = [], AuthorizationType } = route;
  const [, path = ''] = route.RouteKey.split(' ');
  const authorizer = snapshot.authorizers.find(
    ({ AuthorizerId }) => AuthorizerId === route.AuthorizerId && AuthorizerId !== undefined,
  );
  const names = [...path.matchAll(/\{([^}+]+)\+?\}/g)].map(([, name]) => name);
  const parameters = names.map((name) => ({
    name,
    in: 'path',
    required: true,
    schema: { type: 'string' },
  }));
  const integration = snapshot.integrations.find(
    ({ IntegrationId }) => IntegrationId === integrationIdOf(route),
  );
  return {
    ...(OperationName === undefined ? {} : { operationId: OperationName }),
    ...(parameters.length === 0 ? {} : { parameters }),
    responses: { default: { description: `Default response for ${route.RouteKey}` } },
    ...(authorizer === undefined ? {} : { security: [{ [authorizer.Name]: AuthorizationScopes }] }),
    ...(hasExtensions && route.RouteKey === '$default' ? { isDefaultRoute: true } : {}),
    ...(hasExtensions && AuthorizationType === 'AWS_IAM'
      ? { 'x-amazon-apigateway-auth': { type: 'AWS_IAM' } }
      : {}),
    ...(hasExtensions && integration !== undefined
      ? { 'x-amazon-apigateway-integration': integrationNode(integration) }
      : {}),
  };
}

function integrationNode(integration: Integration): Node {
  const { IntegrationMethod, IntegrationType, IntegrationUri, CredentialsArn, ...rest } =
    integration;
  const { IntegrationId: _id, ApiGatewayManaged: _managed, ...others } = rest;
  return {
    ...lowered(others),
    type: (IntegrationType ?? '').toLowerCase(),
    ...(IntegrationMethod === undefined ? {} : { httpMethod: IntegrationMethod }),
    ...(IntegrationUri === undefined ? {} : { uri: IntegrationUri }),
    ...(CredentialsArn === undefined ? {} : { credentials: CredentialsArn }),
  };
}

function schemeOf(hasExtensions: boolean) {
  return (authorizer: Authorizer): [string, Node] => {
    const isJwt = authorizer.AuthorizerType === 'JWT';
    const { AuthorizerId: _id, AuthorizerCredentialsArn: role, Name, ...rest } = authorizer;
    const node = {
      ...lowered(rest),
      type: isJwt ? 'jwt' : 'request',
      identitySource: (authorizer.IdentitySource ?? []).join(', '),
      ...(isJwt ? { jwtConfiguration: lowered(authorizer.JwtConfiguration ?? {}) } : {}),
      ...(role === undefined ? {} : { authorizerCredentials: role }),
    };
    const { authorizerType: _type, ...extension } = node as Node;
    const scheme = isJwt
      ? { type: 'oauth2', flows: {} }
      : { type: 'apiKey', name: 'Unused', in: 'header' };
    const told = hasExtensions ? { 'x-amazon-apigateway-authorizer': extension } : {};
    return [Name, { ...scheme, ...told }];
  };
}
