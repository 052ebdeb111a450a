/** Lambda's control plane: its operations, the catalog of functions, the asynchronous queue and its surfaces. */
export { provisionedLedger } from '../store-provisioned.ts';
export { createLambdaControl } from './lambda-control.ts';
export type {
  LambdaControl,
  LambdaControlDependencies,
  LambdaControlOptions,
} from './lambda-control.ts';
export { pageOf } from './page.ts';
export { checkTags, type TagBearers } from './tags/tags.ts';
export { UNSUPPORTED_OPERATIONS } from './unsupported.ts';
