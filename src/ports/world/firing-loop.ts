import { MINUTE_MS, SECOND_MS } from '#kernel/units.ts';
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
  /** Plans anew what lasts, as a rate, and the clock jumped under (I3). */
  readonly resume: (jump: 'perhaps back' | 'ahead') => Promise<void>;
  readonly signal: AbortSignal;
}

/** Rows that fire, and how one of them is planned anew. */
export interface Replanning<Row> {
  readonly database: Database;
  /** All rows that fire. */
  readonly firing: (queries: Queries) => Promise<readonly Row[]>;
  /** After which instant a row fires next, in ms since 1970; `undefined` where it is left as it is. */
  readonly afterMsOf: (row: Row) => number | undefined;
  readonly plan: (tx: Transaction, row: Row, afterMs: number) => Promise<void>;
}

/** Plans anew what has to be, in one transaction; where nothing has to be, nothing is written. */
export async function replan<Row>(replanning: Replanning<Row>): Promise<void> {
  const { database, firing, afterMsOf, plan } = replanning;
  const known = await database.read(firing);
  if (known.every((row) => afterMsOf(row) === undefined)) return;
  await database.transact(async (tx) => {
    for (const row of await firing(tx)) {
      const afterMs = afterMsOf(row);
      if (afterMs !== undefined) await plan(tx, row, afterMs);
    }
  });
}

/** A jump that is smaller is waited out. */
const JUMP_MS_MIN = 1 * SECOND_MS;

/**
 * Fires rows of a store at their times until the signal aborts.
 * I1 What a firing does and the time of the next one are one transaction: it happens once, however often the
 * server restarts. I2 Where nothing is due, nothing is written. I3 Once the clock has jumped, what counts
 * by durations is planned anew, at the start too, where it may have been set back; what was planned for a date fires
 * when the clock shows it, or has passed it.
 */
export function runFiringLoop(options: FiringLoopOptions): Promise<void> {
  const { clock, database, nextDueAt, fire, resume } = options;
  let leadMs: number | undefined;
  return runDueLoop({
    ...options,
    intervalMs: MINUTE_MS,
    work: async () => {
      const nowLeadMs = clock.steadyMs() - clock.now();
      const aheadMs = leadMs === undefined ? 0 : leadMs - nowLeadMs;
      if (aheadMs >= JUMP_MS_MIN) await resume('ahead');
      else if (leadMs === undefined || aheadMs <= -JUMP_MS_MIN) await resume('perhaps back');
      leadMs = nowLeadMs;
      const dueAtMs = await database.read(nextDueAt);
      if (dueAtMs === undefined || dueAtMs > clock.now()) return dueAtMs;
      await database.transact(fire);
      return database.read(nextDueAt);
    },
  });
}
