/** The machine's clock is set back or ahead by an hour: what lasts, lasts as long as it would have. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { HOUR_MS, MINUTE_MS, SECOND_MS } from '#kernel/units.ts';
import { start } from './harness.test.ts';

describe('where the clock is set back by an hour', () => {
  it('a message that was received is seen again after its visibility timeout, and not before', async () => {
    const { clock, create } = await start();
    const { send, bodies } = await create('q');
    await send('m');
    assert.deepEqual(await bodies({ VisibilityTimeout: 30 }), ['m']);
    clock.jump(-HOUR_MS);
    await clock.advance(30 * SECOND_MS - 1);
    assert.deepEqual(await bodies(), []);
    await clock.advance(1);
    assert.deepEqual(await bodies(), ['m']);
  });

  it('a delayed message comes after its delay, and is told to be sent when it was', async () => {
    const { clock, create } = await start();
    const { send, receive } = await create('q');
    const sentAtMs = clock.now();
    await send('m', { DelaySeconds: 900 });
    clock.jump(-HOUR_MS);
    await clock.advance(900 * SECOND_MS - 1);
    assert.deepEqual(await receive(), []);
    await clock.advance(1);
    const names = ['SentTimestamp', 'ApproximateFirstReceiveTimestamp'];
    const [message] = await receive({ AttributeNames: names });
    assert.deepEqual(
      names.map((name) => Number(message?.Attributes?.[name as 'SentTimestamp'])),
      [sentAtMs, sentAtMs - HOUR_MS + 900 * SECOND_MS],
    );
  });

  it('a deduplication id holds for five minutes', async () => {
    const { clock, create } = await start();
    const { send, bodies } = await create('q.fifo', { FifoQueue: 'true' });
    const more = { MessageGroupId: 'g', MessageDeduplicationId: 'd' };
    await send('first', more);
    clock.jump(-HOUR_MS);
    await clock.advance(5 * MINUTE_MS - 1);
    await send('repeated', more);
    await clock.advance(1);
    await send('anew', more);
    assert.deepEqual(await bodies(), ['first', 'anew']);
  });

  it('a long poll ends after its wait, and takes what becomes visible meanwhile', async () => {
    const { clock, create } = await start();
    const { send, bodies } = await create('q');
    const waiting = bodies({ WaitTimeSeconds: 20 });
    await clock.settle();
    clock.jump(-HOUR_MS);
    await clock.advance(20 * SECOND_MS);
    assert.deepEqual(await waiting, []);
    await send('late', { DelaySeconds: 10 });
    const next = bodies({ WaitTimeSeconds: 20 });
    await clock.settle();
    clock.jump(-HOUR_MS);
    await clock.advance(10 * SECOND_MS);
    assert.deepEqual(await next, ['late']);
  });

  it('a receipt handle of a FIFO queue holds as long as the message is hidden', async () => {
    const { clock, create, call } = await start();
    const { send, receive, QueueUrl } = await create('q.fifo', {
      FifoQueue: 'true',
      ContentBasedDeduplication: 'true',
    });
    for (const body of ['first', 'second']) await send(body, { MessageGroupId: 'g' });
    const [first] = await receive({ MaxNumberOfMessages: 1, VisibilityTimeout: 30 });
    clock.jump(-HOUR_MS);
    await clock.advance(29 * SECOND_MS);
    assert.deepEqual(await receive(), []);
    await call('DeleteMessage', { QueueUrl, ReceiptHandle: first?.ReceiptHandle });
    assert.deepEqual(
      (await receive()).map(({ Body }) => Body),
      ['second'],
    );
  });

  it('a move task goes on at its rate', async () => {
    const { clock, create, call, sqs } = await start();
    const dead = await create('dead');
    const [source, target] = ['dead', 'q'].map(
      (name) => `arn:aws:sqs:us-east-1:000000000000:${name}`,
    );
    const policy = JSON.stringify({ deadLetterTargetArn: source, maxReceiveCount: 1 });
    const queue = await create('q', { RedrivePolicy: policy });
    for (const body of ['1', '2', '3']) await dead.send(body);
    const stop = new AbortController();
    const running = sqs.run(stop.signal);
    await call('StartMessageMoveTask', {
      SourceArn: source,
      DestinationArn: target,
      MaxNumberOfMessagesPerSecond: 1,
    });
    await clock.settle();
    clock.jump(-HOUR_MS);
    await clock.advance(3 * SECOND_MS);
    stop.abort();
    await running;
    assert.equal((await queue.bodies()).length, 3);
  });
});

describe('where the clock is set ahead by an hour', () => {
  it('what is hidden or delayed stays so for as long as it would have', async () => {
    const { clock, create } = await start();
    const { send, bodies } = await create('q');
    await send('hidden');
    await bodies({ VisibilityTimeout: 30 });
    await send('delayed', { DelaySeconds: 30 });
    clock.jump(HOUR_MS);
    await clock.advance(30 * SECOND_MS - 1);
    assert.deepEqual(await bodies(), []);
    await clock.advance(1);
    assert.deepEqual(new Set(await bodies()), new Set(['delayed', 'hidden']));
  });

  it('a message goes once its queue’s retention has passed by its date', async () => {
    const { clock, create } = await start();
    const { send, bodies } = await create('q', { MessageRetentionPeriod: '3600' });
    await send('old');
    clock.jump(HOUR_MS - 1);
    assert.deepEqual(await bodies({ VisibilityTimeout: 0 }), ['old']);
    clock.jump(1);
    assert.deepEqual(await bodies(), []);
  });
});
