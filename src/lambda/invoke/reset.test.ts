/** After a timeout, a crash or a failed init the same environment goes on with other processes, as on AWS. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { runtimeProgram } from '#adapters/simulated-sandbox/index.ts';
import type { SimulatedProcess, SimulatedProgram } from '#adapters/simulated-sandbox/index.ts';
import { functionVersion, payloadOf, TestPlane } from '../../../test/support/invoke-plane.ts';

const INIT_MS = 50;

/** Ends as its payload says, and otherwise tells how often it was called and what is in /tmp. */
const program: SimulatedProgram = (process) => {
  let calls = 0;
  return runtimeProgram({
    init: (own) => own.sleep(INIT_MS),
    handler: async ({ payload }, own) => {
      calls += 1;
      own.files.set('calls', `${own.files.get('calls') ?? ''}|`);
      await endAs(payload, own);
      await own.sleep(10);
      return JSON.stringify([calls, own.files.get('calls')]);
    },
  })(process);
};

async function endAs(payload: string, process: SimulatedProcess): Promise<void> {
  if (payload.includes('timeout')) await process.sleep(60_000);
  if (payload.includes('memory')) process.runOutOfMemory();
  if (payload.includes('crash')) process.kill();
}

async function call(test: TestPlane, event: string, durationMs = 2000): Promise<string> {
  const payload = Buffer.from(JSON.stringify(event));
  return payloadOf(await test.during(test.invoke({ payload }), durationMs));
}

