import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { MetricDatum } from '#ports/peers/metric-sink.ts';
import { start } from './harness.test.ts';

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
