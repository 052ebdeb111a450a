/** Hearth's entry: `up` and `doctor` work on this machine, every other command talks to a server. */
import { enableCompileCache } from 'node:module';
import { join } from 'node:path';

// Before anything else is loaded: stripping types and compiling some hundred files is half of the start.
enableCompileCache(join(import.meta.dirname, '../.cache/compile'));
const { runCli } = await import('#cli/index.ts');
const { createLocalMachine } = await import('#compose/local-machine.ts');

const stopping = new AbortController();
for (const signal of ['SIGINT', 'SIGTERM'] as const) {
  process.on(signal, () => stopping.abort());
}
process.exitCode = await runCli(
  process.argv.slice(2),
  createLocalMachine(process.env),
  stopping.signal,
);
