/**
 * The machine's clock, watched: `steadyMs` goes on over restarts, though the wall clock is set back, and whoever waits
 * for a date is told of each jump within seconds.
 * I1 While a server runs, `steadyMs` passes as the monotonic clock does: no jump changes it.
 * I2 After a restart it is where the wall clock is, or where it was where that is later: its lead is stored as a jump
 *    is noticed, and where the clock was set back with no server there, the last write tells how late it had been.
 */
import { assert } from '#kernel/assert.ts';
import { SECOND_MS } from '#kernel/units.ts';
import type { Clock } from '#ports/world/clock.ts';
import type { Database, Schema } from '#ports/world/database.ts';
import type { Log } from '#ports/world/log.ts';
import { untilDone } from '#ports/world/until-done.ts';

const SCHEMA: Schema = {
  name: 'steady_clock',
  steps: ['CREATE TABLE steady_clock (id INTEGER PRIMARY KEY, lead_ms BIGINT NOT NULL)'],
};

/** How soon a jump is noticed. */
const LOOK_MS = 2 * SECOND_MS;
/** What is less is the clock's own correction: nobody needs to know. */
const JUMP_MS_MIN = 1 * SECOND_MS;

export interface SteadyClock extends Clock {
  /** Looks for jumps until the signal aborts. */
  watch(signal: AbortSignal): Promise<void>;
}

export interface SteadyClockOptions {
  /** The machine's; its `steadyMs` is not asked. */
  readonly machineClock: Clock;
  readonly database: Database;
  readonly log: Log;
  /** When the database was last written to by the wall clock, in ms since 1970; none for a new one. */
  readonly writtenAtMs?: number;
  /** Called after each jump: whoever waits for a time has to look again. */
  readonly onJump: () => void;
}

/** Opens the clock where the last server of this database left it. */
export async function openSteadyClock(options: SteadyClockOptions): Promise<SteadyClock> {
  const { machineClock, database } = options;
  await database.migrate(SCHEMA);
  const row = await database.read((queries) =>
    queries.get<{ readonly lead_ms: number }>('SELECT lead_ms FROM steady_clock'),
  );
  const leadMs = row?.lead_ms ?? 0;
  assert(leadMs >= 0, 'the steady clock is never behind');
  const startMs = Math.max(machineClock.now() + leadMs, options.writtenAtMs ?? 0);
  const startedAtMs = machineClock.monotonicMs();
  const steadyMs = (): number => Math.floor(startMs + machineClock.monotonicMs() - startedAtMs);
  return {
    now: () => machineClock.now(),
    steadyMs,
    monotonicMs: () => machineClock.monotonicMs(),
    sleep: (delayMs, signal) => machineClock.sleep(delayMs, signal),
    setTimer: (delayMs, callback) => machineClock.setTimer(delayMs, callback),
    watch: (signal) => watch(options, { steadyMs, leadMs }, signal),
  };
}

async function watch(
  { machineClock, database, log, onJump }: SteadyClockOptions,
  { steadyMs, leadMs }: { readonly steadyMs: () => number; readonly leadMs: number },
  signal: AbortSignal,
): Promise<void> {
  const patience = { clock: machineClock, log, signal, what: 'to store that the clock jumped' };
  const skewOf = (): number => machineClock.now() - machineClock.monotonicMs();
  let skewMs = skewOf();
  let storedLeadMs = leadMs;
  while (!signal.aborted) {
    const aheadMs = Math.max(0, Math.ceil(steadyMs() - machineClock.now()));
    if (Math.abs(aheadMs - storedLeadMs) >= JUMP_MS_MIN) {
      await untilDone(patience, () => store(database, aheadMs));
      storedLeadMs = aheadMs;
    }
    const jumpedMs = skewOf() - skewMs;
    skewMs += jumpedMs;
    if (Math.abs(jumpedMs) >= JUMP_MS_MIN) {
      log.warn('the clock of the machine jumped', { byMs: Math.round(jumpedMs) });
      onJump();
    }
    await machineClock.sleep(LOOK_MS, signal).catch(() => undefined);
  }
}

function store(database: Database, leadMs: number): Promise<unknown> {
  return database.transact((tx) =>
    tx.run(
      `INSERT INTO steady_clock (id, lead_ms) VALUES (1, $1)
       ON CONFLICT (id) DO UPDATE SET lead_ms = excluded.lead_ms`,
      leadMs,
    ),
  );
}
