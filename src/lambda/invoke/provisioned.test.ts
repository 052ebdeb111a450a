import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { runtimeProgram } from '#adapters/simulated-sandbox/index.ts';
import { SandboxUnavailable } from '#ports/world/sandbox.ts';
import { functionVersion, payloadOf, TestPlane } from '../../../test/support/invoke-plane.ts';
import type { TestPlaneOptions } from '../../../test/support/invoke-plane.ts';

const INIT_MS = 300;

/** Says how it was begun, after `delayMs`. */
function teller(delayMs = 100, initMs = INIT_MS): TestPlaneOptions['program'] {
  return runtimeProgram({
    init: async (process) => process.sleep(initMs),
    handler: async (_event, process) => {
      await process.sleep(delayMs);
      return JSON.stringify(process.environment['AWS_LAMBDA_INITIALIZATION_TYPE']);
    },
  });
}

/** Ends as its payload says, else tells its calls, what is in /tmp, and whether it was kept ready. */
function ending(): TestPlaneOptions['program'] {
  return (process) => {
    let calls = 0;
    return runtimeProgram({
      init: (own) => own.sleep(INIT_MS),
      handler: async ({ payload }, own) => {
        calls += 1;
        own.files.set('calls', `${own.files.get('calls') ?? ''}|`);
        if (payload.includes('timeout')) await own.sleep(100_000);
        if (payload.includes('memory')) own.runOutOfMemory();
        if (payload.includes('crash')) own.kill();
        const type = own.environment['AWS_LAMBDA_INITIALIZATION_TYPE'];
        return JSON.stringify([calls, own.files.get('calls'), type === 'provisioned-concurrency']);
      },
    })(process);
  };
}

async function call(test: TestPlane, event: string, durationMs?: number): Promise<string> {
  const invocation = test.invoke({ payload: Buffer.from(JSON.stringify(event)) });
  const longMs = event === 'timeout' ? VERSION.timeoutMs : 0;
  return payloadOf(await test.during(invocation, durationMs ?? longMs));
}

const VERSION = functionVersion({ version: '1', timeoutMs: 60_000 });

/** A plane that keeps `requested` of VERSION, under the name `live`. */
function planeKeeping(requested: number, options: Partial<TestPlaneOptions> = {}): TestPlane {
  const test = new TestPlane({ program: teller(), ...options });
  test.catalog.provision({ version: VERSION, qualifier: 'live', requested });
  void test.plane.run(new AbortController().signal);
  return test;
}

function statusOf(test: TestPlane, requested: number) {
  return test.plane.provisionedStatus.status({ version: VERSION, qualifier: 'live', requested });
}

async function kinds(test: TestPlane, calls: number): Promise<readonly string[]> {
  const outcomes = Promise.all(Array.from({ length: calls }, () => test.invoke()));
  return Promise.all((await test.during(outcomes, 1_000)).map(payloadOf));
}

const PROVISIONED = '"provisioned-concurrency"';
const ON_DEMAND = '"on-demand"';

