export { createGateway, type Gateway } from './gateway.ts';
export type { AuthMode, Authorise, Bounds, GatewayOptions } from './options.ts';
