/** The checkers can fail: known bugs of invocations, events and messages are caught by the checker that is for each. */
import { test } from 'node:test';
import { isCaught } from './is-caught.ts';
import { FUNCTION_NAMES, HANDLERS } from './names.ts';
import { withDatabase, type Written } from './sabotage.ts';
import type { ServerOptions } from './simulation.ts';

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
    withDatabase(({ sql, count }) => sql.startsWith('INSERT INTO sqs_messages') && count > 8),
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

test('provisioned environments for which there is no room are missed', () =>
  isCaught(
    (server) => ({ ...server, plane: tight(server) }),
    /provisioned environments are there/,
  ));

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
