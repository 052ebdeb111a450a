import type { Bench } from './bench.ts';
import { createFunction, HELLO_NODE, HELLO_PYTHON, invoke } from './functions.ts';
import { measureClosedLoop, printRow } from './measure.ts';

const LANES = [1, 8, 32];
const DURATION_MS = 4000;

/** Invocations of functions that say hello and are running already. */
export async function benchWarm({ send, serverCpuMs, serverMemoryMiB }: Bench): Promise<void> {
  for (const [kind, description] of [
    ['Node', HELLO_NODE],
    ['Python', HELLO_PYTHON],
  ] as const) {
    const name = `warm-${kind.toLowerCase()}`;
    await createFunction(send, { ...description, name, memoryMiB: 512 });
    for (const lanes of LANES) {
      const work = async (): Promise<void> => void (await invoke(send, name, { name: 'Ada' }));
      await Promise.all(Array.from({ length: lanes }, work));
      const cpuBefore = serverCpuMs();
      const measured = await measureClosedLoop({
        lanes,
        durationMs: DURATION_MS,
        warmUp: 50,
        work,
      });
      const cpuUs = ((serverCpuMs() - cpuBefore) * 1000) / (measured.count + 50);
      printRow(`warm hello, ${kind}, ${lanes} clients (${cpuUs.toFixed(0)} us CPU each)`, measured);
    }
  }
  console.log(`server's memory afterwards: ${serverMemoryMiB().toFixed(0)} MiB`);
}
