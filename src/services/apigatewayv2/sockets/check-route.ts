/** Routes of WebSocket APIs: which may be. Pure. */
import type { Route } from '#aws/models/apigatewayv2.types.gen.ts';
import { badRequest } from '../errors.ts';
import { CONNECT_ROUTE, RESERVED_ROUTES, RESPONSE_KEY } from './keys.ts';

const KEY_LENGTH_MAX = 128;

/**
 * Whether a WebSocket API may have a route.
 * @throws AwsError BadRequestException
 * @see https://docs.aws.amazon.com/apigateway/latest/developerguide/websocket-api-develop-routes.html
 */
export function checkSocketRoute(route: Route): void {
  const {
    RouteKey: key,
    AuthorizationType: authorization = 'NONE',
    RouteResponseSelectionExpression: selection,
  } = route;
  const isReserved = RESERVED_ROUTES.has(key);
  if (key === '' || key.length > KEY_LENGTH_MAX || (key.startsWith('$') && !isReserved)) {
    throw badRequest(`Invalid route key specified: ${key}`);
  }
  if (route.ApiKeyRequired === true && key !== CONNECT_ROUTE) {
    throw badRequest('ApiKeyRequired is only supported on the $connect route');
  }
  if (authorization === 'JWT') {
    throw badRequest('AuthorizationType JWT is not supported for WebSocket APIs');
  }
  if (authorization !== 'NONE' && key !== CONNECT_ROUTE) {
    throw badRequest('Currently, authorization is only supported on the $connect route');
  }
  if (selection !== undefined && selection !== '' && selection !== RESPONSE_KEY) {
    throw badRequest('RouteResponseSelectionExpression must be $default');
  }
}
