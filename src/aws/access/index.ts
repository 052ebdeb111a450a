/** What operations need to be allowed, and how AWS refuses them. */
export { createAuthorise } from './authorise.ts';
export { definePermissions, objectsOf, passRole, textOf, textsOf } from './permissions.ts';
export { requestKeys } from './request-keys.ts';
