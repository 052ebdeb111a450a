import assert from 'node:assert/strict';
import { test } from 'node:test';
import { SimulatedClock } from '#adapters/simulated/index.ts';
import { StoreFailed } from '#ports/world/database.ts';
import { runLoops } from './run-loops.ts';
import { silentLog } from '../../test/support/silent-log.ts';

const untilAborted = (signal: AbortSignal): Promise<void> =>
  new Promise((resolve) => signal.addEventListener('abort', () => resolve()));

test('a loop that fails begins anew, what belonged to it ends, and nobody else hears of it', async () => {
  const clock = new SimulatedClock();
  const ending = new AbortController();
  const signals: AbortSignal[] = [];
  let others = 0;
  const failing = async (signal: AbortSignal): Promise<void> => {
    signals.push(signal);
    if (signals.length === 1) throw new Error('once');
    await untilAborted(signal);
  };
  const other = async (signal: AbortSignal): Promise<void> => {
    others += 1;
    await untilAborted(signal);
  };
  const running = runLoops([failing, other], { clock, log: silentLog }, ending.signal);
  await clock.settle();
  await clock.advance(1000);
  assert.deepEqual(
    signals.map(({ aborted }) => aborted),
    [true, false],
  );
  ending.abort();
  await running;
  assert.equal(others, 1);
});

test('a store that has failed for good ends all loops, and is told', async () => {
  const clock = new SimulatedClock();
  const ends: string[] = [];
  const other = async (signal: AbortSignal): Promise<void> => {
    await untilAborted(signal);
    ends.push('other');
  };
  const failing = (): Promise<void> => Promise.reject(new StoreFailed('the disk is gone'));
  const { signal } = new AbortController();
  await assert.rejects(runLoops([failing, other], { clock, log: silentLog }, signal), StoreFailed);
  assert.deepEqual(ends, ['other']);
});
