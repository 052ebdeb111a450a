import assert from 'node:assert/strict';
import { it } from 'node:test';
import { ACCOUNT, fails, start } from './harness.test.ts';
import { IN_FLIGHT_MAX } from './limits.ts';

type Harness = Awaited<ReturnType<typeof start>>;

/** As if `count` messages of the queue had been received, each of them in a group of its own. */
async function putInFlight({ database, clock }: Harness, name: string, count: number) {
  const hiddenUntilMs = Math.ceil(clock.steadyMs()) + 3_600_000;
  await database.transact((tx) =>
    tx.run(
      `INSERT INTO sqs_messages (queue_id, sequence, message_id, body, sender_id, sent_ms, visible_ms,
         receive_count, first_received_ms)
       WITH RECURSIVE numbers (n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM numbers WHERE n < $1)
       SELECT queue_id, 1000000 + n, 'm', 'b', 's', $2, $3, 1, $2
       FROM numbers, sqs_queues WHERE name = $4`,
      count,
      Math.ceil(clock.now()),
      hiddenUntilMs,
      name,
    ),
  );
}

it('gives no message beyond 120,000 in flight, and says so to who does not wait', async () => {
  const harness = await start();
  const { call, create } = harness;
  const { QueueUrl, send, receive } = await create('orders');
  await putInFlight(harness, 'orders', IN_FLIGHT_MAX - 2);
  for (const body of ['1', '2', '3']) await send(body);
  // Just inside, and at the limit.
  const inside = await receive({ MaxNumberOfMessages: 1 });
  const at = await receive();
  assert.deepEqual([inside.length, at.length], [1, 1]);
  await assert.rejects(receive(), fails('OverLimit'));
  await call('DeleteMessage', { QueueUrl, ReceiptHandle: at[0]?.ReceiptHandle });
  assert.equal((await receive()).length, 1);
});

it('lets who waits find what can be received once something in flight is deleted', async () => {
  const harness = await start();
  const { call, clock, create } = harness;
  const { QueueUrl, send, receive } = await create('orders');
  await putInFlight(harness, 'orders', IN_FLIGHT_MAX - 1);
  await send('first');
  const [first] = await receive();
  await send('second');
  let found: unknown;
  const waiting = receive({ WaitTimeSeconds: 20 }).then((messages) => (found = messages));
  await clock.advance(5000);
  assert.equal(found, undefined);
  await call('DeleteMessage', { QueueUrl, ReceiptHandle: first?.ReceiptHandle });
  await clock.advance(1000);
  assert.deepEqual(
    (await waiting).map(({ Body }) => Body),
    ['second'],
  );
  // To nobody who waits is it an error.
  await send('third');
  const late = receive({ WaitTimeSeconds: 20 });
  await clock.advance(20_000);
  assert.deepEqual(await late, []);
});

it('gives an event source mapping what it took before the queue was full', async () => {
  const harness = await start();
  const { send } = await harness.create('orders');
  await putInFlight(harness, 'orders', IN_FLIGHT_MAX - 3);
  for (const body of ['1', '2', '3', '4', '5']) await send(body);
  const source = harness.sqs.eventSource(`arn:aws:sqs:us-east-1:${ACCOUNT}:orders`);
  const limits = { recordsMax: 10, bytesMax: 1000, windowMs: 0 };
  const { signal } = new AbortController();
  const batch = await source.poll(undefined, limits, signal);
  assert.equal(batch.records.length, 3);
  // What it settles makes room for as much.
  const [first, second, third] = batch.records.map(({ id }) => id);
  assert.ok(first !== undefined && second !== undefined && third !== undefined);
  await source.settle(batch, { doneIds: [first], releasedIds: [second], failedIds: [third] });
  assert.equal((await source.poll(undefined, limits, signal)).records.length, 2);
});

it('counts a queue with little room anew after 250 ms, and tells what it kept until then', async () => {
  const harness = await start();
  const { clock, database, create } = harness;
  const { send, receive } = await create('orders');
  await putInFlight(harness, 'orders', IN_FLIGHT_MAX - 2);
  for (const body of ['1', '2', '3', '4', '5']) await send(body);
  assert.equal((await receive()).length, 2);
  // Behind the service's back, so that nothing but a count finds it.
  await database.transact((tx) =>
    tx.run('DELETE FROM sqs_messages WHERE sequence > $1', 1_000_000 + IN_FLIGHT_MAX - 4),
  );
  await clock.advance(249);
  await assert.rejects(receive(), fails('OverLimit'));
  await clock.advance(1);
  assert.equal((await receive()).length, 2);
});

it('has room at once for what is deleted or shown again, and for nothing that was seen', async () => {
  const harness = await start();
  const { call, clock, create } = harness;
  const { QueueUrl, send, receive } = await create('orders');
  await putInFlight(harness, 'orders', IN_FLIGHT_MAX - 1);
  await send('first');
  const [first] = await receive({ VisibilityTimeout: 1 });
  for (const body of ['2', '3', '4']) await send(body);
  await assert.rejects(receive(), fails('OverLimit'));
  // The first is seen again, and counted no more; the second has its place.
  await clock.advance(1000);
  const [second, ...more] = await receive();
  assert.deepEqual([second?.Body, more], ['2', []]);
  await call('DeleteMessage', { QueueUrl, ReceiptHandle: first?.ReceiptHandle });
  await assert.rejects(receive(), fails('OverLimit'));
  const Entries = [{ Id: '1', ReceiptHandle: second?.ReceiptHandle, VisibilityTimeout: 0 }];
  await call('ChangeMessageVisibilityBatch', { QueueUrl, Entries });
  const [third] = await receive();
  assert.equal(third?.Body, '3');
  await assert.rejects(receive(), fails('OverLimit'));
  // Shortened is still hidden.
  const shorter = { QueueUrl, ReceiptHandle: third?.ReceiptHandle, VisibilityTimeout: 10 };
  await call('ChangeMessageVisibility', shorter);
  await assert.rejects(receive(), fails('OverLimit'));
  await call('ChangeMessageVisibility', { ...shorter, VisibilityTimeout: 0 });
  assert.equal((await receive()).length, 1);
});

it('answers nothing from a FIFO queue with 120,000 messages in flight, and no error', async () => {
  const harness = await start();
  const { send, receive } = await harness.create('orders.fifo', { FifoQueue: 'true' });
  await putInFlight(harness, 'orders.fifo', IN_FLIGHT_MAX);
  await send('next', { MessageGroupId: 'g', MessageDeduplicationId: '1' });
  assert.deepEqual(await receive(), []);
});

it('a message keeps its age in a standard dead-letter queue, and begins anew in a FIFO one', async () => {
  const { clock, create } = await start();
  for (const suffix of ['', '.fifo']) {
    const attributes = suffix === '' ? {} : { FifoQueue: 'true' };
    const dead = await create(`dead${suffix}`, { ...attributes, MessageRetentionPeriod: '120' });
    const RedrivePolicy = JSON.stringify({
      deadLetterTargetArn: `arn:aws:sqs:us-east-1:${ACCOUNT}:dead${suffix}`,
      maxReceiveCount: 1,
    });
    const source = await create(`source${suffix}`, { ...attributes, RedrivePolicy });
    const ids = { MessageGroupId: 'g', MessageDeduplicationId: '1' };
    await source.send('poison', suffix === '' ? {} : ids);
    await clock.advance(100_000);
    await source.receive({ VisibilityTimeout: 0 });
    assert.deepEqual(await source.bodies(), []);
    await clock.advance(30_000);
    assert.deepEqual(await dead.bodies(), suffix === '' ? [] : ['poison'], suffix);
  }
});
