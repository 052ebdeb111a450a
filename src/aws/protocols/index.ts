/** The wire protocols, none of which knows a service. */
export { chooseProtocol } from './choose-protocol.ts';
export { matchRoute, type RouteMatch } from './rest-router.ts';
export type { Call, Input, OpenOptions, Protocol } from './protocol.ts';
