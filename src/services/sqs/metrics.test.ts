import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { ReceiveMessageResult } from '#aws/models/sqs.types.gen.ts';
import type { MetricDatum } from '#ports/peers/metric-sink.ts';
import { ACCOUNT, start } from './harness.test.ts';

test('requests are measured, as test_aws_sqs_metrics_created recorded', async () => {
  const data: MetricDatum[] = [];
  const { create, call } = await start({ metrics: { put: (some) => data.push(...some) } });
  const take = (): (string | number)[][] =>
    data.splice(0).map(({ namespace, dimensions, name, value }) => {
      assert.deepEqual([namespace, dimensions], ['AWS/SQS', { QueueName: 'q' }]);
      return [name, value];
    });
  const { QueueUrl, receive, send } = await create('q');
  await receive();
  await send('Hello');
  assert.deepEqual(take(), [
    ['NumberOfEmptyReceives', 1],
    ['NumberOfMessagesSent', 1],
    ['SentMessageSize', 5],
  ]);
  const [message] = await receive();
  await call('DeleteMessage', { QueueUrl, ReceiptHandle: message?.ReceiptHandle });
  assert.deepEqual(take(), [
    ['NumberOfMessagesReceived', 1],
    ['NumberOfMessagesDeleted', 1],
  ]);
});

test('a batch in which every entry fails is measured as nothing, and answered', async () => {
  const data: MetricDatum[] = [];
  const { create, call } = await start({ metrics: { put: (some) => data.push(...some) } });
  const { QueueUrl } = await create('q');
  const deleted = await call('DeleteMessageBatch', {
    QueueUrl,
    Entries: [{ Id: '1', ReceiptHandle: 'none' }],
  });
  assert.equal((deleted['Failed'] as { Code: string }[])[0]?.Code, 'ReceiptHandleIsInvalid');
  const sent = await call('SendMessageBatch', {
    QueueUrl,
    Entries: [{ Id: '1', MessageBody: '\u0001' }],
  });
  assert.equal((sent['Failed'] as { Code: string }[])[0]?.Code, 'InvalidMessageContents');
  assert.deepEqual(data, []);
});

/** What was told of queues, each metric's latest value by queue. */
function latest(data: readonly MetricDatum[]): Record<string, number> {
  return Object.fromEntries(
    data.map(({ dimensions, name, value }) => [`${dimensions['QueueName']} ${name}`, value]),
  );
}

test('what lies in a queue is told each minute while it is used, and for six hours after', async () => {
  const data: MetricDatum[] = [];
  const { clock, create, call, sqs } = await start({
    metrics: { put: (some) => data.push(...some) },
  });
  const { QueueUrl, send, receive } = await create('q');
  await create('asleep');
  const stop = new AbortController();
  const running = sqs.run(stop.signal);
  await clock.advance(90_000);
  assert.deepEqual(data, []);
  for (const body of ['1', '2', '3']) await send(body);
  await send('later', { DelaySeconds: 900 });
  await receive({ MaxNumberOfMessages: 1, VisibilityTimeout: 600 });
  await clock.advance(60_000);
  assert.deepEqual(
    Object.entries(latest(data)).filter(([name]) => name.includes('Approximate')),
    [
      ['q ApproximateNumberOfMessagesVisible', 2],
      ['q ApproximateNumberOfMessagesNotVisible', 1],
      ['q ApproximateNumberOfMessagesDelayed', 1],
      ['q ApproximateAgeOfOldestMessage', latest(data)['q ApproximateAgeOfOldestMessage']],
    ],
  );
  const times = data.filter(({ name }) => name === 'ApproximateNumberOfMessagesVisible');
  assert.equal(times.length, 1);
  await call('PurgeQueue', { QueueUrl });
  for (let hour = 0; hour < 7; hour += 1) {
    data.length = 0;
    for (let minute = 0; minute < 60; minute += 1) await clock.advance(60_000);
    assert.equal(latest(data)['q ApproximateNumberOfMessagesVisible'], hour < 6 ? 0 : undefined);
  }
  stop.abort();
  await running;
});

test('what lies in a queue is told once in a minute, however often all loops are woken', async () => {
  const data: MetricDatum[] = [];
  const { clock, wakeups, create, sqs } = await start({
    metrics: { put: (some) => data.push(...some) },
  });
  const { send } = await create('q');
  await send('m');
  const stop = new AbortController();
  const running = sqs.run(stop.signal);
  const told = (): number =>
    data.filter(({ name }) => name === 'ApproximateNumberOfMessagesVisible').length;
  const counts: number[] = [];
  for (const waitMs of [0, 0, 60_000, 0]) {
    await clock.advance(waitMs);
    // As a clock that is set ahead does.
    wakeups.notifyAll();
    await clock.settle();
    counts.push(told());
  }
  assert.deepEqual(counts, [1, 1, 2, 2]);
  stop.abort();
  await running;
});

