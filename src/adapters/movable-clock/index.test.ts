import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { SimulatedClock } from '#adapters/simulated/index.ts';
import { openDatabase } from '#adapters/sqlite/index.ts';
import { DAY_MS, SECOND_MS } from '#kernel/units.ts';
import { openMovableClock } from './index.ts';

async function open() {
  const machineClock = new SimulatedClock();
  const database = await openDatabase({ path: ':memory:' });
  let moves = 0;
  const onMoved = (): void => void (moves += 1);
  const reopen = () => openMovableClock({ machineClock, database, onMoved });
  return { machineClock, database, reopen, clock: await reopen(), moves: () => moves };
}

describe('the clock that can be moved', () => {
  it('is the machine’s until it is moved, and runs on from there', async () => {
    const { clock, machineClock, moves } = await open();
    assert.equal(clock.now(), machineClock.now());
    await clock.moveTo(machineClock.now() + DAY_MS);
    assert.equal(clock.offsetMs, DAY_MS);
    assert.equal(moves(), 1);
    await machineClock.advance(SECOND_MS);
    assert.equal(clock.now(), machineClock.now() + DAY_MS);
  });

  it('never goes back', async () => {
    const { clock } = await open();
    await clock.moveTo(clock.now() + DAY_MS);
    const before = clock.now();
    await clock.moveTo(before - SECOND_MS);
    assert.equal(clock.now(), before);
  });

  it('goes on after a restart from where it was', async () => {
    const { clock, reopen } = await open();
    await clock.moveTo(clock.now() + DAY_MS);
    assert.equal((await reopen()).now(), clock.now());
  });

  it('ends timers and sleeps that a move covers, in the order of their times, and no other', async () => {
    const { clock, machineClock } = await open();
    const ended: string[] = [];
    clock.setTimer(20 * SECOND_MS, () => ended.push('20 s'));
    clock.setTimer(10 * SECOND_MS, () => ended.push('10 s'));
    clock.setTimer(5 * SECOND_MS, () => ended.push('never'))[Symbol.dispose]();
    void clock.sleep(30 * SECOND_MS).then(() => ended.push('30 s'));
    const before = clock.monotonicMs();
    await clock.moveTo(clock.now() + 20 * SECOND_MS);
    await machineClock.settle();
    assert.deepEqual(ended, ['10 s', '20 s']);
    assert.equal(clock.monotonicMs(), before + 20 * SECOND_MS);
    await machineClock.advance(10 * SECOND_MS - 1);
    assert.equal(ended.length, 2);
    await machineClock.advance(1);
    assert.deepEqual(ended, ['10 s', '20 s', '30 s']);
  });

  it('calls a timer once, whether the time passes or is moved', async () => {
    const { clock, machineClock } = await open();
    let calls = 0;
    clock.setTimer(SECOND_MS, () => (calls += 1));
    await clock.moveTo(clock.now() + DAY_MS);
    await machineClock.advance(DAY_MS);
    await clock.moveTo(clock.now() + DAY_MS);
    assert.equal(calls, 1);
  });

  it('wakes a sleep with the reason of its signal', async () => {
    const { clock } = await open();
    const ending = new AbortController();
    const sleeping = assert.rejects(clock.sleep(SECOND_MS, ending.signal), /enough/);
    ending.abort(new Error('enough'));
    await sleeping;
    await assert.rejects(clock.sleep(SECOND_MS, ending.signal), /enough/);
  });

  it('is steady as the machine’s is', async () => {
    const { clock, machineClock } = await open();
    await clock.moveTo(machineClock.now() + DAY_MS);
    const before = clock.steadyMs();
    machineClock.jump(-DAY_MS);
    assert.equal(clock.steadyMs(), before);
  });
});
