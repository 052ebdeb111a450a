/**
 * What a sandbox costs by itself, without a function's runtime: `node bench/sandbox.ts`, as root.
 * The process inside is a static binary that prints one byte.
 */
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { availableParallelism, loadavg, tmpdir } from 'node:os';
import path from 'node:path';
import { findLauncher } from '#adapters/launcher/index.ts';
import { createNamespacesDriver } from '#adapters/namespaces/index.ts';
import type { Sandbox, SandboxDriver, SandboxLimits } from '#ports/world/sandbox.ts';
import { measureClosedLoop, summarise } from './measure.ts';
import type { Measurement } from './measure.ts';
import { cpuMsOf } from './process-stat.ts';

const ROOT = path.join(import.meta.dirname, '..');
const DURATION_MS = 3000;
const WARM_UP = 10;
const ALIVE = 100;
const LIMITS: SandboxLimits = { memoryMiB: 1769, temporaryStorageMiB: 512 };
const HELLO = '#include <unistd.h>\nint main(void){return write(1,"x",1)==1?0:1;}\n';
const SPIN = `import time, os
start = time.monotonic()
while time.monotonic() - start < 2: pass
times = os.times()
print((times.user + times.system) / (time.monotonic() - start))`;

const directory = mkdtempSync(path.join(tmpdir(), 'hearth-bench-'));
const launcher = findLauncher(ROOT);
if (launcher === undefined || process.getuid?.() !== 0) {
  console.error('needs root and the launcher: sudo node scripts/build-launcher.ts');
  process.exit(69);
}
execFileSync('chmod', ['755', directory]);
writeFileSync(path.join(directory, 'hello.c'), HELLO);
execFileSync('cc', [
  '-O2',
  '-static',
  '-o',
  path.join(directory, 'hello'),
  path.join(directory, 'hello.c'),
]);

console.log(
  `cores ${availableParallelism()}, load ${loadavg()
    .map((it) => it.toFixed(2))
    .join(' ')}`,
);
await benchLaunches('nothing prepared, no internet', { poolSize: 0, wantsInternet: false });
await benchLaunches('nothing prepared', { poolSize: 0, wantsInternet: true });
await benchLaunches('from the pool', { poolSize: 8, wantsInternet: true, pauseMs: 20 });
await benchLife();
await benchCpuShare();
console.log(
  `load ${loadavg()
    .map((it) => it.toFixed(2))
    .join(' ')}`,
);
rmSync(directory, { recursive: true });

interface LaunchBench {
  readonly poolSize: number;
  readonly wantsInternet: boolean;
  /** Between two launches, so that the pool is full again. */
  readonly pauseMs?: number;
}

async function benchLaunches(name: string, options: LaunchBench): Promise<void> {
  await using driver = await openDriver(options);
  const pid = launcherPid();
  for (const lanes of options.pauseMs === undefined ? [1, 8] : [1]) {
    const firstBytes: number[] = [];
    const cpuBefore = treeCpuMs(pid);
    const serverBefore = process.cpuUsage();
    const measured = await measureClosedLoop({
      lanes,
      durationMs: DURATION_MS,
      warmUp: WARM_UP,
      work: async () => {
        firstBytes.push(await launchAndEnd(driver));
        if (options.pauseMs !== undefined) await pause(options.pauseMs);
      },
    });
    const server = process.cpuUsage(serverBefore);
    const launches = measured.count + WARM_UP;
    const first = summarise(firstBytes.slice(WARM_UP), measured.failures, DURATION_MS);
    print(`${name}, ${lanes} at once: to the first byte`, first);
    console.log(
      `    launched and ended ${measured.perSecond.toFixed(0)} a second; CPU each: ` +
        `launcher ${((treeCpuMs(pid) - cpuBefore) / launches).toFixed(2)} ms, ` +
        `server ${((server.user + server.system) / 1000 / launches).toFixed(2)} ms`,
    );
  }
}

