export { AheadCompiler } from './ahead-compiler.ts';
export { errorAnswer, initExitAnswer, timeoutAnswer } from './answers.ts';
export type { Answer, FailedAnswer } from './answers.ts';
export { Capacity } from './capacity.ts';
export type { CapacityLimits } from './capacity.ts';
export type { Environment } from './environment.ts';
export type { InitEnd } from './environment-state.ts';
export type { EndedInvocation } from './in-hand.ts';
export { Launcher } from './launcher.ts';
export { provisionedInitTimeoutMs } from './limits.ts';
export { HeldEnvironment, revisionKey } from './held-environment.ts';
export type { Home } from './held-environment.ts';
export type { InitPhase, PlatformRecord, PlatformStatus } from './platform-log.ts';
export { EnvironmentPool } from './pool.ts';
export type { PoolListener, PoolOptions } from './pool.ts';
export type { RuntimeEvent } from './runtime-api/runtime-api.ts';
export { createRuntimeTable, runtimeOf } from './runtime-table.ts';
export type {
  Interpreter,
  RuntimeEntry,
  RuntimeTable,
  RuntimeTableOptions,
} from './runtime-table.ts';
export { StemCells } from './stem-cells.ts';
export type { StemCellLimits } from './stem-cells.ts';
