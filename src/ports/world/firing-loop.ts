import { MINUTE_MS } from '#kernel/units.ts';
import type { Clock } from './clock.ts';
import type { Database, Queries, Transaction } from './database.ts';
import { runDueLoop } from './due-loop.ts';
import type { Wakeups } from './wakeups.ts';

export interface FiringLoopOptions {
  readonly clock: Clock;
  readonly wakeups: Wakeups;
  readonly database: Database;
  /** The topic whose wakeups tell that something is due at another time than before. */
  readonly topic: string;
  /** When the first of all rows is due, in ms since 1970. */
  readonly nextDueAt: (queries: Queries) => Promise<number | undefined>;
  /** Does what is due, and stores when it is due again, in one transaction; as much as one transaction may. */
  readonly fire: (tx: Transaction) => Promise<void>;
  readonly signal: AbortSignal;
}

/**
 * Fires rows of a store at their times until the signal aborts; a clock that jumps is noticed within the minute.
 * I1 What a firing does and the time of the next one are one transaction: it happens once, however often the
 * server restarts. I2 Where nothing is due, nothing is written.
 */
export function runFiringLoop(options: FiringLoopOptions): Promise<void> {
  const { clock, database, nextDueAt, fire } = options;
  return runDueLoop({
    ...options,
    intervalMs: MINUTE_MS,
    work: async () => {
      const dueAtMs = await database.read(nextDueAt);
      if (dueAtMs === undefined || dueAtMs > clock.now()) return dueAtMs;
      await database.transact(fire);
      return database.read(nextDueAt);
    },
  });
}
