/**
 * How many more messages of a queue may be in flight. Counting them takes longer the more there are, so that the
 * last count is kept: what was received since is taken off it, and what was let go is added. What only became
 * visible again is found when they are counted anew: where little is left, but not each time.
 * Room is told and taken in the order of transactions; of one that fails, the number is wrong until the next count.
 */
import { BoundedMap } from '#kernel/bounded-map.ts';
import type { Transaction } from '#ports/world/database.ts';
import { IN_FLIGHT_MAX } from './limits.ts';
import { countInFlight } from './store-counts.ts';

export interface InFlight {
  /** How many of `wanted` messages may be received now. */
  room(tx: Transaction, queueId: string, wanted: number, nowMs: number): Promise<number>;
  /** Told of each receive. */
  taken(queueId: string, count: number): void;
  /** Told, in their transaction, until when messages that are in flight no more would have been hidden. */
  freed(queueId: string, hiddenUntilMs: readonly number[], nowMs: number): void;
}

/** Queues whose count is kept; the others are counted at each receive. */
const QUEUES_MAX = 10_000;
/** How often a queue is counted at the most; a count of 120,000 is some 15 ms of the event loop. */
const COUNT_INTERVAL_MS = 250;

interface Room {
  left: number;
  /** In ms of the steady clock. */
  readonly countedAtMs: number;
}

/** Counts what this process receives; nobody else receives from its database. */
export function createInFlight(): InFlight {
  const rooms = new BoundedMap<Room>(QUEUES_MAX);
  return {
    async room(tx, queueId, wanted, nowMs) {
      const known = rooms.get(queueId);
      if (known !== undefined) {
        const isEnough = known.left >= wanted;
        const isRecent = nowMs - known.countedAtMs < COUNT_INTERVAL_MS;
        if (isEnough || isRecent) return Math.min(wanted, known.left);
      }
      const left = IN_FLIGHT_MAX - (await countInFlight(tx, queueId, nowMs, IN_FLIGHT_MAX));
      rooms.set(queueId, { left, countedAtMs: nowMs });
      return Math.min(wanted, left);
    },
    taken(queueId, count) {
      const known = rooms.get(queueId);
      if (known !== undefined) known.left -= count;
    },
    freed(queueId, hiddenUntilMs, nowMs) {
      const known = rooms.get(queueId);
      // What could be seen again was not counted.
      if (known !== undefined) known.left += hiddenUntilMs.filter((atMs) => atMs > nowMs).length;
    },
  };
}
