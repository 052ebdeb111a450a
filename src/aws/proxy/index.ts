/** HTTP as functions see it: the events and answers of function URLs and of HTTP APIs. */
export { cleanHeaders, isHeaderName, isHeaderText, leavesPath } from './clean.ts';
export { clientOrigin } from './client-origin.ts';
export { corsHeaders, isPreflight, preflightHeaders } from './cors.ts';
export {
  domainOf,
  eventBody,
  forwardedHeaders,
  iamAuthorizer,
  newTraceHeader,
  proxyEvent,
  requestTime,
} from './event.ts';
export type { ProxyRoute } from './event.ts';
export { proxyResponse, streamedProxyResponse } from './response.ts';
