/** The checkers can fail: known bugs of rules and schedules are caught by the checker that is for each. */
import { test } from 'node:test';
import { MINUTE_MS } from '#kernel/units.ts';
import { isCaught } from './is-caught.ts';
import { isTo, withDatabase, withSpoiled, type Written } from './sabotage.ts';
import type { Sabotage } from './simulation.ts';

/** A seed whose server is off for minutes. */
const WITH_OUTAGE = 5;

test('a firing of a rule that is not noted is seen to be made twice', () =>
  isCaught(
    withDatabase(({ sql, count }) => sql.startsWith('INSERT INTO events_rules') && count === 12),
    /^arn:aws:events:\S+ of \S+ fires 2 times$/,
  ));

test('a firing of a schedule that is not noted is seen to be made twice', () =>
  isCaught(
    withDatabase((written) => isPlan(written, 'rate-') && written.count % 7 === 0),
    /^arn:aws:scheduler:\S+ of \S+ fires \d+ times$/,
  ));

test('a schedule that stays after its only time is seen to fire again', () =>
  isCaught(
    withDatabase(({ sql, count }) => sql.startsWith('DELETE FROM scheduler_') && count === 2),
    /^arn:aws:scheduler:\S+ of \S+ fires 2 times$/,
  ));

test('a firing that does not reach its target is missed', () =>
  isCaught(
    withDatabase((written) => isTo('sqs_messages', written, /"aws\.events"/)),
    /^arn:aws:events:\S+ of \S+ never fires$/,
  ));

test('a single time of a schedule that is acknowledged and not stored is missed', () =>
  isCaught(
    withDatabase(
      ({ sql, parameters }) =>
        sql.startsWith('INSERT INTO scheduler_') && /"expression":"at/.test(String(parameters[6])),
    ),
    /^arn:aws:scheduler:\S+ of \S+ never fires$/,
  ));

test('a firing before its time is noticed', () =>
  isCaught(
    withSpoiled((written) =>
      isPlan(written, 'rate-')
        ? written.parameters.with(5, Number(written.parameters[5]) - 20_000)
        : written.parameters,
    ),
    /^arn:aws:scheduler:\S+ of \S+ fires \d+ ms early$/,
  ));

test('a firing that is made up for after an outage that was too long is noticed', () =>
  isCaught(withPlanOfEachMinute(), / is made up for after more than five minutes$/, WITH_OUTAGE));

test('the last firings of an outage that are not made up for are missed', () =>
  isCaught(
    (server) => {
      const { clock } = server.machine;
      const afterNow = withSpoiled(({ sql, parameters }) =>
        sql.startsWith('INSERT INTO events_rules')
          ? parameters.with(6, Math.max(Number(parameters[6]), clock.now()))
          : parameters,
      );
      return afterNow(server);
    },
    /^arn:aws:events:\S+ of \S+ never fires$/,
    WITH_OUTAGE,
  ));

test('a firing that is too old and reaches its target is noticed', () =>
  isCaught(
    withSpoiled(({ sql, parameters }) =>
      sql.startsWith('INSERT INTO scheduler_schedules')
        ? parameters.with(6, String(parameters[6]).replace('Seconds":60,', 'Seconds":86400,'))
        : parameters,
    ),
    /^arn:aws:scheduler:\S+fresh of \S+ is not with the dead letters$/,
    WITH_OUTAGE,
  ));

/** What makes the rules of a run, and its schedules. */
const RULES_MADE = 6;
const SCHEDULES_PLANNED = 14;

/** The time of a schedule's next firing, once all are made. */
function isPlan({ sql, count, parameters }: Written, name: string): boolean {
  const isOwn = sql.startsWith('INSERT INTO scheduler_') && count > SCHEDULES_PLANNED;
  return isOwn && String(parameters[3]).startsWith(name) && parameters[5] !== null;
}

/** Leaves no minute out, however long ago it was. */
function withPlanOfEachMinute(): Sabotage {
  const planned = new Map<unknown, number>();
  return withSpoiled(({ sql, count, parameters }) => {
    if (!sql.startsWith('INSERT INTO events_rules')) return parameters;
    const name = parameters[3];
    const before = planned.get(name);
    const isMade = count <= RULES_MADE || before === undefined;
    const nextMs = isMade ? Number(parameters[6]) : before + MINUTE_MS;
    planned.set(name, nextMs);
    return parameters.with(6, nextMs);
  });
}
