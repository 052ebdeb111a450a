/** Where deployed APIs are reached, and which service answers: HTTP APIs and REST APIs share hosts and ids. */
export { executeApiSurface } from './surface.ts';
export type { ApiHandler, ApiHost } from './surface.ts';
export type { ApiAddress } from './address.ts';
export { shortId } from './short-id.ts';
