export { createProcessDriver } from './process-driver.ts';
export type { ProcessOptions } from './process-driver.ts';
