import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { fails, start } from './harness.test.ts';

async function startWithMessages() {
  const harness = await start();
  const queue = await harness.create('orders.fifo', { FifoQueue: 'true' });
  for (const body of ['1', '2', '3']) {
    await queue.send(body, { MessageGroupId: 'g', MessageDeduplicationId: body });
  }
  const attempt = (ReceiveRequestAttemptId: string, more: object = {}) =>
    queue.receive({ ReceiveRequestAttemptId, MaxNumberOfMessages: 2, ...more });
  return { ...harness, queue, attempt };
}

describe('ReceiveRequestAttemptId', () => {
  it('gives the same messages and handles again while they are hidden, and hides them anew', async () => {
    const { clock, queue, attempt } = await startWithMessages();
    const first = await attempt('a');
    assert.deepEqual(
      first.map(({ Body }) => Body),
      ['1', '2'],
    );
    await clock.advance(20_000);
    assert.deepEqual(await attempt('a'), first);
    // The timeout of 30 s counts from the retry on.
    await clock.advance(29_000);
    assert.deepEqual(await queue.bodies(), []);
    assert.deepEqual(await attempt('a'), first);
    await clock.advance(30_000);
    assert.deepEqual(await queue.bodies(), ['1', '2', '3']);
  });

  it('gives nothing to another attempt while the group is in flight', async () => {
    const { attempt } = await startWithMessages();
    assert.equal((await attempt('a')).length, 2);
    assert.deepEqual(await attempt('b'), []);
  });

  it('is another receive once a message was deleted, changed, or seen again', async () => {
    const { call, clock, queue, attempt } = await startWithMessages();
    const { QueueUrl } = queue;
    const [first] = await attempt('a');
    await call('DeleteMessage', { QueueUrl, ReceiptHandle: first?.ReceiptHandle });
    assert.deepEqual(await attempt('a'), []);
    await clock.advance(30_000);
    const [second] = await attempt('a');
    const change = { QueueUrl, ReceiptHandle: second?.ReceiptHandle, VisibilityTimeout: 60 };
    await call('ChangeMessageVisibility', change);
    assert.deepEqual(await attempt('a'), []);
    await clock.advance(60_000);
    const [again] = await attempt('a', { MessageSystemAttributeNames: ['All'] });
    assert.equal(again?.Attributes?.['ApproximateReceiveCount'], '3');
  });

  it('is remembered for five minutes', async () => {
    const { clock, attempt } = await startWithMessages();
    const first = await attempt('a', { VisibilityTimeout: 3600 });
    await clock.advance(299_999);
    assert.deepEqual(await attempt('a', { VisibilityTimeout: 3600 }), first);
    await clock.advance(300_000);
    assert.deepEqual(await attempt('a', { VisibilityTimeout: 3600 }), []);
  });

  it('is refused by a standard queue, and where it has other characters', async () => {
    const { create, queue } = await startWithMessages();
    const standard = await create('standard');
    const refused = fails('InvalidParameterValue', /ReceiveRequestAttemptId/);
    await assert.rejects(standard.receive({ ReceiveRequestAttemptId: 'a' }), refused);
    await assert.rejects(queue.receive({ ReceiveRequestAttemptId: 'ä' }), refused);
  });
});
