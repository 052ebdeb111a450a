/**
 * Prints what the store does on this disk: durable commits a second at several concurrencies, their
 * latency, and reads. `node bench/store.ts [DIRECTORY]`; the directory's disk is what is measured.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { loadavg, tmpdir } from 'node:os';
import { join } from 'node:path';
import { openDatabase } from '#adapters/sqlite/index.ts';
import type { Database } from '#ports/world/database.ts';

const DURATION_MS = 2000;
const CONTENT = new Uint8Array(200);

interface Measurement {
  readonly perSecond: number;
  readonly p50Ms: number;
  readonly p99Ms: number;
}

/** Runs `work` in `concurrency` lanes, closed loop. */
async function measure(
  concurrency: number,
  work: (n: number) => Promise<unknown>,
): Promise<Measurement> {
  const latencies: number[] = [];
  const endMs = performance.now() + DURATION_MS;
  let n = 0;
  const lane = async (): Promise<void> => {
    for (let startMs = performance.now(); startMs < endMs; startMs = performance.now()) {
      n += 1;
      await work(n);
      latencies.push(performance.now() - startMs);
    }
  };
  const startMs = performance.now();
  await Promise.all(Array.from({ length: concurrency }, lane));
  const seconds = (performance.now() - startMs) / 1000;
  latencies.sort((a, b) => a - b);
  const quantile = (share: number): number =>
    latencies[Math.floor(latencies.length * share)] ?? NaN;
  return { perSecond: latencies.length / seconds, p50Ms: quantile(0.5), p99Ms: quantile(0.99) };
}

function print(name: string, { perSecond, p50Ms, p99Ms }: Measurement): void {
  const rate = Math.round(perSecond).toLocaleString('en');
  console.log(
    `${name.padEnd(34)} ${rate.padStart(9)}/s  p50 ${p50Ms.toFixed(2)} ms  p99 ${p99Ms.toFixed(2)} ms`,
  );
}

async function commits(database: Database): Promise<void> {
  for (const concurrency of [1, 16, 256]) {
    const result = await measure(concurrency, (n) =>
      database.transact((tx) =>
        tx.run(
          'INSERT INTO bench VALUES ($1, $2) ON CONFLICT (id) DO UPDATE SET content = excluded.content',
          (n * 7919) % 100_003,
          CONTENT,
        ),
      ),
    );
    print(`commits, ${concurrency} at a time`, result);
  }
}

async function reads(database: Database): Promise<void> {
  for (const concurrency of [1, 16]) {
    const result = await measure(concurrency, (n) =>
      database.read((queries) =>
        queries.get('SELECT * FROM bench WHERE id = $1', (n * 7919) % 100_003),
      ),
    );
    print(`reads, ${concurrency} at a time`, result);
  }
}

const place = mkdtempSync(join(process.argv[2] ?? tmpdir(), 'hearth-bench-'));
const schema = {
  name: 'bench',
  steps: ['CREATE TABLE bench (id INTEGER PRIMARY KEY, content BYTEA)'],
};
console.log(
  `load ${loadavg()
    .map((load) => load.toFixed(2))
    .join(' ')}, node ${process.version}, ${place}`,
);
for (const path of [join(place, 'hearth.db'), ':memory:']) {
  console.log(path === ':memory:' ? 'in memory' : 'in a file, each commit synced to the disk');
  await using database = await openDatabase({ path });
  await database.migrate(schema);
  await commits(database);
  await reads(database);
}
rmSync(place, { recursive: true });
