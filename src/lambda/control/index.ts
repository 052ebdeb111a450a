/** Lambda's control plane: its operations, the catalog of functions, the asynchronous queue and its surfaces. */
export { createLambdaControl } from './lambda-control.ts';
export type { LambdaControl, LambdaControlDependencies } from './lambda-control.ts';
export { UNSUPPORTED_OPERATIONS } from './unsupported.ts';
