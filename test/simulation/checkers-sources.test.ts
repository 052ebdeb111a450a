/** The checkers can fail: known bugs of sources, topics and move tasks are caught by the checker that is for each. */
import { test } from 'node:test';
import { isCaught } from './is-caught.ts';
import { QUEUES } from './names.ts';
import { isTo, withDatabase, withSpoiled } from './sabotage.ts';

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
