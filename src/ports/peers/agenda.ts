import type { Clock } from '#ports/world/clock.ts';
import type { Queries } from '#ports/world/database.ts';

/**
 * When a service next has something to do, in ms since 1970: what is due or under way is in the past; `undefined`
 * where nothing waits for a time. A clock that is moved goes from one such time to the next, and misses none.
 */
export type Agenda = (queries: Queries) => Promise<number | undefined>;

/** The date of a steady time, as the clock has it now. */
export function dateOf(clock: Clock, steadyMs: number): number {
  return steadyMs + clock.now() - clock.steadyMs();
}

/** An agenda whose times are `steadyMs`. */
export function steadyAgenda(clock: Clock, agenda: Agenda): Agenda {
  return async (queries) => {
    const atMs = await agenda(queries);
    return atMs === undefined ? undefined : dateOf(clock, atMs);
  };
}