describe('an environment that is reset', () => {
  for (const end of ['timeout', 'crash', 'memory']) {
    it(`keeps its /tmp, its log and its place after a ${end}, and runs its init again`, async () => {
      await using test = new TestPlane({ program });
      test.catalog.put(functionVersion({ timeoutMs: 1000 }));
      assert.equal(await call(test, 'first'), '[1,"|"]');
      assert.match(await call(test, end), /errorType/);
      assert.equal(test.plane.stats().environments, 1);
      assert.equal(await call(test, 'next'), '[1,"|||"]');
      assert.equal(await call(test, 'warm'), '[2,"||||"]');
      assert.deepEqual([test.driver.launches, test.driver.restarts], [1, 1]);
      assert.equal(new Set(test.lines.map(({ stream }) => stream.logStream)).size, 1);
    });
  }

  it('bills the init that is repeated, and logs it nowhere else', async () => {
    await using test = new TestPlane({ program });
    test.catalog.put(functionVersion({ timeoutMs: 1000 }));
    await call(test, 'timeout');
    const { length } = test.messages;
    await call(test, 'next');
    const [start, , report, ...more] = test.messages.slice(length);
    assert.match(start ?? '', /^START /);
    assert.match(
      report ?? '',
      /\tDuration: 60\.00 ms\tBilled Duration: 60 ms\tMemory Size: 128 MB\tMax Memory Used: 32 MB\t\n$/,
    );
    assert.deepEqual(more, []);
    assert.equal(test.reports[1]?.initDurationMs, undefined);
  });

  it('takes the time of the init that is repeated from the timeout', async () => {
    await using test = new TestPlane({ program });
    test.catalog.put(functionVersion({ timeoutMs: 1000 }));
    await call(test, 'timeout');
    const payload = Buffer.from('"timeout"');
    const startedMs = test.clock.monotonicMs();
    const outcome = await test.during(test.invoke({ payload }), 1000);
    assert.match(await payloadOf(outcome), /timed out after 1\.00 seconds/);
    assert.ok(test.clock.monotonicMs() - startedMs <= 1000);
    assert.equal(test.reports[1]?.durationMs, 1000);
  });

  it('tells of an init that fails again and again under the phase that it failed in', async () => {
    await using test = new TestPlane({
      program: runtimeProgram({
        init: async (process) => {
          const inits = `${process.files.get('inits') ?? ''}|`;
          process.files.set('inits', inits);
          if (inits.length < 4) throw new Error('not yet');
        },
        handler: async (_event, process) => JSON.stringify(process.files.get('inits')),
      }),
    });
    test.catalog.put(functionVersion());
    const phases = (): readonly string[] =>
      test.messages.flatMap((message) => /^INIT_REPORT .*Phase: (\w+)/.exec(message)?.[1] ?? []);
    assert.match(await call(test, 'one'), /not yet/);
    assert.deepEqual(phases(), ['init', 'invoke']);
    assert.match(await call(test, 'two'), /not yet/);
    assert.deepEqual(phases(), ['init', 'invoke', 'invoke']);
    assert.equal(await call(test, 'three'), '"||||"');
    assert.deepEqual([test.driver.launches, test.driver.restarts], [1, 3]);
  });

  it('is taken after one whose processes run', async () => {
    await using test = new TestPlane({ program });
    test.catalog.put(functionVersion({ timeoutMs: 1000 }));
    const both = Promise.all([test.invoke(), test.invoke({ payload: Buffer.from('"timeout"') })]);
    await test.during(both, 2000);
    assert.equal(test.plane.stats().idle, 2);
    assert.equal(await call(test, 'next'), '[2,"||"]');
    assert.equal(test.driver.restarts, 0);
  });

  it('holds next to none of the machine, and makes room like any other', async () => {
    await using test = new TestPlane({ program });
    test.catalog.put(functionVersion({ timeoutMs: 1000, memorySizeMiB: 3000 }));
    test.catalog.put(functionVersion({ functionName: 'other', memorySizeMiB: 4000 }));
    await call(test, 'timeout');
    const outcome = await test.during(test.invoke({ functionName: 'other' }), 1000);
    assert.equal(await payloadOf(outcome), '[1,"|"]');
    assert.equal(test.plane.stats().environments, 2);
  });

  it('goes on where its processes ended between two events', async () => {
    await using test = new TestPlane({ program });
    test.catalog.put(functionVersion());
    await call(test, 'first');
    for (const { process } of test.driver.sandboxes) process.kill();
    await test.clock.settle();
    assert.equal(await call(test, 'next'), '[1,"||"]');
    assert.deepEqual([test.driver.launches, test.driver.restarts], [1, 1]);
  });

  it('ends where its function changed meanwhile', async () => {
    await using test = new TestPlane({ program });
    test.catalog.put(functionVersion({ timeoutMs: 1000 }));
    await call(test, 'timeout');
    test.catalog.put(functionVersion({ timeoutMs: 1000, revisionId: 'revision-2' }));
    await test.clock.settle();
    assert.equal(test.plane.stats().environments, 0);
    assert.equal(await call(test, 'next'), '[1,"|"]');
  });

  it('begins in another sandbox where it ended before its code was there', async () => {
    let binds = 0;
    await using test = new TestPlane({
      program,
      driver: {
        onBind: (process) => {
          binds += 1;
          if (binds === 1) process.kill();
        },
      },
      options: { stemCells: { min: 1, max: 1, bootsMax: 1, memoryMiB: 16 } },
    });
    test.catalog.put(functionVersion());
    test.catalog.store(functionVersion());
    await test.clock.settle();
    assert.equal(test.driver.launches, 1);
    assert.equal(await call(test, 'first'), '[1,"|"]');
    assert.equal(binds, 1);
    assert.equal(test.driver.restarts, 0);
  });

  it('ends where its function changes while it begins again', async () => {
    await using test = new TestPlane({ program });
    test.catalog.put(functionVersion({ timeoutMs: 1000 }));
    await call(test, 'timeout');
    const next = test.invoke({ payload: Buffer.from('"next"') });
    await test.clock.advance(INIT_MS / 2);
    test.catalog.put(functionVersion({ timeoutMs: 1000, revisionId: 'revision-2' }));
    assert.equal(await payloadOf(await test.during(next, 2000)), '[1,"||"]');
    assert.equal(test.plane.stats().environments, 0);
  });

  it('ends where its function changes while an init fails that is repeated', async () => {
    await using test = new TestPlane({
      program: runtimeProgram({
        init: async (process) => {
          await process.sleep(INIT_MS);
          if (process.files.has('failed')) return;
          process.files.set('failed', '|');
          throw new Error('not yet');
        },
        handler: async () => 'done',
      }),
    });
    test.catalog.put(functionVersion());
    const first = test.invoke();
    await test.clock.advance(INIT_MS / 2);
    test.catalog.put(functionVersion({ revisionId: 'revision-2' }));
    assert.equal(await payloadOf(await test.during(first, 2000)), 'done');
    assert.deepEqual([test.driver.restarts, test.plane.stats().environments], [1, 0]);
  });

  it('writes the line that its processes did not end before those of the next', async () => {
    await using test = new TestPlane({
      program: runtimeProgram({
        init: async (process) => process.print('begun\n'),
        handler: async () => 'done',
      }),
    });
    test.catalog.put(functionVersion());
    await call(test, 'first');
    for (const { process } of test.driver.sandboxes) {
      process.print('cut');
      process.kill();
    }
    await test.clock.settle();
    await call(test, 'next');
    const own = test.messages.map((message) => message.trimEnd());
    assert.ok(own.includes('cut'), own.join('|'));
    assert.deepEqual(
      own.filter((message) => /begun|cut/.test(message)),
      ['begun', 'cut', 'begun'],
    );
  });
});
