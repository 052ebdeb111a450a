/** Who may call an imported method: authorizers, signatures, keys. */
import type { Authorizer, Method } from '#aws/models/apigateway.types.gen.ts';
import { nodeOf, nodesOf, stringOf, type Node } from '#aws/openapi.ts';
import type { Random } from '#ports/world/random.ts';
import { newId } from '../ids.ts';
import { compact } from '../model.ts';
import { isSwagger } from './document.ts';

function schemesOf(document: Node): Node {
  return isSwagger(document)
    ? nodeOf(document, 'securityDefinitions')
    : nodeOf(nodeOf(document, 'components'), 'securitySchemes');
}

const TYPES: Readonly<Record<string, string>> = {
  token: 'TOKEN',
  request: 'REQUEST',
  cognito_user_pools: 'COGNITO_USER_POOLS',
};

/** The authorizers that a document's security schemes describe. */
export function importAuthorizers(document: Node, random: Random): readonly Authorizer[] {
  const schemes = schemesOf(document);
  return Object.keys(schemes).flatMap((name) => {
    const scheme = nodeOf(schemes, name);
    const node = nodeOf(scheme, 'x-amazon-apigateway-authorizer');
    const type = TYPES[(stringOf(node, 'type') ?? '').toLowerCase()];
    if (type === undefined) return [];
    const seconds = node['authorizerResultTtlInSeconds'];
    const isPool = type === 'COGNITO_USER_POOLS';
    const arns = node['providerARNs'];
    const header = stringOf(scheme, 'name') ?? 'Authorization';
    const given = stringOf(node, 'identitySource');
    const needsSource = given === undefined && type !== 'REQUEST';
    const authorizer: Authorizer = compact({
      id: newId(random),
      name,
      type,
      providerARNs: Array.isArray(arns) ? arns.map(String) : undefined,
      authType:
        stringOf(scheme, 'x-amazon-apigateway-authtype') ??
        (isPool ? 'cognito_user_pools' : 'custom'),
      authorizerUri: stringOf(node, 'authorizerUri'),
      authorizerCredentials: stringOf(node, 'authorizerCredentials'),
      identitySource: needsSource ? `method.request.header.${header}` : given,
      identityValidationExpression: stringOf(node, 'identityValidationExpression'),
      authorizerResultTtlInSeconds: typeof seconds === 'number' ? seconds : undefined,
    });
    return [authorizer];
  });
}

type Security = Pick<
  Method,
  'authorizationType' | 'authorizerId' | 'authorizationScopes' | 'apiKeyRequired'
>;

/** What a method asks of its callers; the document's own demand where it has none. */
export function securityOf(
  document: Node,
  operation: Node,
  authorizers: readonly Authorizer[],
): Security {
  const demands =
    'security' in operation ? nodesOf(operation, 'security') : nodesOf(document, 'security');
  const schemes = schemesOf(document);
  let security: Security = { authorizationType: 'NONE', apiKeyRequired: false };
  for (const demand of demands) {
    for (const [name, scopes] of Object.entries(demand)) {
      const found = schemeSecurity(name, nodeOf(schemes, name), authorizers);
      const listed = Array.isArray(scopes) && scopes.length > 0 ? scopes.map(String) : undefined;
      const withScopes = found.authorizerId && listed ? { authorizationScopes: listed } : {};
      security = { ...security, ...found, ...withScopes };
    }
  }
  const auth = nodeOf(operation, 'x-amazon-apigateway-auth');
  const type = stringOf(auth, 'type')?.toUpperCase();
  return type === undefined ? security : { ...security, authorizationType: type };
}

function schemeSecurity(name: string, scheme: Node, authorizers: readonly Authorizer[]): Security {
  const authorizer = authorizers.find((one) => one.name === name);
  if (authorizer?.id !== undefined) {
    const isPool = authorizer.type === 'COGNITO_USER_POOLS';
    return {
      authorizationType: isPool ? 'COGNITO_USER_POOLS' : 'CUSTOM',
      authorizerId: authorizer.id,
    };
  }
  const authType = stringOf(scheme, 'x-amazon-apigateway-authtype')?.toLowerCase();
  if (authType === 'awssigv4') return { authorizationType: 'AWS_IAM' };
  const isKey = stringOf(scheme, 'type') === 'apiKey';
  return isKey && stringOf(scheme, 'name')?.toLowerCase() === 'x-api-key'
    ? { apiKeyRequired: true }
    : {};
}