describe('provisioned concurrency', () => {
  it('is ready once every init is over, not before', async () => {
    await using test = planeKeeping(3);
    await test.during(Promise.resolve(), INIT_MS - 1);
    assert.deepEqual(statusOf(test, 3), { allocated: 0, available: 0 });
    await test.during(Promise.resolve(), 1);
    assert.deepEqual(statusOf(test, 3), { allocated: 3, available: 3 });
    assert.equal(test.driver.launches, 3);
    await test.during(Promise.resolve(), 3_600_000);
    assert.equal(test.driver.launches, 3, 'they do not end for want of events');
  });

  it('runs events without an init, and what is beyond it on demand', async () => {
    await using test = planeKeeping(2);
    await test.during(Promise.resolve(), INIT_MS);
    assert.deepEqual(await kinds(test, 3), [PROVISIONED, PROVISIONED, ON_DEMAND]);
    assert.deepEqual(
      test.reports.map(({ initializationType, initDurationMs }) => [
        initializationType,
        initDurationMs,
      ]),
      [
        ['provisioned-concurrency', undefined],
        ['provisioned-concurrency', undefined],
        ['on-demand', INIT_MS],
      ],
    );
    const reports = test.messages.filter((message) => message.startsWith('REPORT'));
    assert.deepEqual(
      reports.map((message) => message.includes('Init Duration')),
      [false, false, true],
    );
    assert.equal(test.plane.stats().leases, 0);
  });

  it('measures what ran where', async () => {
    await using test = planeKeeping(2);
    await test.during(Promise.resolve(), INIT_MS);
    await kinds(test, 3);
    const values = (name: string) =>
      test.metrics
        .filter((datum) => datum.name === name && 'Resource' in datum.dimensions)
        .map(({ value }) => value);
    assert.deepEqual(values('ProvisionedConcurrencyInvocations'), [1, 1]);
    assert.deepEqual(values('ProvisionedConcurrencySpilloverInvocations'), [1]);
    assert.deepEqual(values('ProvisionedConcurrentExecutions'), [2]);
    assert.deepEqual(values('ProvisionedConcurrencyUtilization'), [1]);
  });

  it('gives a caller who calls again at once the environment that just answered', async () => {
    await using test = planeKeeping(1, { program: teller(50) });
    await test.during(Promise.resolve(), INIT_MS);
    const calls = async (): Promise<void> => {
      for (let count = 0; count < 5; count += 1) {
        assert.equal(await payloadOf(await test.invoke()), PROVISIONED);
      }
    };
    await test.during(calls(), 1_000);
    assert.equal(test.driver.launches, 1);
  });

  for (const end of ['timeout', 'crash', 'memory']) {
    it(`begins what is reset anew in its place, before anybody asks: ${end}`, async () => {
      await using test = planeKeeping(2, { program: ending() });
      await test.during(Promise.resolve(), INIT_MS);
      assert.match(await call(test, end), /errorType/);
      await test.during(Promise.resolve(), INIT_MS - 1);
      assert.deepEqual(statusOf(test, 2), { allocated: 2, available: 1 });
      await test.during(Promise.resolve(), 1);
      assert.deepEqual(statusOf(test, 2), { allocated: 2, available: 2 });
      assert.deepEqual([test.driver.launches, test.driver.restarts], [2, 1]);
      // The one that was used last, with what it left in /tmp.
      assert.equal(await call(test, 'next'), '[1,"||",true]');
      assert.equal(test.driver.restarts, 1, 'the init was over before the event');
      assert.equal(new Set(test.lines.map(({ stream }) => stream.logStream)).size, 2);
      const starts = test.messages.filter((message) => message.startsWith('INIT_START'));
      assert.equal(starts.length, 3);
      assert.equal(test.reports.at(-1)?.initDurationMs, undefined);
      assert.equal(test.plane.stats().environments, 2);
    });
  }

  it('runs on demand who calls while the only one begins anew', async () => {
    await using test = planeKeeping(1, { program: ending() });
    await test.during(Promise.resolve(), INIT_MS);
    await call(test, 'crash');
    assert.equal(await call(test, 'next', 2 * INIT_MS), '[1,"|",false]');
    assert.deepEqual(statusOf(test, 1), { allocated: 1, available: 1 });
  });

  it('pauses where what is reset fails in its init, and ends it', async () => {
    await using test = planeKeeping(1, {
      program: runtimeProgram({
        init: async (process) => {
          if (process.files.has('used')) throw new Error('only once');
        },
        handler: async (_event, process) => {
          process.files.set('used', '|');
          process.kill();
          return '';
        },
      }),
    });
    await test.during(Promise.resolve());
    await call(test, 'crash', 100);
    assert.deepEqual([test.driver.launches, test.driver.restarts], [1, 1]);
    const failure = 'FUNCTION_ERROR_INIT_FAILURE';
    assert.deepEqual(statusOf(test, 1), { allocated: 0, available: 0, failure });
    await test.during(Promise.resolve(), 2_000);
    assert.deepEqual(statusOf(test, 1), { allocated: 1, available: 1 });
    assert.deepEqual([test.driver.launches, test.plane.stats().environments], [2, 1]);
  });

  it('ends what is reset when less is asked for meanwhile', async () => {
    await using test = planeKeeping(2, { program: ending() });
    await test.during(Promise.resolve(), INIT_MS);
    const busy = test.invoke({ payload: Buffer.from('"timeout"') });
    await test.during(Promise.resolve());
    test.catalog.provision({ version: VERSION, qualifier: 'live', requested: 1 });
    assert.match(await payloadOf(await test.during(busy, 70_000)), /timed out/);
    await test.during(Promise.resolve(), INIT_MS);
    assert.deepEqual(statusOf(test, 1), { allocated: 1, available: 1 });
    assert.equal(test.plane.stats().environments, 1);
    assert.equal(test.driver.sandboxes.size, 1);
  });

  it('replaces what ended', async () => {
    await using test = planeKeeping(2);
    await test.during(Promise.resolve(), INIT_MS);
    const [first] = test.driver.sandboxes;
    await test.during(Promise.resolve(first?.[Symbol.asyncDispose]()));
    assert.deepEqual(statusOf(test, 2), { allocated: 2, available: 1 });
    await test.during(Promise.resolve(), 2_000);
    assert.deepEqual(statusOf(test, 2), { allocated: 2, available: 2 });
    assert.equal(test.driver.launches, 3);
    assert.equal(test.plane.stats().memoryMiB, 256);
  });

  it('ends what is too many when less is asked for, what is busy after its event', async () => {
    await using test = planeKeeping(3, { program: teller(10_000) });
    await test.during(Promise.resolve(), INIT_MS);
    const busy = test.invoke();
    await test.during(Promise.resolve());
    test.catalog.provision({ version: VERSION, qualifier: 'live', requested: 1 });
    await test.during(Promise.resolve());
    assert.equal(test.driver.sandboxes.size, 1);
    test.catalog.unprovision();
    await test.during(Promise.resolve());
    assert.equal(test.driver.sandboxes.size, 1, 'the one that is busy');
    assert.equal(await payloadOf(await test.during(busy, 10_000)), PROVISIONED);
    await test.during(Promise.resolve());
    assert.equal(test.driver.sandboxes.size, 0);
    assert.equal(test.plane.stats().memoryMiB, 0);
    assert.deepEqual(statusOf(test, 1), { allocated: 0, available: 0 });
  });

  it('outlives a change of the function, as its version never changes', async () => {
    await using test = planeKeeping(1);
    await test.during(Promise.resolve(), INIT_MS);
    test.catalog.changed(VERSION.functionArn);
    await test.during(Promise.resolve(), 2_000);
    assert.equal(test.driver.launches, 1);
  });

  it('gives an init 130 s, and fails one that takes longer, in the words of AWS', async () => {
    await using test = planeKeeping(1, { program: teller(1, 129_999) });
    await test.during(Promise.resolve(), 129_999);
    assert.deepEqual(statusOf(test, 1), { allocated: 1, available: 1 });

    await using slow = planeKeeping(1, { program: teller(1, 130_001) });
    await slow.during(Promise.resolve(), 130_000);
    const failure = 'FUNCTION_ERROR_INIT_FAILURE';
    assert.deepEqual(statusOf(slow, 1), { allocated: 0, available: 0, failure });
    assert.match(
      slow.messages.at(-1) ?? '',
      /^INIT_REPORT Init Duration: 130000.00 ms\tPhase: init\tStatus: timeout/,
    );
  });

  it('tries a failed init again with growing pauses, and runs events on demand meanwhile', async () => {
    let isBroken = true;
    await using test = planeKeeping(4, {
      program: runtimeProgram({
        init: async () => {
          if (isBroken) throw new Error('broken');
        },
        handler: async () => '1',
      }),
    });
    await test.during(Promise.resolve());
    assert.equal(test.driver.launches, 4);
    await test.during(Promise.resolve(), 60_000);
    assert.ok(test.driver.launches < 12, `${test.driver.launches} launches`);
    isBroken = false;
    assert.equal((await test.during(test.invoke())).kind, 'returned');
    await test.during(Promise.resolve(), 120_000);
    assert.deepEqual(statusOf(test, 4), { allocated: 4, available: 4 });
  });

  it('pauses after a failure that comes right after another number was asked for', async () => {
    const driver = {
      onLaunch: () => {
        throw new SandboxUnavailable('there are none');
      },
    };
    await using test = planeKeeping(1, { driver });
    await test.during(Promise.resolve());
    test.catalog.provision({ version: VERSION, qualifier: 'live', requested: 2 });
    await test.during(Promise.resolve(), 10_000);
    assert.ok(test.driver.launches < 12, `${test.driver.launches} launches`);
  });

  it('allocates what the machine has room for, and leaves a part to what runs on demand', async () => {
    await using test = planeKeeping(8, {
      options: { capacity: { memoryMiB: 8 * 128, slots: 100, starts: 100 } },
    });
    await test.during(Promise.resolve(), INIT_MS);
    const failure = 'INSUFFICIENT_CAPACITY';
    assert.deepEqual(statusOf(test, 8), { allocated: 7, available: 7, failure });
    test.catalog.put(functionVersion({ functionName: 'other' }));
    assert.equal(
      (await test.during(test.invoke({ functionName: 'other' }), 1_000)).kind,
      'returned',
    );
  });

  it('renews what grew old, one at a time', async () => {
    const ageMsMax = 10_000;
    await using test = planeKeeping(3, { options: { pool: { idleMs: 1_000, ageMsMax } } });
    await test.during(Promise.resolve(), ageMsMax);
    assert.equal(test.driver.launches, 3);
    for (let second = 0; second < 6; second += 1) {
      await test.during(Promise.resolve(), 1_000);
      assert.ok(statusOf(test, 3).available >= 2);
      assert.equal(statusOf(test, 3).allocated, 3);
    }
    assert.equal(test.driver.launches, 6);
  });

  it('counts beside the unreserved concurrency, within the reserved', async () => {
    const defaults = { environmentsPer10Seconds: 1000 };
    await using test = planeKeeping(2, {
      options: { admission: { ...defaults, accountConcurrency: 1 } },
    });
    await test.during(Promise.resolve(), INIT_MS);
    assert.deepEqual(await kinds(test, 4), [
      PROVISIONED,
      PROVISIONED,
      ON_DEMAND,
      'ConcurrentInvocationLimitExceeded',
    ]);

    await using reserved = planeKeeping(2);
    reserved.catalog.provision({ version: VERSION, qualifier: 'live', requested: 2 }, 2);
    await reserved.during(Promise.resolve(), INIT_MS);
    assert.deepEqual(await kinds(reserved, 3), [
      PROVISIONED,
      PROVISIONED,
      'ReservedFunctionConcurrentInvocationLimitExceeded',
    ]);
  });
});
