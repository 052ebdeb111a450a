import { totalmem } from 'node:os';
import { probeMachine } from '#adapters/doctor-probes/index.ts';
import { findLauncher } from '#adapters/launcher/index.ts';
import type { LocalMachine } from '#cli/index.ts';
import { describeFlags, readConfig } from '#config/index.ts';
import { MIB } from '#kernel/units.ts';
import { startServer } from './embedded.ts';
import { PACKAGE_ROOT } from './isolation.ts';

/** This machine, for the commands that need no server. */
export function createLocalMachine(
  environment: Readonly<Record<string, string | undefined>>,
): LocalMachine {
  return {
    upFlagsHelp: describeFlags()
      .map(({ flag, doc }) => `  ${flag.padEnd(38)} ${doc}`)
      .join('\n'),
    doctor: () => probeMachine(findLauncher(PACKAGE_ROOT)),
    up: async (flags, signal) => {
      const machine = { memoryMiB: totalmem() / MIB };
      const config = readConfig({ flags, environment, machine });
      await using server = await startServer(config);
      process.stdout.write(`Hearth is ready at ${server.endpoint}\n`);
      process.stdout.write(`  isolation: ${server.isolation}\n`);
      process.stdout.write(`  data in ${config.dataDir}; auth: ${config.auth}\n`);
      await server.runUntil(signal);
    },
  };
}
