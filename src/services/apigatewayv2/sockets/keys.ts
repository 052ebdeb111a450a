/** Names that API Gateway itself gives to routes and responses of WebSocket APIs. */

export const CONNECT_ROUTE = '$connect';
export const DISCONNECT_ROUTE = '$disconnect';
export const REST_ROUTE = '$default';
export const RESERVED_ROUTES: ReadonlySet<string> = new Set([
  CONNECT_ROUTE,
  DISCONNECT_ROUTE,
  REST_ROUTE,
]);
/** The only response of a route, and that of an integration where no other fits. */
export const RESPONSE_KEY = '$default';