test('a FIFO queue tells how many of its groups are in flight', async () => {
  const data: MetricDatum[] = [];
  const { clock, create, sqs } = await start({ metrics: { put: (some) => data.push(...some) } });
  const { send, receive } = await create('q.fifo', { FifoQueue: 'true' });
  for (const [MessageDeduplicationId, MessageGroupId] of ['a', 'a', 'b', 'c'].entries()) {
    await send('m', { MessageGroupId, MessageDeduplicationId: String(MessageDeduplicationId) });
  }
  await receive({ MaxNumberOfMessages: 3, VisibilityTimeout: 600 });
  const stop = new AbortController();
  const running = sqs.run(stop.signal);
  await clock.advance(60_000);
  assert.equal(latest(data)['q.fifo ApproximateNumberOfGroupsWithInflightMessages'], 2);
  stop.abort();
  await running;
});

test('what services put in and event source mappings take out is counted as well', async () => {
  const data: MetricDatum[] = [];
  const { create, database, sqs } = await start({
    metrics: { put: (some) => data.push(...some) },
  });
  await create('q');
  const targetArn = `arn:aws:sqs:us-east-1:${ACCOUNT}:q`;
  const delivery = {
    targetArn,
    sourceArn: `arn:aws:sns:us-east-1:${ACCOUNT}:t`,
    sourceService: 'sns.amazonaws.com',
    sourceAccountId: ACCOUNT,
    payload: Buffer.from('Hello'),
  };
  await database.transact((tx) => sqs.deliverer.deliver(delivery, tx));
  const source = sqs.eventSource(targetArn);
  const limits = { recordsMax: 10, bytesMax: 1000, windowMs: 0 };
  const batch = await source.poll(undefined, limits, new AbortController().signal);
  await source.settle(batch, { doneIds: batch.records.map(({ id }) => id), failedIds: [] });
  assert.deepEqual(latest(data), {
    'q NumberOfMessagesSent': 1,
    'q SentMessageSize': 5,
    'q NumberOfMessagesReceived': 1,
    'q NumberOfMessagesDeleted': 1,
  });
});

test('a message that a FIFO queue has taken before is told as such, and not as sent', async () => {
  const data: MetricDatum[] = [];
  const { create, call } = await start({ metrics: { put: (some) => data.push(...some) } });
  const { QueueUrl } = await create('q.fifo', { FifoQueue: 'true' });
  const message = { MessageBody: 'a', MessageGroupId: 'g', MessageDeduplicationId: 'd' };
  const take = (): string[] => data.splice(0).map(({ name, value }) => `${name} ${value}`);
  await call('SendMessage', { QueueUrl, ...message });
  assert.deepEqual(take(), ['NumberOfMessagesSent 1', 'SentMessageSize 1']);
  await call('SendMessage', { QueueUrl, ...message });
  assert.deepEqual(take(), ['NumberOfDeduplicatedSentMessages 1']);
  await call('SendMessageBatch', {
    QueueUrl,
    Entries: [
      { Id: '1', ...message },
      { Id: '2', ...message, MessageDeduplicationId: 'e' },
    ],
  });
  assert.deepEqual(take(), [
    'NumberOfDeduplicatedSentMessages 1',
    'NumberOfMessagesSent 1',
    'SentMessageSize 1',
  ]);
});

test('what another account does with a queue is told where the queue is', async () => {
  const data: MetricDatum[] = [];
  const { sqs, create, context } = await start({ metrics: { put: (some) => data.push(...some) } });
  const { QueueUrl } = await create('q');
  const callAs = async (name: string, input: object): Promise<unknown> => {
    const operation = sqs.service.operations[name];
    const other = { ...context, accountId: '111111111111' };
    return await operation?.(other, { QueueUrl, ...input } as never);
  };
  await callAs('SendMessage', { MessageBody: 'a' });
  const received = await callAs('ReceiveMessage', {});
  const { Messages: [message] = [] } = received as ReceiveMessageResult;
  await callAs('DeleteMessage', { ReceiptHandle: message?.ReceiptHandle });
  assert.deepEqual(
    data.map(({ name, accountId }) => [name, accountId]),
    [
      ['NumberOfMessagesSent', ACCOUNT],
      ['SentMessageSize', ACCOUNT],
      ['NumberOfMessagesReceived', ACCOUNT],
      ['NumberOfMessagesDeleted', ACCOUNT],
    ],
  );
});
