import type { LocalMachine } from '#cli/index.ts';
import { describeFlags, readConfig } from '#config/index.ts';
import { MIB } from '#kernel/units.ts';
import { machineMemoryBytes } from './machine-memory.ts';

/**
 * This machine, for the commands that need no server. What they run is loaded when they are called: the
 * others start faster without it.
 */
export function createLocalMachine(
  environment: Readonly<Record<string, string | undefined>>,
): LocalMachine {
  return {
    upFlagsHelp: describeFlags()
      .map(({ flag, doc }) => `  ${flag.padEnd(38)} ${doc}`)
      .join('\n'),
    doctor: async () => {
      const { probe } = await import('./probe.ts');
      return probe();
    },
    watchFolder: async (path, onChange) => {
      const { followFolder } = await import('#adapters/folders/index.ts');
      return followFolder(path, onChange);
    },
    up: async (flags, signal) => {
      const machine = { memoryMiB: machineMemoryBytes() / MIB };
      const config = readConfig({ flags, environment, machine });
      const { startServer } = await import('./embedded.ts');
      const { collectGarbage } = await import('#adapters/heap/index.ts');
      await using server = await startServer(config);
      collectGarbage();
      process.stdout.write(`Hearth is ready at ${server.endpoint}\n`);
      process.stdout.write(`  isolation: ${server.isolation}\n`);
      process.stdout.write(`  data in ${config.dataDir}; auth: ${config.auth}\n`);
      await server.runUntil(signal);
    },
  };
}
