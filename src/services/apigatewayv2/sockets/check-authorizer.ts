import type { Authorizer } from '#aws/models/apigatewayv2.types.gen.ts';
import { badRequest } from '../errors.ts';
import { functionArnOf } from '../function-arn.ts';
import { AUTHORIZER_TTL_SECONDS_MAX } from '../limits.ts';

const SOURCE =
  /^(?:route\.request\.(?:header|querystring)\.\S+|context\.[\w.]+|stageVariables\.\w+)$/;

/**
 * Whether a WebSocket API may have an authorizer.
 * @throws AwsError BadRequestException
 * @see https://docs.aws.amazon.com/apigateway/latest/developerguide/apigateway-websocket-api-lambda-auth.html
 */
export function checkSocketAuthorizer(authorizer: Authorizer): void {
  const {
    AuthorizerType,
    AuthorizerUri: uri = '',
    AuthorizerPayloadFormatVersion: version = '1.0',
    AuthorizerResultTtlInSeconds: ttlSeconds = 0,
    EnableSimpleResponses = false,
    IdentitySource = [],
  } = authorizer;
  if (AuthorizerType !== 'REQUEST') {
    throw badRequest('Only REQUEST authorizers are supported for WebSocket APIs');
  }
  if (functionArnOf(uri) === undefined) {
    throw badRequest('Invalid AuthorizerUri specified: it is no ARN of a function');
  }
  if (version !== '1.0' || EnableSimpleResponses) {
    throw badRequest('Payload format 2.0 is not supported for WebSocket APIs');
  }
  if (ttlSeconds < 0 || ttlSeconds > AUTHORIZER_TTL_SECONDS_MAX) {
    throw badRequest(`AuthorizerResultTtlInSeconds must be at most ${AUTHORIZER_TTL_SECONDS_MAX}`);
  }
  for (const source of IdentitySource) {
    if (!SOURCE.test(source)) throw badRequest(`Invalid identity source ${source}`);
  }
}
