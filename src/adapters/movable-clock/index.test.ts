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

  it('leaves timers and durations alone', async () => {
    const { clock, machineClock } = await open();
    let isOver = false;
    clock.setTimer(SECOND_MS, () => (isOver = true));
    const before = clock.monotonicMs();
    await clock.moveTo(clock.now() + DAY_MS);
    await machineClock.settle();
    assert.equal(isOver, false);
    assert.equal(clock.monotonicMs(), before);
    await machineClock.advance(SECOND_MS);
    assert.equal(isOver, true);
  });
});
