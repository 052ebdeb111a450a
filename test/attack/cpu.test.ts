/** Processors in proportion to memory, as the kernel grants them: whatever else runs, and however slow they are. */
import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { availableParallelism } from 'node:os';
import { after, before, it } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import type { SandboxDriver } from '#ports/world/sandbox.ts';
import { processesWith, readProcessorTime, shareBetween, unfairness } from './processor-time.ts';
import { ISOLATIONS, describeIsolated, openDriver } from './sandboxed.ts';
import type { TestDriver } from './sandboxed.ts';

/** @see https://docs.aws.amazon.com/lambda/latest/dg/configuration-memory.html */
const MEMORY_MIB_OF_A_CORE = 1769;
const MEMORIES_MIB = [128, 884, 1769, 3538];
/** As an init has them. */
const CORES_AT_FIRST = 2;
const LOOK_MS = 2000;
/** An error at the ends of the measured time weighs less the longer it is. */
const PATIENCE_MS = 60_000;

/** So many processes that never rest. */
const SPIN =
  'i=1; while [ $i -lt $1 ]; do while :; do :; done & i=$((i+1)); done; while :; do :; done';

/** How much more memory one of two functions has that want the same processors. */
const TIMES = 4;
/** What it gets of them then, in units of the other: others who run, too, make a part of it unequal. */
const TIMES_MIN = TIMES / 2;
const TIMES_MAX = TIMES * 2;
/** More of them would need hundreds of sandboxes to be short. */
const PROCESSORS_MAX = 8;

interface Spinner extends AsyncDisposable {
  readonly pids: readonly number[];
}

/** A sandbox of so much memory, whose init is over, with so many processes that never rest. */
async function spin(driver: SandboxDriver, memoryMiB: number, count: number): Promise<Spinner> {
  const id = `spin-${randomUUID()}`;
  const limits = { memoryMiB, temporaryStorageMiB: 512 };
  const sandbox = await driver.launch({
    id,
    command: ['/bin/sh', '-c', SPIN, `by-${id}`, String(count)],
    environment: { PATH: '/usr/bin:/bin' },
    mounts: [],
    limits: { ...limits, virtualCpus: CORES_AT_FIRST },
    onRuntimeConnection: (connection) => connection.destroy(),
    onOutput: () => {},
  });
  const beginMs = performance.now();
  let pids: readonly number[] = [];
  while (pids.length !== count) {
    assert.ok(performance.now() - beginMs < PATIENCE_MS, `${pids.length} of ${count} began`);
    await sleep(20);
    pids = processesWith(`by-${id}`);
  }
  await sandbox.bind({ mounts: [], limits });
  return { pids, [Symbol.asyncDispose]: () => sandbox[Symbol.asyncDispose]() };
}

/** Looks again and again until `wrong` finds nothing wrong, as long as its patience lasts. */
async function untilRight(wrong: () => string | undefined): Promise<void> {
  const beginMs = performance.now();
  for (let found: string | undefined = 'not looked'; found !== undefined;) {
    await sleep(LOOK_MS);
    found = wrong();
    assert.ok(found === undefined || performance.now() - beginMs < PATIENCE_MS, found);
  }
}

for (const isolation of ISOLATIONS) {
  describeIsolated(`the processors of a sandbox of ${isolation.name}`, isolation, () => {
    const skip = isolation.hasOwnKernel && `the host sees no processes of ${isolation.name}`;
    let test: TestDriver;
    before(async () => {
      test = await openDriver(isolation);
    });
    after(async () => {
      await test[Symbol.asyncDispose]();
    });

    for (const memoryMiB of MEMORIES_MIB) {
      const cores = memoryMiB / MEMORY_MIB_OF_A_CORE;
      it(`are ${cores.toFixed(2)} of a core at ${memoryMiB} MiB`, { skip }, async (context) => {
        // One process more than can run at once on what is promised.
        await using spinner = await spin(test.driver, memoryMiB, Math.ceil(cores) + 1);
        const begin = readProcessorTime(spinner.pids);
        await untilRight(() => {
          const share = shareBetween(begin, readProcessorTime(spinner.pids));
          const told = `${share.cores.toFixed(4)} of a core, its quota used up in ${share.throttledPart?.toFixed(2)} of its periods`;
          const wrong = unfairness(cores, share);
          if (wrong === undefined) context.diagnostic(told);
          return wrong === undefined ? undefined : `${wrong}: ${told}`;
        });
      });
    }

    const processors = availableParallelism();
    const tooMany = processors > PROCESSORS_MAX && `${processors} processors are hardly short`;
    it('are shared by memory where they are short', { skip: skip || tooMany }, async (context) => {
      // No quota may hold one back: each small one may use half of what there is for a pair.
      const pairs = Math.ceil(processors / 2);
      await using stack = new AsyncDisposableStack();
      const spinners: Record<'large' | 'small', Spinner[]> = { large: [], small: [] };
      for (let pair = 0; pair < pairs; pair += 1) {
        const large = await spin(test.driver, TIMES * MEMORY_MIB_OF_A_CORE, processors);
        spinners.large.push(stack.use(large));
        const small = await spin(test.driver, MEMORY_MIB_OF_A_CORE, processors);
        spinners.small.push(stack.use(small));
      }
      const usedBy = (which: readonly Spinner[]): number =>
        which.reduce((sum, { pids }) => sum + readProcessorTime(pids).usedMs, 0);
      const begin = { large: usedBy(spinners.large), small: usedBy(spinners.small) };
      await untilRight(() => {
        const large = usedBy(spinners.large) - begin.large;
        const ratio = large / (usedBy(spinners.small) - begin.small);
        const told = `${ratio.toFixed(2)} times as much for ${TIMES} times the memory`;
        if (ratio < TIMES_MIN || ratio > TIMES_MAX) return told;
        context.diagnostic(told);
        return undefined;
      });
    });
  });
}
