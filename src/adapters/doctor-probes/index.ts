export { probeMachine } from './machine-probes.ts';
export type { MachineProbe } from './machine-probes.ts';
