/** Where deployed APIs are reached, and what the services that answer share: HTTP APIs and REST APIs. */
export { domainNameSurface, executeApiSurface } from './surface.ts';
export type { ApiHandler, ApiHost, WebSocketHandler } from './surface.ts';
export { apiAddressOf, connectionPathOf, type ApiAddress } from './address.ts';
export { DomainNames, type DomainMapping, type DomainName } from './domain-names.ts';
export { AuthorizerAnswers } from './authorizer-answers.ts';
export { accessLogGroup, stageMetrics, type Measure } from './observe.ts';
export { orNull, requestMembers } from './request-members.ts';
export { shortId } from './short-id.ts';
export { Throttles } from './throttles.ts';
export { withDeadline } from './with-deadline.ts';
