import assert from 'node:assert/strict';
import { it } from 'node:test';
import { PIECES_AT_ONCE, ROWS_A_PIECE } from './clear-queue.ts';
import { fails, start } from './harness.test.ts';

type Harness = Awaited<ReturnType<typeof start>>;

/** As if `count` messages had been sent to the queue. */
async function fill({ database, clock }: Harness, name: string, count: number): Promise<void> {
  await database.transact(async (tx) => {
    await tx.run(
      `INSERT INTO sqs_messages (queue_id, sequence, message_id, body, sender_id, sent_ms, visible_ms,
         receive_count)
       WITH RECURSIVE numbers (n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM numbers WHERE n < $1)
       SELECT queue_id, n, 'm', 'old', 's', $2, $3, 0 FROM numbers, sqs_queues WHERE name = $4`,
      count,
      Math.ceil(clock.now()),
      Math.floor(clock.steadyMs()),
      name,
    );
    await tx.run(
      'UPDATE sqs_queues SET last_sequence = $1, message_count = $1 WHERE name = $2',
      count,
      name,
    );
  });
}

async function countOf({ database }: Harness): Promise<unknown> {
  const sql = 'SELECT COUNT(*) AS count FROM sqs_messages';
  return (await database.read((queries) => queries.get(sql)))?.['count'];
}

/** Runs the background work until the store holds `count` messages. */
async function runUntil(harness: Harness, count: number): Promise<void> {
  const stop = new AbortController();
  const ended = harness.sqs.run(stop.signal);
  while ((await countOf(harness)) !== count) await new Promise((resolve) => setImmediate(resolve));
  stop.abort();
  await ended;
}

it('refuses a second purge of a queue within 60 seconds', async () => {
  const { call, clock, create } = await start();
  const { QueueUrl } = await create('orders');
  const other = await create('other');
  await call('PurgeQueue', { QueueUrl });
  await call('PurgeQueue', { QueueUrl: other.QueueUrl });
  await clock.advance(59_999);
  const refused = fails(
    'PurgeQueueInProgress',
    'Only one PurgeQueue operation on orders is allowed every 60 seconds.',
  );
  await assert.rejects(call('PurgeQueue', { QueueUrl }), refused);
  await clock.advance(1);
  await call('PurgeQueue', { QueueUrl });
});

it('a queue that was deleted and made again may be purged', async () => {
  const { call, create } = await start();
  const { QueueUrl } = await create('orders');
  await call('PurgeQueue', { QueueUrl });
  await call('DeleteQueue', { QueueUrl });
  await create('orders');
  await call('PurgeQueue', { QueueUrl });
});

it('answers before a large queue is empty; what was sent before goes in the background, after a crash as well', async () => {
  const harness = await start();
  const { QueueUrl, send, bodies } = await harness.create('large');
  await fill(harness, 'large', ROWS_A_PIECE * (PIECES_AT_ONCE + 2));
  await harness.call('PurgeQueue', { QueueUrl });
  assert.equal(await countOf(harness), ROWS_A_PIECE * 2);
  await send('new');
  // Nothing ran in the background so far, as in a server that was killed.
  await runUntil(harness, 1);
  assert.deepEqual(await bodies(), ['new']);
});

it('answers before the messages of a large queue that is deleted are gone', async () => {
  const harness = await start();
  const { QueueUrl } = await harness.create('large');
  await fill(harness, 'large', ROWS_A_PIECE * (PIECES_AT_ONCE + 2));
  await harness.call('DeleteQueue', { QueueUrl });
  assert.equal(await countOf(harness), ROWS_A_PIECE * 2);
  await runUntil(harness, 0);
});
