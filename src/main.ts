/** Hearth's entry: `up` and `doctor` work on this machine, every other command talks to a server. `bin/hearth` runs it. */
import { runCli } from '#cli/index.ts';
import { createLocalMachine } from '#compose/local-machine.ts';

const stopping = new AbortController();
for (const signal of ['SIGINT', 'SIGTERM'] as const) {
  process.on(signal, () => stopping.abort());
}
process.exitCode = await runCli(
  process.argv.slice(2),
  createLocalMachine(process.env),
  stopping.signal,
);
