export { SimulatedSandboxDriver } from './simulated-driver.ts';
export type { SimulatedDriverOptions } from './simulated-driver.ts';
export type { SimulatedProcess, SimulatedProgram } from './simulated-process.ts';
export { runtimeProgram } from './simulated-runtime.ts';
export type {
  SimulatedEvent,
  SimulatedHandler,
  SimulatedRuntimeOptions,
} from './simulated-runtime.ts';
