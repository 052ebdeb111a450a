import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { SimulatedClock } from '#adapters/simulated/index.ts';
import { openDatabase } from '#adapters/sqlite/index.ts';
import { HOUR_MS, MINUTE_MS, SECOND_MS } from '#kernel/units.ts';
import { openSteadyClock } from './index.ts';
import { silentLog } from '../../../test/support/silent-log.ts';

const LOOK_MS = 2 * SECOND_MS;

/** A watched clock over a machine's, and servers of the same database after it. */
async function open() {
  const machineClock = new SimulatedClock();
  const database = await openDatabase({ path: ':memory:' });
  const ending = new AbortController();
  let jumps = 0;
  const warnings: string[] = [];
  const log = { ...silentLog, warn: (message: string) => void warnings.push(message) };
  const reopen = (writtenAtMs?: number) =>
    openSteadyClock({
      machineClock,
      database,
      log,
      onJump: () => void (jumps += 1),
      ...(writtenAtMs === undefined ? {} : { writtenAtMs }),
    });
  const clock = await reopen();
  const watching = clock.watch(ending.signal);
  await machineClock.settle();
  const end = async (): Promise<void> => {
    ending.abort();
    await watching;
  };
  /** Lets the watch look once. */
  const look = async (): Promise<void> => {
    await machineClock.advance(LOOK_MS);
    // The store takes real turns of the event loop.
    await database.transact(async () => undefined);
    await machineClock.settle();
  };
  return { machineClock, clock, reopen, look, end, jumps: () => jumps, warnings };
}

describe('the clock that is steady', () => {
  it('goes on from where it was when the machine’s is set back, and tells whoever waits', async () => {
    const { machineClock, clock, look, end, jumps, warnings } = await open();
    const before = clock.steadyMs();
    machineClock.jump(-HOUR_MS);
    assert.equal(clock.steadyMs(), before);
    assert.equal(clock.now(), before - HOUR_MS);
    await look();
    assert.equal(clock.steadyMs(), before + LOOK_MS);
    assert.equal(jumps(), 1);
    assert.deepEqual(warnings, ['the clock of the machine jumped']);
    await end();
  });

  it('takes no notice of a jump ahead, and tells whoever waits', async () => {
    const { machineClock, clock, look, end, jumps } = await open();
    const before = clock.steadyMs();
    machineClock.jump(HOUR_MS);
    assert.equal(clock.steadyMs(), before);
    assert.equal(clock.now(), before + HOUR_MS);
    await look();
    assert.equal(clock.steadyMs(), before + LOOK_MS);
    assert.equal(jumps(), 1);
    await end();
  });

  it('tells nobody of less than a second', async () => {
    const { machineClock, look, end, jumps } = await open();
    for (const byMs of [-999, 999]) {
      machineClock.jump(byMs);
      await look();
    }
    assert.equal(jumps(), 0);
    machineClock.jump(-SECOND_MS);
    await look();
    assert.equal(jumps(), 1);
    await end();
  });

  it('goes on after a restart from where it was, and what passed with no server there counts', async () => {
    const { machineClock, clock, reopen, look, end } = await open();
    machineClock.jump(-HOUR_MS);
    await look();
    await end();
    assert.equal((await reopen()).steadyMs(), clock.steadyMs());
    machineClock.jump(3 * HOUR_MS);
    assert.equal((await reopen()).steadyMs(), machineClock.now() + HOUR_MS);
  });

  it('is not before the last write, where the clock was set back with no server there', async () => {
    const { machineClock, reopen, end } = await open();
    await end();
    const writtenAtMs = machineClock.now();
    machineClock.jump(-HOUR_MS);
    const next = await reopen(writtenAtMs);
    assert.equal(next.steadyMs(), writtenAtMs);
    await machineClock.advance(MINUTE_MS);
    assert.equal(next.steadyMs(), writtenAtMs + MINUTE_MS);
  });
});
