import assert from 'node:assert/strict';
import { test } from 'node:test';
import { SimulatedClock } from '#adapters/simulated/index.ts';
import { StoreFailed } from './database.ts';
import { untilDone } from './until-done.ts';
import { silentLog } from '../../../test/support/silent-log.ts';

function patience() {
  const clock = new SimulatedClock();
  const ending = new AbortController();
  const lines: string[] = [];
  const log = { ...silentLog, error: (message: string) => void lines.push(message) };
  return { clock, ending, lines, log, signal: ending.signal, what: 'the work' };
}

test('what fails is logged and tried again after 1, 2, 4 … s, 30 s at most', async () => {
  const patient = patience();
  const triedAtMs: number[] = [];
  const done = untilDone(patient, async () => {
    triedAtMs.push(patient.clock.now());
    if (triedAtMs.length < 9) throw new Error('no');
    return 'done';
  });
  await patient.clock.settle();
  await patient.clock.advance(200_000);
  assert.equal(await done, 'done');
  const waits = triedAtMs.slice(1).map((atMs, n) => (atMs - (triedAtMs[n] ?? 0)) / 1000);
  assert.deepEqual(waits, [1, 2, 4, 8, 16, 30, 30, 30]);
  assert.equal(patient.lines.length, 8);
});

test('a store that has failed for good is not asked again', async () => {
  const patient = patience();
  await assert.rejects(
    untilDone(patient, () => Promise.reject(new StoreFailed('the disk is gone'))),
    StoreFailed,
  );
  assert.deepEqual(patient.lines, []);
});

test('nothing is tried again once the signal has aborted', async () => {
  const patient = patience();
  let tries = 0;
  const done = untilDone(patient, () => {
    tries += 1;
    return Promise.reject(new Error('no'));
  });
  await patient.clock.settle();
  patient.ending.abort(new Error('enough'));
  await assert.rejects(done, /enough/);
  assert.equal(tries, 1);
});
