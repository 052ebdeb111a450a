import type { Bench } from './bench.ts';
import { createFunction, invoke } from './functions.ts';

const MEMORIES_MIB = [128, 884, 1769, 3538];
const MIB_OF_A_CORE = 1769;
/** Three processes that spin, so that more than two cores could be had; what they used, as the kernel counts it. */
const SPIN = `import os, resource, time

def used():
    uses = [resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
    return sum(use.ru_utime + use.ru_stime for use in uses)

def spin(seconds):
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        pass

def handler(event, context):
    start, before, children = time.monotonic(), used(), []
    for _ in range(2):
        child = os.fork()
        if child == 0:
            spin(2)
            os._exit(0)
        children.append(child)
    spin(2)
    for child in children:
        os.waitpid(child, 0)
    return (used() - before) / (time.monotonic() - start)
`;

/** The share of the processors that a busy function gets, by its memory. */
export async function benchCpu({ send }: Bench): Promise<void> {
  for (const memoryMiB of MEMORIES_MIB) {
    const name = `cpu-${memoryMiB}`;
    const files = { 'app.py': SPIN };
    await createFunction(send, {
      name,
      files,
      memoryMiB,
      runtime: 'python3.12',
      handler: 'app.handler',
    });
    const share = Number((await invoke(send, name, {})).toString());
    const promised = memoryMiB / MIB_OF_A_CORE;
    console.log(
      `CPU at ${String(memoryMiB).padStart(4)} MB: ${share.toFixed(3)} of a core, ` +
        `promised ${promised.toFixed(3)}, ratio ${(share / promised).toFixed(2)}`,
    );
  }
}
