import assert from 'node:assert/strict';
import { test } from 'node:test';

import { CONCURRENCY_MAX } from '../limits.ts';
import { grown, scalingOf, shrunk, type Concurrency } from './concurrency.ts';

/** The limit after a time in which all that is allowed was in hand. */
function afterFullMs(durationMs: number, settings: Settings = {}): number {
  const scaling = scalingOf(settings);
  let concurrency: Concurrency = grown(undefined, 0, 0, scaling);
  for (let nowMs = 0; nowMs <= durationMs; nowMs += 20) {
    concurrency = grown(concurrency, concurrency.limit, nowMs, scaling);
  }
  return concurrency.limit;
}

type Settings = Parameters<typeof scalingOf>[0];
const USUAL = scalingOf({});

test('five at first, 300 more after a minute of fullness, and no more than the most', () => {
  assert.equal(grown(undefined, 0, 0, USUAL).limit, 5);
  assert.equal(afterFullMs(60_000), 305);
  assert.equal(afterFullMs(3_600_000), CONCURRENCY_MAX);
});

test('the maximum of the mapping holds, also below five', () => {
  assert.equal(afterFullMs(60_000, { ScalingConfig: { MaximumConcurrency: 2 } }), 2);
  assert.equal(afterFullMs(60_000, { ScalingConfig: { MaximumConcurrency: 6 } }), 6);
});

test('grows only while all are taken', () => {
  const full = grown(undefined, 5, 0, USUAL);
  assert.equal(grown(full, 5, 199, USUAL).limit, 5);
  assert.equal(grown(full, 5, 200, USUAL).limit, 6);
  const withRoom = grown(full, 4, 199, USUAL);
  assert.equal(grown(withRoom, 5, 250, USUAL).limit, 5);
});

test('a refusal halves, down to one', () => {
  assert.equal(shrunk({ limit: 9 }).limit, 4);
  assert.equal(shrunk({ limit: 1 }).limit, 1);
});

test('provisioned pollers have ten batches each, grow by a thousand a minute, and are 2 to 200 by default', () => {
  const pollers = { MinimumPollers: 3, MaximumPollers: 150 };
  assert.equal(afterFullMs(0, { ProvisionedPollerConfig: pollers }), 30);
  assert.equal(afterFullMs(60_000, { ProvisionedPollerConfig: pollers }), 1030);
  assert.equal(afterFullMs(120_000, { ProvisionedPollerConfig: pollers }), 1500);
  assert.deepEqual(scalingOf({ ProvisionedPollerConfig: { MaximumPollers: 200 } }), {
    atFirst: 20,
    stepMs: 60,
    max: 2000,
  });
});
