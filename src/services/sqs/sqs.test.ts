import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { utf8 } from '#kernel/bytes.ts';
import { ACCOUNT, fails, start } from './harness.test.ts';

describe('a standard queue', () => {
  it('gives a message again after the visibility timeout, and not before', async () => {
    const { clock, create } = await start();
    const queue = await create('orders', { VisibilityTimeout: '30' });
    await queue.send('one');
    assert.deepEqual(await queue.bodies(), ['one']);
    await clock.advance(29_999);
    assert.deepEqual(await queue.bodies(), []);
    await clock.advance(1);
    const [again] = await queue.receive({ AttributeNames: ['ApproximateReceiveCount'] });
    assert.equal(again?.Attributes?.['ApproximateReceiveCount'], '2');
  });

  it('forgets a message that was deleted', async () => {
    const { clock, call, create } = await start();
    const queue = await create('orders');
    await queue.send('one');
    const [message] = await queue.receive();
    await call('DeleteMessage', {
      QueueUrl: queue.QueueUrl,
      ReceiptHandle: message?.ReceiptHandle,
    });
    await clock.advance(60_000);
    assert.deepEqual(await queue.bodies(), []);
  });

  it('wakes a waiting receiver when a message arrives', async () => {
    const { clock, create } = await start();
    const queue = await create('orders');
    const waiting = queue.bodies({ WaitTimeSeconds: 20 });
    await clock.advance(5000);
    await queue.send('late');
    assert.deepEqual(await waiting, ['late']);
  });

  it('wakes a waiting receiver when messages are made visible, one or in a batch', async () => {
    const { clock, call, create } = await start();
    const queue = await create('orders');
    const { QueueUrl } = queue;
    await queue.send('back');
    for (const operation of ['ChangeMessageVisibility', 'ChangeMessageVisibilityBatch']) {
      const [message] = await queue.receive({ VisibilityTimeout: 30 });
      const waiting = queue.bodies({ WaitTimeSeconds: 20, VisibilityTimeout: 0 });
      await clock.advance(1000);
      const change = { ReceiptHandle: message?.ReceiptHandle, VisibilityTimeout: 0 };
      const isBatch = operation.endsWith('Batch');
      await call(operation, {
        QueueUrl,
        ...(isBatch ? { Entries: [{ Id: '1', ...change }] } : change),
      });
      assert.deepEqual(await waiting, ['back'], operation);
    }
  });

  it('answers a waiting receiver with nothing when the wait is over', async () => {
    const { clock, create } = await start();
    const queue = await create('orders');
    const waiting = queue.bodies({ WaitTimeSeconds: 20 });
    await clock.advance(20_000);
    assert.deepEqual(await waiting, []);
  });

  it('shows a delayed message once its delay is over', async () => {
    const { clock, create } = await start();
    const queue = await create('orders');
    await queue.send('later', { DelaySeconds: 900 });
    await clock.advance(899_999);
    assert.deepEqual(await queue.bodies(), []);
    await clock.advance(1);
    assert.deepEqual(await queue.bodies(), ['later']);
  });

  it('hides a message for twelve hours at the most from when it was received', async () => {
    const { clock, create, call } = await start();
    const { QueueUrl, send, receive } = await create('orders', { VisibilityTimeout: '43200' });
    await send('slow');
    const [message] = await receive();
    const hide = (VisibilityTimeout: number) =>
      call('ChangeMessageVisibility', {
        QueueUrl,
        ReceiptHandle: message?.ReceiptHandle,
        VisibilityTimeout,
      });
    await hide(43_200);
    await clock.advance(3_600_000);
    await hide(39_600);
    await assert.rejects(
      hide(39_601),
      fails(
        'InvalidParameterValue',
        'Value 39601 for parameter VisibilityTimeout is invalid. Reason: Total VisibilityTimeout for the message is beyond the limit [43200 seconds]',
      ),
    );
    await hide(0);
    const [again] = await receive();
    assert.equal(again?.Body, 'slow');
  });

  it('moves a message to the dead-letter queue after maxReceiveCount receives', async () => {
    const { clock, create } = await start();
    const dead = await create('dead');
    const RedrivePolicy = JSON.stringify({
      deadLetterTargetArn: `arn:aws:sqs:us-east-1:${ACCOUNT}:dead`,
      maxReceiveCount: 2,
    });
    const queue = await create('orders', { RedrivePolicy, VisibilityTimeout: '1' });
    await queue.send('poison');
    for (let receive = 0; receive < 2; receive++) {
      assert.deepEqual(await queue.bodies(), ['poison']);
      await clock.advance(1000);
    }
    assert.deepEqual(await queue.bodies(), []);
    const [message] = await dead.receive({ AttributeNames: ['All'] });
    assert.equal(
      message?.Attributes?.['DeadLetterQueueSourceArn'],
      `arn:aws:sqs:us-east-1:${ACCOUNT}:orders`,
    );
  });

  it('takes a body of exactly the maximum size and refuses one byte more', async () => {
    const { create } = await start();
    const queue = await create('orders', { MaximumMessageSize: '1024' });
    await queue.send('x'.repeat(1024));
    // Recorded in test_send_message_with_updated_maximum_message_size.
    await assert.rejects(
      queue.send('x'.repeat(1025)),
      fails(
        'InvalidParameterValue',
        'One or more parameters are invalid. Reason: Message must be shorter than 1024 bytes.',
      ),
    );
  });

  it('refuses what is out of its range, in the recorded words', async () => {
    const { create } = await start();
    const queue = await create('orders');
    await assert.rejects(
      queue.receive({ MaxNumberOfMessages: 11 }),
      fails(
        'InvalidParameterValue',
        'Value 11 for parameter MaxNumberOfMessages is invalid. Reason: Must be between 1 and 10, if provided.',
      ),
    );
    await assert.rejects(
      queue.receive({ WaitTimeSeconds: 21 }),
      fails(
        'InvalidParameterValue',
        'Value 21 for parameter WaitTimeSeconds is invalid. Reason: Must be >= 0 and <= 20, if provided.',
      ),
    );
    await assert.rejects(
      queue.send(''),
      fails('MissingParameter', 'The request must contain the parameter MessageBody.'),
    );
  });

  it('forgets messages past their retention', async () => {
    const { clock, create } = await start();
    const queue = await create('orders', { MessageRetentionPeriod: '60' });
    await queue.send('old');
    await clock.advance(60_000);
    assert.deepEqual(await queue.bodies(), []);
  });

  it('answers the MD5 of attributes that AWS computes', async () => {
    const { create } = await start();
    const queue = await create('orders');
    // Recorded in test_receive_message_message_system_attribute_names_filters.
    const sent = await queue.send('msg', {
      MessageAttributes: { Foo: { DataType: 'String', StringValue: 'Bar' } },
    });
    assert.equal(sent.MD5OfMessageBody, '6e2baaf3b97dbeef01c0043275f9a0e7');
    const [message] = await queue.receive({ MessageAttributeNames: ['All'] });
    assert.equal(message?.MD5OfMessageAttributes, sent.MD5OfMessageAttributes);
  });
});

