/** The checkers can fail: known bugs of what a clock that jumps does are caught by the checker that is for each. */
import { test } from 'node:test';
import { isCaught } from './is-caught.ts';
import { withDatabase } from './sabotage.ts';

/** A seed whose clock is set back first. */
const SET_BACK = 1;

test('a rate that falls silent where the clock is set back is noticed', () => {
  const planned = new Map<unknown, number>();
  return isCaught(
    withDatabase(({ sql, parameters }) => {
      if (!sql.startsWith('INSERT INTO events_rules')) return false;
      const [name, nextMs] = [parameters[3], Number(parameters[6])];
      const isBroughtForward = nextMs < (planned.get(name) ?? -Infinity);
      if (!isBroughtForward) planned.set(name, nextMs);
      return isBroughtForward;
    }),
    /^arn:aws:events:\S+rate-\d fires \d+ times, and should \d+ to \d+ times$/,
    SET_BACK,
    true,
  );
});
