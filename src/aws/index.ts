/** The wire: what services say their operations with, and what turns HTTP into them and back. */
export { AwsError, type AwsErrorOptions, type Fault } from './errors.ts';
export { modelledError } from './error-model.ts';
export { HTTP_STATUS, type Exchange, type ServiceExtras } from './extras.ts';
export {
  createGateway,
  type AuthMode,
  type Authorise,
  type Bounds,
  type Gateway,
  type GatewayOptions,
} from './gateway/index.ts';
export type { ServiceModel } from './model.ts';
export {
  ANONYMOUS,
  type HttpSurface,
  type Operation,
  type RequestChecksum,
  type RequestContext,
  type RequestHead,
  type Service,
  type SurfaceExchange,
} from './operation.ts';
export type { WireRequest, WireResponse } from './wire.ts';
