/** What operations need to be allowed, and how AWS refuses them. */
export { createAuthorise } from './authorise.ts';
export { accessDenied } from './refusals.ts';
export { operationPath } from './operation-path.ts';
export { definePermissions, objectsOf, passRole, tagKeys, textOf, textsOf } from './permissions.ts';
export { requestKeys } from './request-keys.ts';
