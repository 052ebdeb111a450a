/** The checkers can fail: each known bug, built into the system, is caught by the checker that is for it. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { MINUTE_MS } from '#kernel/units.ts';
import { FUNCTION_NAMES, HANDLERS, QUEUES } from './names.ts';
import { simulate, type Sabotage, type ServerOptions } from './simulation.ts';
import { withDatabase, withSpoiled, type Written } from './sabotage.ts';

const TICKS = 20;
/** A seed whose server is off for minutes. */
const WITH_OUTAGE = 5;

test('an event that is dropped after its acknowledgement is missed', () =>
  isCaught(
    withDatabase(
      ({ sql, count }) => sql.startsWith('INSERT INTO lambda_async_events') && count === 5,
    ),
    /^event \S+ was acknowledged and is lost$/,
  ));

test('an event whose end is not written is seen to end twice', () =>
  isCaught(
    withDatabase(
      ({ sql, count }) => sql.startsWith('DELETE FROM lambda_async_events') && count === 3,
    ),
    /^the end of event \S+ is told twice$/,
  ));

test('a destination that is left out is missed', () =>
  isCaught(
    withDatabase(({ sql, count }) => sql.startsWith('INSERT INTO sqs_messages') && count === 9),
    /reached its destination 0 times$|^message \S+ was acknowledged and is lost$/,
  ));

test('a deletion of a message that is only acknowledged is noticed', () =>
  isCaught(
    withDatabase(({ sql, count }) => sql.startsWith('DELETE FROM sqs_messages') && count <= 5),
    /^message \S+ (comes again after its deletion|is handled and still there)$/,
  ));

test('an item that is acknowledged and not stored is missed', () =>
  isCaught(
    withDatabase(({ sql, count }) => sql.includes('INTO dynamodb_items') && count > 3),
    /^item \S+ is .*, and should be /,
  ));

test('usage that is not written is missed on the bill', () =>
  isCaught(
    withDatabase(({ sql, count }) => sql.startsWith('INSERT INTO billing_usage') && count === 2),
    / requests are billed, /,
  ));

test('concurrency beyond a reservation that is acknowledged and not written is seen', () =>
  isCaught(
    (server) => withDatabase(isReservation)({ ...server, plane: roomy(server) }),
    /run at once, \d+ are reserved$/,
    4,
  ));

test('a sandbox that nobody ends is seen as a leak', () =>
  isCaught((server) => ({ ...server, plane: neverIdle(server) }), /environments are left$/));

test('a report that nobody reads is missed', () =>
  isCaught(
    (server) => ({ ...server, reports: { report: () => {} } }),
    /and 0 were reported$| requests are billed, 0 were reported$/,
  ));

test('an end that is told twice is noticed', () =>
  isCaught(
    (server) => ({
      ...server,
      onAsyncEnd: (end) => {
        server.onAsyncEnd(end);
        server.onAsyncEnd(end);
      },
    }),
    /^the end of event \S+ is told twice$/,
  ));

test('a message that is acknowledged and never reaches its function is missed', () =>
  isCaught(
    withDatabase((written) => isTo('sqs_messages', written, /"employer-1","number":2/)),
    /^jobs: employer-1#2 was acknowledged and is neither handled nor given up$/,
  ));