describe('a FIFO queue', () => {
  const FIFO = { FifoQueue: 'true', ContentBasedDeduplication: 'true' };

  it('keeps the order of a group, and other groups are not held up by it', async () => {
    const { create } = await start();
    const queue = await create('orders.fifo', FIFO);
    for (const [body, group] of [
      ['a1', 'a'],
      ['a2', 'a'],
      ['b1', 'b'],
    ] as const) {
      await queue.send(body, { MessageGroupId: group });
    }
    assert.deepEqual(await queue.bodies({ MaxNumberOfMessages: 1 }), ['a1']);
    assert.deepEqual(await queue.bodies(), ['b1']);
  });

  it('goes on with a group once its first message is deleted', async () => {
    const { call, create } = await start();
    const queue = await create('orders.fifo', FIFO);
    for (const body of ['1', '2']) await queue.send(body, { MessageGroupId: 'a' });
    const [first] = await queue.receive({ MaxNumberOfMessages: 1 });
    assert.deepEqual(await queue.bodies(), []);
    await call('DeleteMessage', { QueueUrl: queue.QueueUrl, ReceiptHandle: first?.ReceiptHandle });
    assert.deepEqual(await queue.bodies(), ['2']);
  });

  it('takes the same deduplication id once in five minutes', async () => {
    const { clock, create } = await start();
    const queue = await create('orders.fifo', FIFO);
    const first = await queue.send('same', { MessageGroupId: 'a' });
    const second = await queue.send('same', { MessageGroupId: 'a' });
    assert.equal(second.MessageId, first.MessageId);
    assert.equal(second.SequenceNumber, first.SequenceNumber);
    await clock.advance(5 * 60_000);
    const third = await queue.send('same', { MessageGroupId: 'a' });
    assert.notEqual(third.MessageId, first.MessageId);
  });

  it('refuses to delete by a receipt whose time is over', async () => {
    const { clock, call, create } = await start();
    const queue = await create('orders.fifo', { ...FIFO, VisibilityTimeout: '1' });
    await queue.send('one', { MessageGroupId: 'a' });
    const [message] = await queue.receive();
    await clock.advance(1000);
    // Recorded in test_fifo_delete_after_visibility_timeout.
    await assert.rejects(
      call('DeleteMessage', { QueueUrl: queue.QueueUrl, ReceiptHandle: message?.ReceiptHandle }),
      fails('InvalidParameterValue', /Reason: The receipt handle has expired\.$/),
    );
  });

  it('wants a group and a deduplication id', async () => {
    const { create } = await start();
    const queue = await create('orders.fifo', { FifoQueue: 'true' });
    await assert.rejects(
      queue.send('one', { MessageDeduplicationId: '1' }),
      fails('MissingParameter', 'The request must contain the parameter MessageGroupId.'),
    );
    await assert.rejects(
      queue.send('one', { MessageGroupId: 'a' }),
      fails('InvalidParameterValue', /ContentBasedDeduplication enabled/),
    );
  });
});

