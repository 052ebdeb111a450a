import type { ExampleServer } from '../examples/server.ts';
import { startBareRelay } from './bare-relay.ts';
import type { Bench } from './bench.ts';
import { createFunction, HELLO_NODE, HELLO_PYTHON, invocationRequest } from './functions.ts';
import { createLeanClient } from './lean-client.ts';
import { measureClosedLoop, printRow } from './measure.ts';
import { cpuMsOf } from './process-stat.ts';

const LANES = [1, 4, 16];
const DURATION_MS = 4000;
/** V8 compiles what runs often, and compiles it anew: for some 20 s of load an invocation becomes cheaper. */
const WARM_UP_MS = 20_000;
/** The relay is some hundred lines. */
const RELAY_WARM_UP_MS = 4000;
/** 0.58 of a processor, and 16 of them fit the machine. */
const MEMORY_MIB = 1024;

/** Invocations of functions that say hello and are running already. */
export async function benchWarm({
  server,
  send,
  serverCpuMs,
  serverMemoryMiB,
}: Bench): Promise<void> {
  for (const [kind, description] of [
    ['Node', HELLO_NODE],
    ['Python', HELLO_PYTHON],
  ] as const) {
    const name = `warm-${kind.toLowerCase()}`;
    await createFunction(send, { ...description, name, memoryMiB: MEMORY_MIB });
    await measure(server, name, 8, WARM_UP_MS);
    for (const lanes of LANES) {
      const cpuBefore = serverCpuMs();
      const measured = await measure(server, name, lanes, DURATION_MS);
      const cpuUs = ((serverCpuMs() - cpuBefore) * 1000) / (measured.count + measured.failures);
      printRow(`warm hello, ${kind}, ${lanes} clients (${cpuUs.toFixed(0)} us CPU each)`, measured);
      if (kind === 'Node') await measureFloor(server, lanes, cpuUs);
    }
  }
  console.log(`server's memory afterwards: ${serverMemoryMiB().toFixed(0)} MiB`);
}

/** The same requests through a bare relay, right after: how many times its processor time Hearth took. */
async function measureFloor(server: ExampleServer, lanes: number, cpuUs: number): Promise<void> {
  await using relay = await startBareRelay(lanes);
  const target = { ...server, endpoint: relay.endpoint };
  await measure(target, 'bare', lanes, RELAY_WARM_UP_MS);
  const cpuBefore = cpuMsOf(relay.processId);
  const measured = await measure(target, 'bare', lanes, DURATION_MS);
  const bareUs = ((cpuMsOf(relay.processId) - cpuBefore) * 1000) / measured.count;
  const ratio = (cpuUs / bareUs).toFixed(1);
  printRow(`  a bare relay (${bareUs.toFixed(0)} us CPU each; Hearth: ${ratio} times)`, measured);
}

async function measure(server: ExampleServer, name: string, lanes: number, durationMs: number) {
  const request = invocationRequest(name, { name: 'Ada' });
  const clients = await Promise.all(
    Array.from({ length: lanes }, () => createLeanClient(server, request)),
  );
  const work = async (_: number, lane: number): Promise<void> => clients[lane]?.call();
  try {
    return await measureClosedLoop({ lanes, durationMs, warmUp: 20, work });
  } finally {
    for (const client of clients) client[Symbol.dispose]();
  }
}
