import assert from 'node:assert/strict';
import { test } from 'node:test';
import { laneOf, type QueuedEvent } from '../store-queue.ts';
import { createHand } from './hand.ts';
import type { RunEnd } from './run-event.ts';

/** A hand whose events end when the test says so. */
function makeHand() {
  const running = new Map<string, (end: RunEnd) => void>();
  const ends: [RunEnd, boolean][] = [];
  const hand = createHand({
    run: ({ id }) => new Promise((resolve) => running.set(id, resolve)),
    onEnd: (end, wasRoomRefused) => void ends.push([end, wasRoomRefused]),
    onFailure: (error) => assert.fail(String(error)),
  });
  const end = async (id: string, how: RunEnd = 'over'): Promise<void> => {
    running.get(id)?.(how);
    running.delete(id);
    await new Promise((resolve) => setImmediate(resolve));
  };
  return { hand, ends, end, ids: () => [...running.keys()].map(Number) };
}

function eventOf(id: number, bytes = 1): QueuedEvent {
  return {
    id: String(id),
    address: { accountId: '000000000000', region: 'us-east-1', functionName: 'f' },
    payload: new Uint8Array(bytes),
    traceHeader: 'Root=1-0-0',
    acceptedAtMs: 0,
    claims: 1,
    attempts: 0,
    throttles: 0,
  };
}

const LANE = laneOf(eventOf(0).address);
const range = (from: number, to: number): number[] =>
  Array.from({ length: to - from }, (_, n) => from + n);

test('what is taken runs while its lane has room, and then as others end, in order', async () => {
  const { hand, end, ids } = makeHand();
  for (const id of range(0, 13)) hand.take(eventOf(id));
  assert.deepEqual([ids(), hand.size], [range(0, 10), 13]);
  // The window was full: it opens by one.
  await end('0');
  assert.deepEqual([ids(), hand.size], [range(1, 12), 12]);
  await end('1', 'refused');
  assert.deepEqual([ids(), hand.size], [range(2, 12), 11]);
});

test('nothing more of a lane is claimed while its events wait in memory', async () => {
  const { hand, ends, end } = makeHand();
  assert.equal(hand.room(LANE), 10);
  for (const id of range(0, 11)) hand.take(eventOf(id));
  assert.equal(hand.room(LANE), 0);
  await end('0');
  assert.deepEqual(ends, [['over', true]]);
  await end('1');
  assert.deepEqual(ends[1], ['over', false]);
  assert.equal(hand.room(LANE), 3);
});

test('nothing is claimed where memory is full', async () => {
  const { hand, end } = makeHand();
  hand.take(eventOf(0, 128 * 1024 * 1024 - 1));
  assert.equal(hand.room(LANE), 9);
  hand.take(eventOf(1));
  assert.equal(hand.room(LANE), 0);
  await end('1');
  assert.equal(hand.room(LANE), 9);
});
