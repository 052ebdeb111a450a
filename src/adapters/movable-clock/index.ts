/**
 * A clock that can be set ahead, for the tests of what waits for a time.
 * I1 It never goes back, and after a restart goes on from where it was.
 * I2 A move is time that has passed: timers, sleeps and durations that it covers are over, in the order of their times.
 */
import { assert } from '#kernel/assert.ts';
import type { Clock } from '#ports/world/clock.ts';
import type { Database, Schema } from '#ports/world/database.ts';
import { MovedTimers } from './moved-timers.ts';

const SCHEMA: Schema = {
  name: 'movable_clock',
  steps: ['CREATE TABLE movable_clock (id INTEGER PRIMARY KEY, offset_ms BIGINT NOT NULL)'],
};

export interface MovableClock extends Clock {
  /** How far it is ahead of the machine's clock. */
  readonly offsetMs: number;
  /** Sets the clock ahead, in ms since 1970; resolves once that is stored. A time that is past does nothing. */
  moveTo(atMs: number): Promise<void>;
}

export interface MovableClockOptions {
  readonly machineClock: Clock;
  readonly database: Database;
  /** Called whenever the clock was moved: whoever waits for a time has to look again. */
  readonly onMoved: () => void;
}

/** Opens the clock where the last server of this database left it. */
export async function openMovableClock(options: MovableClockOptions): Promise<MovableClock> {
  const { machineClock, database, onMoved } = options;
  await database.migrate(SCHEMA);
  const row = await database.read((queries) =>
    queries.get<{ readonly offset_ms: number }>('SELECT offset_ms FROM movable_clock'),
  );
  let offsetMs = row?.offset_ms ?? 0;
  assert(offsetMs >= 0, 'the clock was only ever set ahead');
  const monotonicMs = (): number => machineClock.monotonicMs() + offsetMs;
  const timers = new MovedTimers(machineClock, monotonicMs);
  return {
    now: () => machineClock.now() + offsetMs,
    steadyMs: () => machineClock.steadyMs() + offsetMs,
    monotonicMs,
    sleep: (delayMs, signal) => timers.sleep(delayMs, signal),
    setTimer: (delayMs, callback) => timers.set(delayMs, callback),
    get offsetMs() {
      return offsetMs;
    },
    moveTo: async (atMs) => {
      offsetMs = Math.max(offsetMs, Math.ceil(atMs - machineClock.now()));
      const stored = database.transact((tx) =>
        tx.run(
          `INSERT INTO movable_clock (id, offset_ms) VALUES (1, $1)
           ON CONFLICT (id) DO UPDATE SET offset_ms = MAX(offset_ms, excluded.offset_ms)`,
          offsetMs,
        ),
      );
      timers.moved();
      onMoved();
      await stored;
    },
  };
}
