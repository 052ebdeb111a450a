import assert from 'node:assert/strict';
import { test } from 'node:test';

import { EMPTY_BYTES } from '#kernel/bytes.ts';

import type { QueuedEvent } from '../store-queue.ts';
import { DEFAULT_RETRY_POLICY, decide, isExpired } from './decide.ts';

const FAILURE = { executedVersion: '1', functionError: 'Unhandled', payload: '{}' };
const FAILED = { kind: 'failed', ...FAILURE } as const;
const REFUSED = { kind: 'refused', isForGood: false } as const;

function event(change: Partial<QueuedEvent> = {}): QueuedEvent {
  const address = { accountId: '1', region: 'r', functionName: 'f' };
  return {
    id: 'i',
    address,
    payload: EMPTY_BYTES,
    traceHeader: 'Root=1-0-0',
    acceptedAtMs: 0,
    claims: 1,
    attempts: 0,
    throttles: 0,
    ...change,
  };
}

test('a function error is tried again after 60 and 120 s, then ends', () => {
  const first = decide(event(), FAILED, DEFAULT_RETRY_POLICY, 1000);
  assert.deepEqual(first, {
    kind: 'retry',
    dueAtMs: 61_000,
    attempts: 1,
    throttles: 0,
    lastFailure: FAILURE,
  });
  const second = decide(event({ attempts: 1, throttles: 4 }), FAILED, DEFAULT_RETRY_POLICY, 1000);
  assert.deepEqual(second, {
    kind: 'retry',
    dueAtMs: 121_000,
    attempts: 2,
    throttles: 0,
    lastFailure: FAILURE,
  });
  const third = decide(event({ attempts: 2 }), FAILED, DEFAULT_RETRY_POLICY, 1000);
  assert.deepEqual(third, {
    kind: 'end',
    condition: 'RetriesExhausted',
    invokeCount: 3,
    response: FAILURE,
  });
});

test('the retries that are asked for are the retries that are made', () => {
  for (const retriesMax of [0, 1, 2]) {
    const policy = { ...DEFAULT_RETRY_POLICY, retriesMax };
    let attempts = 0;
    while (decide(event({ attempts }), FAILED, policy, 0).kind === 'retry') attempts += 1;
    assert.equal(attempts, retriesMax);
  }
});

test('a retry exactly at the age limit is made, one past it is not', () => {
  const policy = { retriesMax: 2, ageMsMax: 60_000 };
  assert.equal(decide(event(), FAILED, policy, 0).kind, 'retry');
  const late = decide(event(), FAILED, policy, 1);
  assert.deepEqual(late, {
    kind: 'end',
    condition: 'EventAgeExceeded',
    invokeCount: 1,
    response: FAILURE,
  });
});

test('refusals wait 1 s, twice as long each time, 5 min at most, and never past the age limit', () => {
  const waits = Array.from({ length: 12 }, (_, throttles) => {
    const decision = decide(event({ throttles }), REFUSED, DEFAULT_RETRY_POLICY, 0);
    return decision.kind === 'retry' ? decision.dueAtMs / 1000 : undefined;
  });
  assert.deepEqual(waits, [1, 2, 4, 8, 16, 32, 64, 128, 256, 300, 300, 300]);
  const last = decide(
    event({ throttles: 9 }),
    REFUSED,
    { retriesMax: 2, ageMsMax: 60_000 },
    50_000,
  );
  assert.equal(last.kind === 'retry' && last.dueAtMs, 60_000);
});

test('an event expires when it is as old as it may be', () => {
  const policy = { retriesMax: 2, ageMsMax: 60_000 };
  assert.equal(isExpired(event(), policy, 59_999), false);
  assert.equal(isExpired(event(), policy, 60_000), true);
  const end = decide(
    event({ attempts: 1, lastFailure: FAILURE }),
    { kind: 'expired' },
    policy,
    60_000,
  );
  assert.deepEqual(end, {
    kind: 'end',
    condition: 'EventAgeExceeded',
    invokeCount: 1,
    response: FAILURE,
  });
});

test('a success ends, without concurrency it ends unrun, and without a function it is dropped', () => {
  const success = decide(
    event({ attempts: 1 }),
    { kind: 'succeeded', executedVersion: '7', payload: '1' },
    DEFAULT_RETRY_POLICY,
    0,
  );
  assert.deepEqual(success, {
    kind: 'end',
    condition: 'Success',
    invokeCount: 2,
    response: { executedVersion: '7', payload: '1' },
  });
  const never = decide(event(), { kind: 'refused', isForGood: true }, DEFAULT_RETRY_POLICY, 0);
  assert.deepEqual(never, { kind: 'end', condition: 'ZeroReservedConcurrency', invokeCount: 0 });
  assert.deepEqual(decide(event(), { kind: 'gone' }, DEFAULT_RETRY_POLICY, 0), { kind: 'drop' });
});