test('a FIFO group that comes in another order is noticed', () =>
  isCaught(
    withSpoiled((written) =>
      isTo('sqs_messages', written, /"sender-/)
        ? written.parameters.with(1, 100_000 - Number(written.parameters[1]))
        : written.parameters,
    ),
    /^parcels: \S+ is tried before \S+ has ended$/,
  ));

test('a record of a stream that is acknowledged and not stored is missed', () =>
  isCaught(
    withDatabase(({ sql, count }) => sql.startsWith('INSERT INTO kinesis_records') && count === 7),
    /^readings: \S+ (was acknowledged and is neither handled|is tried before)/,
  ));

test('a shard that is read before those that it came from is noticed', () =>
  isCaught(
    withSpoiled(({ sql, parameters }) =>
      sql.startsWith('INSERT INTO kinesis_shards')
        ? parameters.with(4, null).with(5, null)
        : parameters,
    ),
    /^readings: \S+ is tried before \S+ has ended$/,
    3,
  ));

test('records that are given up without telling their destination are missed', () =>
  isCaught(
    withDatabase((written) => isTo('sqs_messages', written, /BatchInfo/)),
    /^(readings|ledger): \S+ (was acknowledged and is neither handled|is tried before)/,
  ));

test('a place in a shard that goes back is noticed', () =>
  isCaught(
    withSpoiled(({ sql, count, parameters }) =>
      sql.startsWith('INSERT INTO lambda_stream_positions') && count === 20
        ? parameters.with(4, '1')
        : parameters,
    ),
    /^the place of .* goes back from \d+ to 1$/,
  ));

test('a place in a shard that is not stored lets records be given up twice', () =>
  isCaught(
    withDatabase(
      ({ sql, count, parameters }) =>
        sql.startsWith('INSERT INTO lambda_stream_positions') && count > 3 && parameters[5] === 0,
    ),
    new RegExp(`^record \\d+ of ${QUEUES.readingsFailed} is given up twice$`),
  ));

test('a notification that one of its subscribers does not get is missed', () =>
  isCaught(
    withDatabase((written) => isTo('lambda_async_events', written, /newsreader/)),
    /^notification \S+ is with its subscribers 1,0,[01] times$/,
  ));

test('provisioned environments for which there is no room are missed', () =>
  isCaught(
    (server) => ({ ...server, plane: tight(server) }),
    /provisioned environments are there/,
  ));

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

test('a message that is taken out of a dead-letter queue and put nowhere is missed', () => {
  const dead = new Set<unknown>();
  return isCaught(
    withDatabase((written) => {
      if (!isTo('sqs_messages', written, /^return-/)) return false;
      const body = written.parameters[3];
      if (written.parameters[13] === null) return dead.has(body);
      dead.add(body);
      return false;
    }),
    /^message return-\S+ was acknowledged and is lost$/,
  );
});

test('a message that is moved and left in its dead-letter queue is noticed', () => {
  const dead = new Set<string>();
  return isCaught(
    withDatabase((written) => {
      const { sql, parameters } = written;
      const place = parameters.slice(0, 2).join(' ');
      if (isTo('sqs_messages', written, /^return-/) && parameters[13] !== null) dead.add(place);
      return sql.startsWith('DELETE FROM sqs_messages') && dead.delete(place);
    }),
    /^message return-\S+ is in 2 places$/,
  );
});

test('a message that a move task does not count is noticed', () =>
  isCaught(
    withDatabase(
      ({ sql, count, parameters }) =>
        sql.startsWith('INSERT INTO sqs_move_tasks') &&
        Number(parameters[6]) > 0 &&
        count % 3 === 0,
    ),
    /^move tasks counted \d+ messages, and \d+ left$/,
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

function isTo(table: string, { sql, parameters }: Written, text: RegExp): boolean {
  return (
    sql.startsWith(`INSERT INTO ${table} `) &&
    parameters.some((value) => typeof value === 'string' && text.test(value))
  );
}

function tight(server: ServerOptions): ServerOptions['plane'] {
  return { ...server.plane, capacity: { ...server.plane.capacity, memoryMiB: 256 } };
}

/** So many writes make the functions. */
const FUNCTIONS_MADE = FUNCTION_NAMES.length + Object.keys(HANDLERS).length;

function isReservation({ sql, count }: Written): boolean {
  return sql.startsWith('INSERT INTO lambda_functions') && count > FUNCTIONS_MADE;
}

function roomy(server: ServerOptions): ServerOptions['plane'] {
  const capacity = { ...server.plane.capacity, memoryMiB: 65_536, starts: 1000 };
  return { ...server.plane, capacity };
}

function neverIdle(server: ServerOptions): ServerOptions['plane'] {
  return { ...server.plane, pool: { ...server.plane.pool, idleMs: Number.MAX_SAFE_INTEGER } };
}

/** Runs seeds until the bug has had its occasion: one of ten is enough for each. */
async function isCaught(sabotage: Sabotage, expected: RegExp, first = 1): Promise<void> {
  const found: string[] = [];
  for (let seed = first; seed < first + 10; seed += 1) {
    const { broken } = await simulate({ seed, ticks: TICKS, sabotage });
    if (broken.some((text) => expected.test(text))) return;
    found.push(...broken);
  }
  assert.fail(`not caught; found was: ${found.slice(0, 10).join('; ')}`);
}
