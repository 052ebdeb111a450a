/** Runs on a thread of its own: long definitions in YAML take seconds. */
export { parseDocument as work } from './openapi.ts';