/** Freezing, thawing, late binding, and how much of the machine many that wait take. */
async function benchLife(): Promise<void> {
  await using driver = await openDriver({ poolSize: 0, wantsInternet: true });
  const before = usedMemoryMiB();
  const startedAt = performance.now();
  const sandboxes = await Promise.all(
    Array.from({ length: ALIVE }, (_, index) => sleeper(driver, index)),
  );
  const elapsed = performance.now() - startedAt;
  const memory = (usedMemoryMiB() - before) / ALIVE;
  console.log(`  ${ALIVE} at once: ${elapsed.toFixed(0)} ms; ${memory.toFixed(2)} MiB each`);
  const mounts = [{ source: directory, target: '/var/task' }];
  print('  late binding', await timed(sandboxes, (it) => it.bind({ mounts, limits: LIMITS })));
  print('  freeze', await timed(sandboxes, (it) => it.freeze()));
  print('  thaw', await timed(sandboxes, (it) => it.thaw()));
  print('  kill and free', await timed(sandboxes, (it) => it[Symbol.asyncDispose]()));
}

/** The share of a core that a busy loop gets. */
async function benchCpuShare(): Promise<void> {
  await using driver = await openDriver({ poolSize: 0, wantsInternet: false });
  for (const memoryMiB of [128, 884, 1769]) {
    let output = '';
    await using sandbox = await driver.launch({
      ...spec('spin', ['/usr/bin/python3', '-I', '-S', '-c', SPIN]),
      limits: { memoryMiB, temporaryStorageMiB: 512 },
      onOutput: (_, chunk) => (output += Buffer.from(chunk).toString()),
    });
    await sandbox.exited;
    const share = Number(output);
    const promised = Math.min(1, memoryMiB / 1769);
    console.log(
      `  CPU at ${memoryMiB} MiB: ${share.toFixed(3)} of a core, promised ${promised.toFixed(3)}`,
    );
  }
}

function openDriver(options: LaunchBench): Promise<SandboxDriver> {
  return createNamespacesDriver({
    launcher: launcher ?? '',
    directory: path.join(directory, 'state'),
    onEndpointConnection: (connection) => connection.destroy(),
    onDiagnostic: (line) => console.error(line),
    poolSize: options.poolSize,
    wantsInternet: options.wantsInternet,
  });
}

/** Launches, waits for the first byte, and takes everything away again; ms to the first byte. */
async function launchAndEnd(driver: SandboxDriver): Promise<number> {
  const startedAt = performance.now();
  let firstByteMs = 0;
  await using sandbox = await driver.launch({
    ...spec('hello', ['/var/task/hello']),
    mounts: [{ source: directory, target: '/var/task' }],
    onOutput: () => (firstByteMs = performance.now() - startedAt),
  });
  await sandbox.exited;
  return firstByteMs;
}

async function sleeper(driver: SandboxDriver, index: number): Promise<Sandbox> {
  return driver.launch(spec(`sleeper-${index}`, ['/bin/sleep', '600']));
}

function spec(id: string, command: readonly string[]) {
  return {
    id,
    command,
    environment: { PATH: '/usr/bin:/bin' },
    mounts: [],
    limits: LIMITS,
    onRuntimeConnection: () => {},
    onOutput: () => {},
  };
}

async function timed(
  sandboxes: readonly Sandbox[],
  work: (sandbox: Sandbox) => Promise<void>,
): Promise<Measurement> {
  const latencies: number[] = [];
  const startedAt = performance.now();
  for (const sandbox of sandboxes) {
    const at = performance.now();
    await work(sandbox);
    latencies.push(performance.now() - at);
  }
  return summarise(latencies, 0, performance.now() - startedAt);
}

function print(name: string, { count, p50Ms, p95Ms, p99Ms }: Measurement): void {
  const figures = [p50Ms, p95Ms, p99Ms].map((it) => it.toFixed(2)).join(' / ');
  console.log(`  ${name}: p50 / p95 / p99 ${figures} ms (${count})`);
}

function launcherPid(): number {
  const children = readFileSync(`/proc/self/task/${process.pid}/children`, 'utf8');
  return Number(children.trim().split(' ').at(-1));
}

/** CPU of the launcher and of all that it has reaped. */
function treeCpuMs(pid: number): number {
  const text = readFileSync(`/proc/${pid}/stat`, 'utf8');
  const fields = text.slice(text.lastIndexOf(')') + 2).split(' ');
  return cpuMsOf(pid) + (Number(fields[13]) + Number(fields[14])) * 10;
}

function usedMemoryMiB(): number {
  const text = readFileSync('/proc/meminfo', 'utf8');
  const field = (name: string) => Number(new RegExp(`${name}:\\s+(\\d+)`).exec(text)?.[1] ?? 0);
  return (field('MemTotal') - field('MemAvailable')) / 1024;
}

function pause(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}