describe('a FIFO queue with waiting receivers', () => {
  const FIFO = { FifoQueue: 'true', ContentBasedDeduplication: 'true' };

  it('gives them the next of a group at once when the one before is deleted', async () => {
    const { clock, call, create } = await start();
    const queue = await create('orders.fifo', FIFO);
    for (const body of ['1', '2']) await queue.send(body, { MessageGroupId: 'a' });
    const [first] = await queue.receive({ MaxNumberOfMessages: 1 });
    const waiting = queue.bodies({ WaitTimeSeconds: 20 });
    await clock.advance(1000);
    const { QueueUrl } = queue;
    await call('DeleteMessage', { QueueUrl, ReceiptHandle: first?.ReceiptHandle });
    assert.deepEqual(await waiting, ['2']);
  });

  it('gives them the next of a group at once when a batch deletes the one before', async () => {
    const { clock, call, create } = await start();
    const queue = await create('orders.fifo', FIFO);
    for (const body of ['1', '2']) await queue.send(body, { MessageGroupId: 'a' });
    const [first] = await queue.receive({ MaxNumberOfMessages: 1 });
    const waiting = queue.bodies({ WaitTimeSeconds: 20 });
    await clock.advance(1000);
    const Entries = [{ Id: 'one', ReceiptHandle: first?.ReceiptHandle }];
    const answer = await call<object>('DeleteMessageBatch', { QueueUrl: queue.QueueUrl, Entries });
    // Recorded: a list without entries is left out.
    assert.deepEqual(Object.keys(answer), ['Successful']);
    assert.deepEqual(await waiting, ['2']);
  });
});

describe('creating a queue', () => {
  it('answers the same URL for the same attributes, and refuses others', async () => {
    const { create } = await start();
    const first = await create('orders', { DelaySeconds: '1' });
    assert.equal((await create('orders', { DelaySeconds: '1' })).QueueUrl, first.QueueUrl);
    // Recorded in test_create_queue_with_different_attributes_raises_exception.
    await assert.rejects(
      create('orders', { DelaySeconds: '2' }),
      fails(
        'QueueNameExists',
        'A queue already exists with the same name and a different value for attribute DelaySeconds',
      ),
    );
  });

  it('refuses attributes of FIFO queues on a standard one', async () => {
    const { create } = await start();
    // Recorded in test_create_standard_queue_with_fifo_attribute_raises_error.
    await assert.rejects(
      create('orders', { DeduplicationScope: 'queue' }),
      fails(
        'InvalidAttributeName',
        'You can specify the DeduplicationScope only when FifoQueue is set to true.',
      ),
    );
    await assert.rejects(
      create('orders', { ContentBasedDeduplication: 'true' }),
      fails('InvalidAttributeName', 'Unknown Attribute ContentBasedDeduplication.'),
    );
  });
});

describe('a delivery to a FIFO queue', () => {
  it('wants a group, and an id unless the queue takes the content for it', async () => {
    const { database, sqs, create } = await start();
    for (const [name, ContentBasedDeduplication, options, expected] of [
      ['a.fifo', 'true', {}, 'unsupported'],
      ['b.fifo', 'true', { messageGroupId: 'g' }, 'deliverable'],
      ['c.fifo', 'false', { messageGroupId: 'g' }, 'unsupported'],
      ['d.fifo', 'false', { messageGroupId: 'g', deduplicationId: '1' }, 'deliverable'],
      ['e.fifo', 'false', { deduplicationId: '1' }, 'unsupported'],
    ] as const) {
      const queue = await create(name, { FifoQueue: 'true', ContentBasedDeduplication });
      const delivery = {
        targetArn: `arn:aws:sqs:us-east-1:${ACCOUNT}:${name}`,
        sourceArn: 'arn:aws:events:us-east-1:111111111111:rule/r',
        sourceService: 'events.amazonaws.com',
        sourceAccountId: ACCOUNT,
        payload: utf8('{}'),
        options,
      };
      const found = await database.transact((tx) => sqs.deliverer.deliver(delivery, tx));
      assert.equal(found, expected, name);
      assert.deepEqual(await queue.bodies(), expected === 'deliverable' ? ['{}'] : [], name);
    }
  });
});

describe('a delivery from another service', () => {
  it('is in the queue once its transaction is committed, and not when it failed', async () => {
    const { database, sqs, create } = await start();
    const queue = await create('events');
    const delivery = {
      targetArn: `arn:aws:sqs:us-east-1:${ACCOUNT}:events`,
      sourceArn: 'arn:aws:s3:::pictures',
      sourceService: 's3.amazonaws.com',
      sourceAccountId: ACCOUNT,
      payload: utf8('{}'),
    };
    const failing = database.transact(async (tx) => {
      await sqs.deliverer.deliver(delivery, tx);
      throw new Error('rolled back');
    });
    await assert.rejects(failing, /rolled back/);
    assert.deepEqual(await queue.bodies(), []);
    assert.equal(
      await database.transact((tx) => sqs.deliverer.deliver(delivery, tx)),
      'deliverable',
    );
    assert.deepEqual(await queue.bodies(), ['{}']);
  });
});
