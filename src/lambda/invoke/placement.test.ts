import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { runtimeProgram } from '#adapters/simulated-sandbox/index.ts';
import { functionVersion, payloadOf, TestPlane } from '../../../test/support/invoke-plane.ts';
import { defaultInvokeOptions } from './index.ts';

const defaults = defaultInvokeOptions({ memoryMiB: 4096, processors: 2 });

function sleeper(delayMs: number) {
  return runtimeProgram({
    handler: async (_event, process) => {
      await process.sleep(delayMs);
      return '1';
    },
  });
}

/** Its init takes so long. */
function starter(initMs: number) {
  return runtimeProgram({
    init: (process) => process.sleep(initMs),
    handler: async () => '1',
  });
}

describe('placement', () => {
  it('never promises more memory than there is, and makes callers wait for it', async () => {
    await using test = new TestPlane({
      program: sleeper(1000),
      options: { capacity: { memoryMiB: 256, slots: 100, starts: 100 } },
    });
    test.catalog.put(functionVersion({ timeoutMs: 60_000 }));
    const outcomes = Promise.all([test.invoke(), test.invoke(), test.invoke()]);
    await test.during(Promise.resolve(), 500);
    assert.equal(test.driver.sandboxes.size, 2);
    assert.deepEqual(test.plane.stats().memoryMiB, 256);
    assert.equal(test.plane.stats().waiting, 1);
    const kinds = (await test.during(outcomes, 2000)).map(({ kind }) => kind);
    assert.deepEqual(kinds, ['returned', 'returned', 'returned']);
    assert.equal(test.driver.launches, 2, 'the third took an environment that was used before');
  });

  it('throttles who waited too long, not before', async () => {
    await using test = new TestPlane({
      program: sleeper(20_000),
      options: {
        capacity: { memoryMiB: 128, slots: 100, starts: 100 },
        waiting: { ...defaults.waiting, waitMs: 5000 },
      },
    });
    test.catalog.put(functionVersion({ timeoutMs: 60_000 }));
    const first = test.invoke();
    await test.during(Promise.resolve());
    let settled: string | undefined;
    const second = test.invoke().then((outcome) => (settled = outcome.kind));
    await test.during(Promise.resolve(), 4999);
    assert.equal(settled, undefined);
    await test.during(second, 1);
    assert.equal(settled, 'throttled');
    await test.during(first, 20_000);
  });

  it('refuses a function that is larger than the machine at once, and runs one as large', async () => {
    await using test = new TestPlane({
      program: sleeper(1),
      options: { capacity: { memoryMiB: 1024, slots: 100, starts: 100 } },
    });
    test.catalog.put(functionVersion({ functionName: 'above', memorySizeMiB: 1025 }));
    test.catalog.put(functionVersion({ functionName: 'as-large', memorySizeMiB: 1024 }));
    await assert.rejects(test.invoke({ functionName: 'above' }), {
      code: 'InvalidParameterValueException',
      message:
        "The function's MemorySize of 1025 MB is more than the 1024 MB that this server has for functions.",
    });
    const outcome = await test.during(test.invoke({ functionName: 'as-large' }), 1);
    assert.equal(outcome.kind, 'returned');
  });

  it('does not begin to wait for a caller who is gone already', async () => {
    await using test = new TestPlane({
      program: sleeper(1000),
      options: { capacity: { memoryMiB: 128, slots: 100, starts: 100 } },
    });
    test.catalog.put(functionVersion({ timeoutMs: 60_000 }));
    const first = test.invoke();
    await test.during(Promise.resolve());
    const second = await test.during(test.invoke({}, AbortSignal.abort()), 0);
    assert.equal(second.kind, 'throttled');
    assert.equal(test.plane.stats().waiting, 0);
    await test.during(first, 2000);
  });

  it('ends idle environments of other functions to make room', async () => {
    await using test = new TestPlane({
      program: runtimeProgram({
        handler: async (_event, process) => {
          process.peakMemoryBytes = 100 * 1024 * 1024;
          return '1';
        },
      }),
      options: { capacity: { memoryMiB: 300, slots: 100, starts: 100 } },
    });
    for (const functionName of ['a', 'b', 'c']) test.catalog.put(functionVersion({ functionName }));
    for (const functionName of ['a', 'b']) await test.during(test.invoke({ functionName }));
    assert.equal(test.plane.stats().memoryMiB, 200);
    const outcome = await test.during(test.invoke({ functionName: 'c' }));
    assert.equal(outcome.kind, 'returned');
    assert.equal(test.driver.sandboxes.size, 2);
    await test.during(test.invoke({ functionName: 'b' }));
    assert.equal(test.driver.launches, 3, 'the one used longest ago went');
  });

  it('holds no more sandboxes than it may', async () => {
    await using test = new TestPlane({
      program: sleeper(100),
      options: { capacity: { memoryMiB: 4096, slots: 2, starts: 100 } },
    });
    test.catalog.put(functionVersion());
    const outcomes = Promise.all([1, 2, 3, 4, 5].map(() => test.invoke()));
    await test.during(Promise.resolve(), 50);
    assert.equal(test.driver.sandboxes.size, 2);
    assert.equal(
      (await test.during(outcomes, 1000)).every(({ kind }) => kind === 'returned'),
      true,
    );
  });

  it('starts no more sandboxes at once than it may, but does not wait for a long init', async () => {
    await using test = new TestPlane({
      program: runtimeProgram({
        init: async (process) => process.sleep(5000),
        handler: async () => '1',
      }),
      options: { capacity: { memoryMiB: 4096, slots: 100, starts: 2 } },
    });
    test.catalog.put(functionVersion());
    const outcomes = Promise.all([1, 2, 3, 4].map(() => test.invoke()));
    await test.during(Promise.resolve(), 499);
    assert.equal(test.driver.launches, 2);
    await test.during(Promise.resolve(), 1);
    assert.equal(test.driver.launches, 4);
    await test.during(outcomes, 10_000);
  });

  it('counts only environments that were begun against how fast a function may grow', async () => {
    await using test = new TestPlane({
      program: sleeper(100),
      options: {
        capacity: { memoryMiB: 128, slots: 100, starts: 100 },
        admission: { ...defaults.admission, environmentsPer10Seconds: 2 },
        waiting: { ...defaults.waiting, waitMs: 10 },
      },
    });
    test.catalog.put(functionVersion({ timeoutMs: 60_000 }));
    const first = test.invoke();
    for (let count = 0; count < 5; count += 1) {
      assert.equal((await test.during(test.invoke(), 10)).kind, 'throttled', 'there is no room');
    }
    await test.during(first, 60);
    test.catalog.put(functionVersion({ timeoutMs: 60_000, revisionId: 'another' }));
    assert.equal((await test.during(test.invoke(), 200)).kind, 'returned', 'it may still grow');
  });

  it('gives functions turns, so that a storm on one does not starve another', async () => {
    await using test = new TestPlane({
      program: sleeper(100),
      options: { capacity: { memoryMiB: 256, slots: 100, starts: 100 } },
    });
    const done: string[] = [];
    for (const functionName of ['storm', 'calm']) {
      test.catalog.put(functionVersion({ functionName, timeoutMs: 60_000 }));
    }
    const call = async (functionName: string): Promise<void> => {
      await payloadOf(await test.invoke({ functionName }));
      done.push(functionName);
    };
    const storm = Array.from({ length: 40 }, () => call('storm'));
    await test.during(Promise.resolve(), 10);
    const calm = call('calm');
    await test.during(calm, 1000);
    assert.ok(done.indexOf('calm') < 8, `${done.indexOf('calm')} came before`);
    await test.during(Promise.all(storm), 20_000);
    assert.equal(done.length, 41);
  });

  it('throttles where too many wait, and forgets who goes away', async () => {
    await using test = new TestPlane({
      program: sleeper(1000),
      options: {
        capacity: { memoryMiB: 128, slots: 100, starts: 100 },
        waiting: { waitMs: 60_000, waitersMax: 10, waitersOfFunctionMax: 1 },
      },
    });
    test.catalog.put(functionVersion({ timeoutMs: 60_000 }));
    const first = test.invoke();
    await test.during(Promise.resolve());
    const leaving = new AbortController();
    const second = test.invoke({}, leaving.signal);
    await test.during(Promise.resolve());
    assert.equal((await test.during(test.invoke())).kind, 'throttled');
    leaving.abort();
    assert.equal((await test.during(second)).kind, 'throttled');
    assert.equal(test.plane.stats().waiting, 0);
    await test.during(first, 1000);
  });

  it('answers ServiceException where the machine makes no sandbox, and goes on', async () => {
    let refuses = true;
    await using test = new TestPlane({
      program: sleeper(1),
      driver: {
        onLaunch: () => {
          if (refuses) throw new Error('no room');
        },
      },
    });
    test.catalog.put(functionVersion());
    await assert.rejects(test.during(test.invoke()), { code: 'ServiceException', status: 500 });
    refuses = false;
    assert.equal((await test.during(test.invoke(), 10)).kind, 'returned');
    await test.during(Promise.resolve());
    assert.equal(test.plane.stats().environments, 1);
  });

  it('keeps its counts after a storm of crashes, timeouts and failed inits', async () => {
    let count = 0;
    await using test = new TestPlane({
      program: async (process) => {
        count += 1;
        const kind = count % 5;
        if (kind === 0) return 1;
        return runtimeProgram({
          init: async () => {
            if (kind === 1) throw new Error('init');
            if (kind === 2) await process.sleep(20_000);
          },
          handler: async () => {
            if (kind === 3) process.runOutOfMemory();
            await process.sleep(kind === 4 ? 10_000 : 10);
            return '1';
          },
        })(process);
      },
      options: { capacity: { memoryMiB: 1024, slots: 100, starts: 4 } },
    });
    test.catalog.put(functionVersion({ timeoutMs: 1000 }));
    const outcomes = Promise.all(Array.from({ length: 60 }, () => test.invoke()));
    await test.during(outcomes, 600_000);
    await test.during(Promise.resolve(), 3_600_000);
    assert.deepEqual(test.plane.stats(), {
      leases: 0,
      environments: 0,
      idle: 0,
      stemCells: 0,
      waiting: 0,
      memoryMiB: 0,
    });
    assert.equal(test.driver.sandboxes.size, 0);
    const after = await test.during(test.invoke(), 60_000);
    assert.notEqual(after.kind, 'throttled');
  });
});

