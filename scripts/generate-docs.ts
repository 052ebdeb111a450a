/** Writes docs/reference/parity.md from the composed services; `--check` only compares, for the tests. */
import { MemoryWakeups } from '#adapters/memory-wakeups/index.ts';
import { openPinoLog } from '#adapters/pino-log/index.ts';
import {
  MemoryBlobStore,
  MemoryDirectoryStore,
  SeededRandom,
  SimulatedClock,
} from '#adapters/simulated/index.ts';
import { openDatabase } from '#adapters/sqlite/index.ts';
import { createServices } from '#compose/services.ts';
import { generateParity } from './generate-parity.ts';

const random = new SeededRandom(1);
const database = await openDatabase({ path: ':memory:' });
const unused = (): never => {
  throw new Error('nothing is invoked here');
};
const { services } = createServices({
  world: {
    clock: new SimulatedClock(),
    machineClock: new SimulatedClock(),
    random,
    wakeups: new MemoryWakeups(),
    log: openPinoLog({ level: 'silent', format: 'json' }),
    http: { post: unused },
    database,
    objects: new MemoryBlobStore(random),
    images: new MemoryBlobStore(random),
    archives: new MemoryBlobStore(random),
    directories: new MemoryDirectoryStore(random),
    [Symbol.asyncDispose]: () => database[Symbol.asyncDispose](),
  },
  accountId: '000000000000',
  accountConcurrency: 1000,
  host: unused,
  invoker: unused,
  publishRoot: unused,
});
const isCheck = process.argv.includes('--check');
const isCurrent = generateParity(services, { check: isCheck });
await database[Symbol.asyncDispose]();
if (!isCurrent && isCheck) {
  console.error('docs/reference/parity.md is out of date: run node scripts/generate-docs.ts');
  process.exitCode = 1;
}
