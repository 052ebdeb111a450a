/**
 * How many more messages of a queue may be in flight. Counting them takes longer the more there are, so that the
 * last count is kept and what was received since is taken off it: never less than what is in flight. Only where
 * that leaves too little is it counted anew.
 */
import type { Transaction } from '#ports/world/database.ts';
import { IN_FLIGHT_MAX } from './limits.ts';
import { countInFlight } from './store-counts.ts';

export interface InFlight {
  /** How many of `wanted` messages may be received now. */
  room(tx: Transaction, queueId: string, wanted: number, nowMs: number): Promise<number>;
  /** Told of each receive. */
  taken(queueId: string, count: number): void;
}

/** Queues whose count is kept; the others are counted at each receive. */
const QUEUES_MAX = 10_000;

/** Counts what this process receives; nobody else receives from its database. */
export function createInFlight(): InFlight {
  const rooms = new Map<string, number>();
  return {
    async room(tx, queueId, wanted, nowMs) {
      const known = rooms.get(queueId);
      if (known !== undefined && known >= wanted) return wanted;
      const left = IN_FLIGHT_MAX - (await countInFlight(tx, queueId, nowMs, IN_FLIGHT_MAX));
      if (rooms.size >= QUEUES_MAX) rooms.clear();
      rooms.set(queueId, left);
      return Math.min(wanted, left);
    },
    taken(queueId, count) {
      const known = rooms.get(queueId);
      if (known !== undefined) rooms.set(queueId, known - count);
    },
  };
}
