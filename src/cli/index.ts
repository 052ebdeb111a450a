/** Hearth's command line. Speaks HTTP to a server; what it asks of this machine comes in as LocalMachine. */
export { runCli } from './program.ts';
export type { LocalMachine, MachineProbe } from './local-machine.ts';
