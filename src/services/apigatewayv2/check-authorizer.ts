import type { Api, Authorizer } from '#aws/models/apigatewayv2.types.gen.ts';
import { badRequest } from './errors.ts';
import { functionArnOf } from './function-arn.ts';
import { AUTHORIZER_TTL_SECONDS_MAX } from './limits.ts';
import { isWebSocket } from './protocol.ts';
import { checkSocketAuthorizer } from './sockets/check-authorizer.ts';

const SOURCE = /^\$(?:request\.(?:header|querystring)\.\S+|context\.[\w.]+|stageVariables\.\w+)$/;

/**
 * Whether an authorizer may be kept as it is.
 * @throws AwsError BadRequestException
 * @see https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-access-control.html
 */
export function checkAuthorizer(api: Pick<Api, 'ProtocolType'>, authorizer: Authorizer): void {
  if (authorizer.Name === '' || authorizer.Name.length > 128) {
    throw badRequest('Name must be between 1 and 128 characters long.');
  }
  if (isWebSocket(api)) checkSocketAuthorizer(authorizer);
  else if (authorizer.AuthorizerType === 'JWT') checkJwt(authorizer);
  else checkRequest(authorizer);
}

function checkJwt({ JwtConfiguration, IdentitySource = [] }: Authorizer): void {
  const { Issuer, Audience = [] } = JwtConfiguration ?? {};
  if (Issuer === undefined) {
    throw badRequest('JwtConfiguration with an Issuer must be set for authorizer type JWT');
  }
  if (!URL.canParse(Issuer) || !/^https?:$/.test(new URL(Issuer).protocol)) {
    throw badRequest(`Invalid issuer: ${Issuer}. Issuer must be a URL`);
  }
  if (Audience.length === 0)
    throw badRequest('At least one audience must be set for a JWT authorizer');
  if (Audience.length > 50) throw badRequest('An authorizer can have 50 audiences at most');
  const [source, ...more] = IdentitySource;
  const isToken = /^\$request\.(?:header|querystring)\.\S+$/.test(source ?? '');
  if (!isToken || more.length > 0) {
    throw badRequest('Invalid identity source: a JWT authorizer has one header or query parameter');
  }
}

function checkRequest(authorizer: Authorizer): void {
  const {
    AuthorizerUri: uri,
    AuthorizerPayloadFormatVersion: version,
    AuthorizerResultTtlInSeconds: ttlSeconds = 0,
    IdentitySource = [],
  } = authorizer;
  if (uri === undefined || functionArnOf(uri) === undefined) {
    throw badRequest('Invalid AuthorizerUri specified: it is no ARN of a function');
  }
  if (version === undefined || !/^[12]\.0$/.test(version)) {
    throw badRequest(
      'AuthorizerPayloadFormatVersion is a required parameter for REQUEST authorizer: 1.0 or 2.0',
    );
  }
  if (authorizer.EnableSimpleResponses === true && version === '1.0') {
    throw badRequest('EnableSimpleResponses is only supported for payload format version 2.0');
  }
  if (ttlSeconds < 0 || ttlSeconds > AUTHORIZER_TTL_SECONDS_MAX) {
    throw badRequest(`AuthorizerResultTtlInSeconds must be at most ${AUTHORIZER_TTL_SECONDS_MAX}`);
  }
  if (ttlSeconds > 0 && IdentitySource.length === 0) {
    throw badRequest('IdentitySource must be set where AuthorizerResultTtlInSeconds is not 0');
  }
  for (const source of IdentitySource) {
    if (!SOURCE.test(source)) throw badRequest(`Invalid identity source ${source}`);
  }
}
