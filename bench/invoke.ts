/**
 * What the invoke plane itself costs, without the gateway: `node bench/invoke.ts [namespaces|process]`.
 * Latency and processor time of warm invocations at one and more callers, and of cold starts.
 */
import { mkdtempSync } from 'node:fs';
import { loadavg, tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { findLauncher } from '#adapters/launcher/index.ts';
import { createNamespacesDriver } from '#adapters/namespaces/index.ts';
import { createProcessDriver } from '#adapters/process/index.ts';
import type { Outcome } from '#ports/peers/invoker.ts';
import type { SandboxDriver } from '#ports/world/sandbox.ts';
import { RealPlane } from '../test/support/real-plane.ts';

const NODE_HELLO = { 'index.js': 'exports.handler = async (event) => event;' };
const PYTHON_HELLO = { 'index.py': 'def handler(event, context):\n  return event\n' };
const WARM_CALLS = 3000;
const COLD_CALLS = 12;

async function main(): Promise<void> {
  const kind = process.argv[2] ?? (process.getuid?.() === 0 ? 'namespaces' : 'process');
  const directory = mkdtempSync(join(tmpdir(), 'hearth-bench-'));
  const driver = await openDriver(kind, directory);
  console.log(`${driver.description}; load ${loadavg()[0]?.toFixed(2)}`);
  const mounts =
    kind === 'namespaces' ? [{ source: dirname(process.execPath), target: '/var/lang/bin' }] : [];
  const command = kind === 'namespaces' ? '/var/lang/bin/node' : process.execPath;
  await using plane = new RealPlane({
    directory,
    driver,
    node: { command, mounts, version: process.versions.node },
    options: {
      capacity: { memoryMiB: 20_000, slots: 100, starts: 8 },
      stemCells: { min: 2, max: 4, bootsMax: 1, memoryMiB: 16 },
      warmRuntimes: process.argv.includes('--stem-cells') ? ['nodejs24.x', 'python3.11'] : [],
    },
  });
  void plane.plane.run(new AbortController().signal);
  await pause(2000);
  for (const [runtime, files] of [
    ['nodejs24.x', NODE_HELLO],
    ['python3.11', PYTHON_HELLO],
  ] as const) {
    await cold(plane, runtime, files);
    const name = plane.deploy(files, { runtime, memorySizeMiB: 1769 });
    await warm(plane, `warm ${runtime}`, name, 1);
    await warm(plane, `warm ${runtime}`, name, 8);
  }
  if (plane.log.problems.length > 0) console.log(plane.log.problems);
}

async function openDriver(kind: string, directory: string): Promise<SandboxDriver> {
  const launcher = findLauncher('.');
  const shared = {
    directory: join(directory, 'sandboxes'),
    onEndpointConnection: (connection: { destroy(): void }) => connection.destroy(),
    onDiagnostic: (line: string) => console.error(line),
    ...(launcher === undefined ? {} : { launcher }),
  };
  return kind === 'namespaces' && launcher !== undefined
    ? createNamespacesDriver({ ...shared, launcher })
    : createProcessDriver(shared);
}

async function cold(
  plane: RealPlane,
  runtime: string,
  files: Readonly<Record<string, string>>,
): Promise<void> {
  const times: number[] = [];
  for (let count = 0; count < COLD_CALLS; count += 1) {
    const name = plane.deploy(files, { runtime });
    const startMs = performance.now();
    await drain(await plane.invoke(name));
    times.push(performance.now() - startMs);
    await pause(300);
  }
  print(`cold ${runtime}`, times, '');
}

async function warm(plane: RealPlane, title: string, name: string, callers: number): Promise<void> {
  const call = async (): Promise<number> => {
    const startMs = performance.now();
    await drain(await plane.invoke(name, { key: 'value' }));
    const elapsedMs = performance.now() - startMs;
    // What a test keeps would be rubbish to collect here.
    plane.messages.length = 0;
    plane.reports.length = 0;
    return elapsedMs;
  };
  await Promise.all(Array.from({ length: callers }, call));
  for (let count = 0; count < 200; count += 1) await call();
  const times: number[] = [];
  const startMs = performance.now();
  const before = process.cpuUsage();
  await Promise.all(
    Array.from({ length: callers }, async () => {
      for (let count = 0; count < WARM_CALLS / callers; count += 1) times.push(await call());
    }),
  );
  const { user, system } = process.cpuUsage(before);
  const seconds = (performance.now() - startMs) / 1000;
  const microseconds = ((user + system) / times.length).toFixed(0);
  const rate = (times.length / seconds).toFixed(0);
  print(`${title}, ${callers} callers`, times, `${microseconds} µs of CPU each, ${rate}/s`);
}

async function drain(outcome: Outcome): Promise<void> {
  if (outcome.kind !== 'returned') throw new Error(JSON.stringify(outcome));
  for await (const chunk of outcome.payload) void chunk;
}

function print(title: string, times: readonly number[], rest: string): void {
  const sorted = times.toSorted((a, b) => a - b);
  const at = (part: number): string =>
    `${sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * part))]?.toFixed(2)} ms`;
  console.log(`${title.padEnd(28)} p50 ${at(0.5)}  p95 ${at(0.95)}  p99 ${at(0.99)}  ${rest}`);
}

function pause(delayMs: number): Promise<void> {
  return new Promise((resolve) => {
    setTimeout(resolve, delayMs);
  });
}

await main();
