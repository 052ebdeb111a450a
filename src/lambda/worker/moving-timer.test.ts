import assert from 'node:assert/strict';
import { it } from 'node:test';
import { SimulatedClock } from '#adapters/simulated/index.ts';
import { MovingTimer } from './moving-timer.ts';

function timerAt(clock: SimulatedClock): { timer: MovingTimer; calls: number[] } {
  const calls: number[] = [];
  return { timer: new MovingTimer(clock, () => calls.push(clock.monotonicMs())), calls };
}

it('calls at the moment to which it was moved last, however often it was moved', async () => {
  const clock = new SimulatedClock();
  const { timer, calls } = timerAt(clock);
  const startMs = clock.monotonicMs();
  for (let moved = 0; moved < 5; moved += 1) {
    timer.set(clock.monotonicMs() + 20);
    await clock.advance(15);
  }
  assert.deepEqual(calls, []);
  await clock.advance(100);
  assert.deepEqual(calls, [startMs + 80]);
});

it('calls at an earlier moment where it is moved back', async () => {
  const clock = new SimulatedClock();
  const { timer, calls } = timerAt(clock);
  const startMs = clock.monotonicMs();
  timer.set(startMs + 1000);
  timer.set(startMs + 10);
  await clock.advance(2000);
  assert.deepEqual(calls, [startMs + 10]);
});

it('is silent once it is cleared or disposed of, and can be set again after clearing', async () => {
  const clock = new SimulatedClock();
  const { timer, calls } = timerAt(clock);
  const startMs = clock.monotonicMs();
  timer.set(startMs + 10);
  timer.clear();
  await clock.advance(50);
  assert.deepEqual(calls, []);
  timer.set(startMs + 60);
  await clock.advance(10);
  assert.deepEqual(calls, [startMs + 60]);
  timer.set(startMs + 90);
  timer[Symbol.dispose]();
  await clock.advance(100);
  assert.deepEqual(calls, [startMs + 60]);
});
