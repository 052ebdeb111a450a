import assert from 'node:assert/strict';
import { it } from 'node:test';
import { SeededRandom } from '#adapters/simulated/index.ts';
import { ACCOUNT, start } from './harness.test.ts';

for (const suffix of ['', '.fifo']) {
  it(`counts a queue${suffix} as it is, whatever is done to it`, async () => {
    const { clock, database, sqs, call, create } = await start();
    const random = new SeededRandom(7);
    const attributes = suffix === '' ? {} : { FifoQueue: 'true' };
    const arn = `arn:aws:sqs:us-east-1:${ACCOUNT}:dead${suffix}`;
    const RedrivePolicy = JSON.stringify({ deadLetterTargetArn: arn, maxReceiveCount: 2 });
    const queues = [
      await create(`dead${suffix}`, attributes),
      await create(`live${suffix}`, { ...attributes, RedrivePolicy, VisibilityTimeout: '1' }),
    ] as const;
    const handles: { readonly QueueUrl: string; readonly ReceiptHandle: string }[] = [];
    const idsOf = (): object => {
      if (suffix === '') return {};
      const MessageGroupId = `g${Math.floor(random.fraction() * 3)}`;
      return { MessageGroupId, MessageDeduplicationId: random.uuid() };
    };
    const steps: readonly (() => Promise<unknown>)[] = [
      () => queues[1].send('m', idsOf()),
      () => queues[1].send('m', idsOf()),
      async () => {
        for (const { QueueUrl, receive } of queues) {
          for (const { ReceiptHandle = '' } of await receive({ MaxNumberOfMessages: 3 })) {
            handles.push({ QueueUrl, ReceiptHandle });
          }
        }
      },
      async () => {
        const handle = handles.shift();
        // A FIFO queue refuses an expired one.
        if (handle !== undefined) await call('DeleteMessage', handle).catch(() => undefined);
      },
      () => clock.advance(700),
      async () => {
        if (random.fraction() >= 0.1) return;
        // Refused within a minute.
        await call('PurgeQueue', { QueueUrl: queues[1].QueueUrl }).catch(() => undefined);
      },
      () => call('StartMessageMoveTask', { SourceArn: arn }).catch(() => undefined),
    ];
    const stop = new AbortController();
    const running = sqs.run(stop.signal);
    for (let index = 0; index < 400; index++) {
      await steps[Math.floor(random.fraction() * steps.length)]?.();
      const found = await database.read((queries) =>
        queries.all<{ name: string; told: number; real: number }>(
          `SELECT name, message_count AS told,
             (SELECT COUNT(*) FROM sqs_messages m WHERE m.queue_id = q.queue_id) AS real
           FROM sqs_queues q`,
        ),
      );
      for (const { name, told, real } of found) assert.equal(told, real, `${name}, step ${index}`);
    }
    stop.abort();
    await running;
  });
}

it('deletes and purges queues of more messages than one transaction takes', async () => {
  const { call, create, database, sqs } = await start();
  const countOf = async (table: string): Promise<unknown> => {
    const sql = `SELECT COUNT(*) AS count FROM ${table}`;
    return (await database.read((queries) => queries.get(sql)))?.['count'];
  };
  const fill = async (QueueUrl: string): Promise<void> => {
    for (let batch = 0; batch < 210; batch += 1) {
      const Entries = Array.from({ length: 10 }, (_, n) => ({
        Id: `${n}`,
        MessageBody: 'm',
        MessageGroupId: `g${n}`,
        MessageDeduplicationId: `${batch}-${n}`,
      }));
      await call('SendMessageBatch', { QueueUrl, Entries });
    }
  };
  const purged = await create('purged.fifo', { FifoQueue: 'true' });
  await fill(purged.QueueUrl);
  await call('PurgeQueue', { QueueUrl: purged.QueueUrl });
  assert.deepEqual(
    await Promise.all(['sqs_messages', 'sqs_groups', 'sqs_deduplication'].map(countOf)),
    [0, 0, 0],
  );
  const deleted = await create('deleted.fifo', { FifoQueue: 'true' });
  await fill(deleted.QueueUrl);
  // A crash between the queue's end and its messages'.
  await database.transact((tx) => tx.run("DELETE FROM sqs_queues WHERE name = 'deleted.fifo'"));
  const stop = new AbortController();
  const running = sqs.run(stop.signal);
  for (let turn = 0; turn < 50; turn += 1) await new Promise((resolve) => setImmediate(resolve));
  stop.abort();
  await running;
  assert.equal(await countOf('sqs_messages'), 0);
  assert.equal(await countOf('sqs_groups'), 0);
});
