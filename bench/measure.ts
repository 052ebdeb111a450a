import { loadavg } from 'node:os';

/** What one series of calls showed; times in ms. */
export interface Measurement {
  readonly count: number;
  readonly failures: number;
  readonly perSecond: number;
  readonly p50Ms: number;
  readonly p95Ms: number;
  readonly p99Ms: number;
}

/** Calls `work` in `lanes` lanes for a time, one after another in each; the first calls, of lane 0, are not counted. */
export async function measureClosedLoop(options: {
  readonly lanes: number;
  readonly durationMs: number;
  readonly warmUp: number;
  readonly work: (count: number, lane: number) => Promise<void>;
}): Promise<Measurement> {
  let count = 0;
  for (; count < options.warmUp; count++) await options.work(count, 0);
  const latencies: number[] = [];
  let failures = 0;
  const startedAt = performance.now();
  const endAt = startedAt + options.durationMs;
  const run = async (lane: number): Promise<void> => {
    for (let now = performance.now(); now < endAt; now = performance.now()) {
      count += 1;
      await options.work(count, lane).then(
        () => latencies.push(performance.now() - now),
        () => (failures += 1),
      );
    }
  };
  await Promise.all(Array.from({ length: options.lanes }, (_, lane) => run(lane)));
  return summarise(latencies, failures, performance.now() - startedAt);
}

/** Starts a call every `intervalMs`, whether the last one ended or not; latency counts from the intended start. */
export async function measureOpenLoop(options: {
  readonly perSecond: number;
  readonly durationMs: number;
  readonly work: (count: number) => Promise<void>;
}): Promise<Measurement> {
  const intervalMs = 1000 / options.perSecond;
  const latencies: number[] = [];
  let failures = 0;
  const startedAt = performance.now();
  const calls: Promise<unknown>[] = [];
  const total = Math.floor(options.durationMs / intervalMs);
  for (let count = 0; count < total; count++) {
    const intendedAt = startedAt + count * intervalMs;
    while (performance.now() < intendedAt) await new Promise((resolve) => setImmediate(resolve));
    const call = options.work(count).then(
      () => latencies.push(performance.now() - intendedAt),
      () => (failures += 1),
    );
    calls.push(call);
  }
  await Promise.all(calls);
  return summarise(latencies, failures, performance.now() - startedAt);
}

/** The figures of latencies that were taken one by one. */
export function summarise(
  latencies: readonly number[],
  failures: number,
  elapsedMs: number,
): Measurement {
  const sorted = [...latencies].sort((left, right) => left - right);
  const at = (share: number): number =>
    sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? NaN;
  return {
    count: sorted.length,
    failures,
    perSecond: (sorted.length / elapsedMs) * 1000,
    p50Ms: at(0.5),
    p95Ms: at(0.95),
    p99Ms: at(0.99),
  };
}

/** One row of the bench's table. */
export function printRow(name: string, measurement: Measurement): void {
  const { count, failures, perSecond, p50Ms, p95Ms, p99Ms } = measurement;
  const times = [p50Ms, p95Ms, p99Ms].map((time) => time.toFixed(2).padStart(9)).join('');
  console.log(
    `${name.padEnd(44)}${times}${perSecond.toFixed(0).padStart(9)}${String(count).padStart(8)}${String(failures).padStart(6)}`,
  );
}

export function printHeading(): void {
  const load = loadavg()
    .map((value) => value.toFixed(2))
    .join(' ');
  console.log(`load of the machine (1, 5, 15 min): ${load}; Node ${process.version}`);
  console.log(`${''.padEnd(44)}   p50 ms   p95 ms   p99 ms      /s   count  fail`);
}