describe('stem cells', () => {
  const options = {
    stemCells: { min: 2, max: 4, bootsMax: 1, memoryMiB: 16 },
    warmRuntimes: ['nodejs24.x'],
  };

  it('wait booted, become a function once, and are replaced', async () => {
    await using test = new TestPlane({
      program: runtimeProgram({
        handler: async (_event, process) =>
          JSON.stringify([
            process.environment['AWS_LAMBDA_FUNCTION_NAME'],
            process.binding?.mounts[0]?.source,
          ]),
      }),
      options,
    });
    void test.plane.run(new AbortController().signal);
    await test.during(Promise.resolve(), 100);
    assert.equal(test.plane.stats().stemCells, 2);
    test.catalog.put(functionVersion());
    const outcome = await test.during(test.invoke());
    assert.equal(await payloadOf(outcome), '["hello","/directories/code"]');
    assert.equal(test.driver.launches, 2, 'no sandbox was made for it');
    await test.during(Promise.resolve(), 5);
    assert.equal(test.plane.stats().stemCells, 2);
    assert.equal(test.driver.launches, 3);
  });

  it('are replaced once the start that took one is over', async () => {
    await using test = new TestPlane({ program: starter(40), options });
    void test.plane.run(new AbortController().signal);
    await test.during(Promise.resolve(), 100);
    test.catalog.put(functionVersion());
    const outcome = test.invoke();
    await test.during(Promise.resolve(), 39);
    assert.equal(test.driver.launches, 2);
    await test.during(outcome, 1);
    await test.during(Promise.resolve(), 10);
    assert.equal(test.driver.launches, 3);
  });

  it('are replaced a while later where the start goes on', async () => {
    await using test = new TestPlane({ program: starter(450), options });
    void test.plane.run(new AbortController().signal);
    await test.during(Promise.resolve(), 100);
    test.catalog.put(functionVersion());
    const outcome = test.invoke();
    await test.during(Promise.resolve(), 240);
    assert.equal(test.driver.launches, 2);
    await test.during(Promise.resolve(), 30);
    assert.equal(test.driver.launches, 3);
    await test.during(outcome, 500);
  });

  it('are not for functions whose variables the language reads at its start', async () => {
    await using test = new TestPlane({
      program: runtimeProgram({ handler: async () => '1' }),
      options,
    });
    void test.plane.run(new AbortController().signal);
    await test.during(Promise.resolve(), 100);
    test.catalog.put(functionVersion({ environmentVariables: { NODE_OPTIONS: '--no-warnings' } }));
    await test.during(test.invoke());
    assert.equal(test.driver.launches, 3);
  });

  it('make room when the machine is full', async () => {
    await using test = new TestPlane({
      program: sleeper(1000),
      options: { ...options, capacity: { memoryMiB: 140, slots: 100, starts: 100 } },
    });
    void test.plane.run(new AbortController().signal);
    await test.during(Promise.resolve(), 100);
    assert.equal(test.plane.stats().memoryMiB, 32);
    test.catalog.put(functionVersion({ runtime: 'provided.al2023' }));
    assert.equal((await test.during(test.invoke(), 2000)).kind, 'returned');
  });

  // Found by the simulation of seed 9: each was ended as soon as it had booted, and made again.
  it('are not made anew while somebody waits for their room', async () => {
    await using test = new TestPlane({
      program: sleeper(1000),
      driver: { launchMs: 1 },
      options: { ...options, capacity: { memoryMiB: 160, slots: 100, starts: 100 } },
    });
    void test.plane.run(new AbortController().signal);
    await test.during(Promise.resolve(), 100);
    test.catalog.put(functionVersion());
    const outcomes = Promise.all([test.invoke(), test.invoke()]);
    await test.during(outcomes, 3000);
    assert.ok(test.driver.launches <= 6, `${test.driver.launches} sandboxes were made`);
  });
});
