import type { Bench } from './bench.ts';
import { createFunction, invoke } from './functions.ts';

const MEMORIES_MIB = [128, 884, 1769, 3538];
const MIB_OF_A_CORE = 1769;
/** Two processes that spin, so that more than one core can be had. */
const SPIN = `import os, time

def spin(seconds):
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        pass

def handler(event, context):
    start = time.monotonic()
    before = os.times()
    child = os.fork()
    spin(2)
    if child == 0:
        os._exit(0)
    os.waitpid(child, 0)
    after = os.times()
    used = sum(after[:4]) - sum(before[:4])
    return used / (time.monotonic() - start)
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
