/** Hearth's entry: `up` and `doctor` work on this machine, every other command talks to a server. */
import { enableCompileCache } from 'node:module';
import { join } from 'node:path';
import { setFlagsFromString } from 'node:v8';

// A server mostly waits: what it runs for each request is to be compiled well after 100 and 500 calls, not after
// V8's 400 and 3,000. Before the cache of compiled code, which holds for one set of flags.
setFlagsFromString('--invocation-count-for-maglev=100');
setFlagsFromString('--invocation-count-for-turbofan=500');
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
