/** Processors in proportion to memory, as the kernel grants them: whatever else runs, and however slow they are. */
import assert from 'node:assert/strict';
import { after, before, it } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
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

for (const isolation of ISOLATIONS) {
  describeIsolated(`the processors of a sandbox of ${isolation.name}`, isolation, () => {
    const options = {
      skip: isolation.hasOwnKernel && `the host sees no processes of ${isolation.name}`,
    };
    let test: TestDriver;
    before(async () => {
      test = await openDriver(isolation);
    });
    after(async () => {
      await test[Symbol.asyncDispose]();
    });

    for (const memoryMiB of MEMORIES_MIB) {
      const cores = memoryMiB / MEMORY_MIB_OF_A_CORE;
      it(`are ${cores.toFixed(2)} of a core at ${memoryMiB} MiB`, options, async (context) => {
        // One process more than can run at once on what is promised.
        const count = Math.ceil(cores) + 1;
        const name = `spin-${process.pid}-${memoryMiB}-${isolation.name.replace(/\W+/g, '-')}`;
        const limits = { memoryMiB, temporaryStorageMiB: 512 };
        await using sandbox = await test.driver.launch({
          id: name,
          command: ['/bin/sh', '-c', SPIN, `by-${name}`, String(count)],
          environment: { PATH: '/usr/bin:/bin' },
          mounts: [],
          limits: { ...limits, virtualCpus: CORES_AT_FIRST },
          onRuntimeConnection: (connection) => connection.destroy(),
          onOutput: () => {},
        });
        const beginMs = performance.now();
        const spinning = (): readonly number[] => processesWith(`by-${name}`);
        while (spinning().length !== count) {
          assert.ok(performance.now() - beginMs < PATIENCE_MS, `${spinning().length} began`);
          await sleep(20);
        }
        await sandbox.bind({ mounts: [], limits });
        const pids = spinning();
        const begin = readProcessorTime(pids);
        for (let wrong: string | undefined = 'not measured'; wrong !== undefined;) {
          await sleep(LOOK_MS);
          const end = readProcessorTime(pids);
          const share = shareBetween(begin, end);
          const told = `${share.cores.toFixed(4)} of a core, its quota used up in ${share.throttledPart?.toFixed(2)} of its periods`;
          wrong = unfairness(cores, share);
          if (wrong === undefined) context.diagnostic(told);
          assert.ok(
            wrong === undefined || end.wallMs - begin.wallMs < PATIENCE_MS,
            `${wrong}: ${told}`,
          );
        }
      });
    }
  });
}
