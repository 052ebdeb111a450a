import type { Authorizer } from '#aws/models/apigatewayv2.types.gen.ts';
import { followed, nodeOf, plainTextOf, textsOf, type Node } from '#aws/openapi.ts';

/**
 * The authorizer of a security scheme, where that has one.
 * @see https://docs.aws.amazon.com/apigateway/latest/developerguide/openapi-extensions-api-gateway-authorizer.html
 */
export function readAuthorizer(document: Node, name: string): Authorizer | undefined {
  const scheme = nodeOf(nodeOf(nodeOf(document, 'components'), 'securitySchemes'), name);
  const node = followed(document, nodeOf(scheme, 'x-amazon-apigateway-authorizer'));
  const type = plainTextOf(node, 'type')?.toLowerCase();
  if (type === 'jwt') return jwtOf(name, node);
  return type === 'request' ? requestOf(name, node) : undefined;
}

function jwtOf(Name: string, node: Node): Authorizer {
  const configuration = nodeOf(node, 'jwtConfiguration');
  const Issuer = plainTextOf(configuration, 'issuer');
  const Audience = textsOf(configuration, 'audience');
  return {
    Name,
    AuthorizerType: 'JWT',
    IdentitySource: sourcesOf(node),
    JwtConfiguration: { ...(Issuer && { Issuer }), ...(Audience && { Audience }) },
  };
}

function requestOf(Name: string, node: Node): Authorizer {
  const { authorizerResultTtlInSeconds: ttlSeconds, enableSimpleResponses } = node;
  const AuthorizerUri = plainTextOf(node, 'authorizerUri');
  const AuthorizerCredentialsArn = plainTextOf(node, 'authorizerCredentials');
  const version = plainTextOf(node, 'authorizerPayloadFormatVersion') ?? '1.0';
  return {
    Name,
    AuthorizerType: 'REQUEST',
    AuthorizerPayloadFormatVersion: /^\d$/.test(version) ? `${version}.0` : version,
    AuthorizerResultTtlInSeconds: typeof ttlSeconds === 'number' ? ttlSeconds : 0,
    EnableSimpleResponses: enableSimpleResponses === true,
    IdentitySource: sourcesOf(node),
    ...(AuthorizerUri === undefined ? {} : { AuthorizerUri }),
    ...(AuthorizerCredentialsArn === undefined ? {} : { AuthorizerCredentialsArn }),
  };
}

/** Sources are a list, or stand in one text with commas between them. */
function sourcesOf(node: Node): readonly string[] {
  const text = plainTextOf(node, 'identitySource');
  if (text === undefined) return textsOf(node, 'identitySource') ?? [];
  return text
    .split(',')
    .map((one) => one.trim())
    .filter((one) => one !== '');
}
