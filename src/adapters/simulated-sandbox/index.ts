export { SimulatedSandboxDriver } from './simulated-driver.ts';
export type { SimulatedDriverOptions } from './simulated-driver.ts';
export { SimulatedProcess } from './simulated-process.ts';
export type { SimulatedProgram } from './simulated-process.ts';
export { runtimeProgram } from './simulated-runtime.ts';
export type { SimulatedHandler, SimulatedRuntimeOptions } from './simulated-runtime.ts';
