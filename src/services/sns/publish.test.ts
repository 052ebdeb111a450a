import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { utf8 } from '#kernel/bytes.ts';
import { ACCOUNT, fails, FUNCTION, openHarness, QUEUE, TOPIC } from './harness.test.ts';
import { MESSAGE_BYTES_MAX } from './limits.ts';

const DEAD_LETTERS = `arn:aws:sqs:us-east-1:${ACCOUNT}:dead-letters`;
const FIFO_TOPIC = `${TOPIC}.fifo`;
const FIFO_QUEUE = `${QUEUE}.fifo`;
const attr1 = { DataType: 'Number', StringValue: '99.12' };
const bytes = { DataType: 'Binary', BinaryValue: Uint8Array.of(2, 3, 4) };

describe('a notification', () => {
  // Recorded: test_publish_sqs_from_sns, test_message_attributes_not_missing.
  it('reaches a queue in AWS’s envelope, its members in AWS’s order', async () => {
    const { call, subscribed, bodies, deliveries } = await openHarness();
    const subscriptionArn = await subscribed();
    const { MessageId } = await call('Publish', {
      TopicArn: TOPIC,
      Message: 'text',
      Subject: 'greeting',
      MessageAttributes: { attr1, bytes },
    });
    const [body = ''] = bodies();
    const { Signature, SigningCertURL } = JSON.parse(body) as Record<string, string>;
    assert.match(
      SigningCertURL ?? '',
      /^http:\/\/localhost:4566\/SimpleNotificationService-\w+\.pem$/,
    );
    assert.equal(
      body,
      JSON.stringify({
        Type: 'Notification',
        MessageId,
        TopicArn: TOPIC,
        Subject: 'greeting',
        Message: 'text',
        Timestamp: '2026-01-01T00:00:00.000Z',
        SignatureVersion: '1',
        Signature,
        SigningCertURL,
        UnsubscribeURL: `http://localhost:4566/?Action=Unsubscribe&SubscriptionArn=${subscriptionArn}`,
        MessageAttributes: {
          attr1: { Type: 'Number', Value: '99.12' },
          bytes: { Type: 'Binary', Value: 'AgME' },
        },
      }),
    );
    const [delivery] = deliveries;
    assert.equal(delivery?.sourceArn, TOPIC);
    assert.equal(delivery.sourceService, 'sns.amazonaws.com');
  });

  it('reaches a queue raw where asked, its attributes as the queue’s', async () => {
    const { call, subscribed, bodies, deliveries } = await openHarness();
    await subscribed({ RawMessageDelivery: 'true' });
    await call('Publish', {
      TopicArn: TOPIC,
      Message: 'text',
      MessageAttributes: { attr1, bytes },
    });
    assert.deepEqual(bodies(), ['text']);
    assert.deepEqual(deliveries[0]?.options?.attributes, {
      attr1: { type: 'Number', value: '99.12' },
      bytes: { type: 'Binary', value: Uint8Array.of(2, 3, 4) },
    });
  });

  // Recorded: test_publish_lambda_verify_signature, test_sns_topic_as_lambda_dead_letter_queue.
  it('reaches a function as an event', async () => {
    const { call, subscribed, bodies } = await openHarness();
    const EventSubscriptionArn = await subscribed({}, { Protocol: 'lambda', Endpoint: FUNCTION });
    const { MessageId } = await call('Publish', { TopicArn: TOPIC, Message: 'text' });
    const { Records } = JSON.parse(bodies()[0] ?? '') as { Records: Record<string, unknown>[] };
    const [{ Sns, ...record } = {}] = Records;
    assert.deepEqual(record, {
      EventSource: 'aws:sns',
      EventVersion: '1.0',
      EventSubscriptionArn,
    });
    const {
      Signature: _signature,
      SigningCertUrl: _url,
      UnsubscribeUrl: _link,
      ...sns
    } = Sns as Record<string, unknown>;
    assert.deepEqual(sns, {
      Type: 'Notification',
      MessageId,
      TopicArn: TOPIC,
      Subject: null,
      Message: 'text',
      Timestamp: '2026-01-01T00:00:00.000Z',
      SignatureVersion: '1',
      MessageAttributes: {},
    });
  });

  // Recorded: test_redrive_policy_lambda_subscription, test_redrive_policy_sqs_queue_subscription.
  it('goes to the dead-letter queue where its endpoint is gone', async () => {
    const { call, subscribed, deliveries, answers, bodies } = await openHarness();
    const RedrivePolicy = JSON.stringify({ deadLetterTargetArn: DEAD_LETTERS });
    await subscribed({ RedrivePolicy }, { Protocol: 'lambda', Endpoint: FUNCTION });
    answers.set(FUNCTION, 'missing');
    await call('Publish', { TopicArn: TOPIC, Message: 'text' });
    assert.equal(deliveries[0]?.targetArn, DEAD_LETTERS);
    assert.equal((JSON.parse(bodies()[0] ?? '') as { Message: string }).Message, 'text');
  });

  it('differs by protocol where the message says so', async () => {
    const { call, subscribed, bodies } = await openHarness();
    await subscribed({ RawMessageDelivery: 'true' });
    const publish = (Message: unknown) =>
      call('Publish', {
        TopicArn: TOPIC,
        Message: typeof Message === 'string' ? Message : JSON.stringify(Message),
        MessageStructure: 'json',
      });
    await publish({ default: 'all', sqs: 'queue' });
    await publish({ default: 'all', lambda: 'function' });
    assert.deepEqual(bodies(), ['queue', 'all']);
    // Recorded: test_message_structure_json_exc.
    const noDefault =
      'Invalid parameter: Message Structure - No default entry in JSON message body';
    await assert.rejects(publish({ sqs: 'queue' }), fails('InvalidParameter', noDefault));
    await assert.rejects(publish({ default: { a: 1 } }), fails('InvalidParameter', noDefault));
    const notJson = 'Invalid parameter: Message Structure - JSON message body failed to parse';
    await assert.rejects(publish('{"default": '), fails('InvalidParameter', notJson));
  });
});

describe('a FIFO topic', () => {
  async function start(attributes: Record<string, string> = {}) {
    const harness = await openHarness();
    const { call } = harness;
    await call('CreateTopic', {
      Name: 'topic.fifo',
      Attributes: { FifoTopic: 'true', ...attributes },
    });
    for (const Endpoint of [FIFO_QUEUE, QUEUE]) {
      await call('Subscribe', { TopicArn: FIFO_TOPIC, Protocol: 'sqs', Endpoint });
    }
    const publish = (Message: string, more: object = { MessageGroupId: 'g' }) =>
      call('Publish', { TopicArn: FIFO_TOPIC, Message, ...more });
    return { ...harness, publish };
  }

  // Recorded: test_fifo_topic_to_regular_sqs, test_publish_to_fifo_topic_deduplication_on_topic_level.
  it('takes a message once in five minutes, and answers the same again', async () => {
    const { publish, clock, deliveries } = await start({ ContentBasedDeduplication: 'true' });
    const first = await publish('Test');
    await clock.advance(5 * 60_000 - 1);
    assert.deepEqual(await publish('Test'), first);
    assert.equal(deliveries.length, 2);
    await clock.advance(1);
    const second = await publish('Test');
    assert.notEqual(second.MessageId, first.MessageId);
    assert.ok((second.SequenceNumber ?? '') > (first.SequenceNumber ?? ''));
    assert.equal(deliveries.length, 4);
    const byArn = (arn: string) => deliveries.find(({ targetArn }) => targetArn === arn)?.options;
    const deduplicationId = '532eaabd9574880dbf76b9b8cc00832c20a6ec113d682299550d7a6e0f345e25';
    assert.deepEqual(byArn(FIFO_QUEUE), { messageGroupId: 'g', deduplicationId });
    assert.deepEqual(byArn(QUEUE), {});
  });

  it('has no signature in its envelope, but a sequence number', async () => {
    const { publish, bodies } = await start({ ContentBasedDeduplication: 'true' });
    await publish('Test');
    assert.deepEqual(Object.keys(JSON.parse(bodies()[0] ?? '') as object), [
      'Type',
      'MessageId',
      'SequenceNumber',
      'TopicArn',
      'Message',
      'Timestamp',
      'UnsubscribeURL',
    ]);
  });

  // Recorded: test_publish_batch_exceptions.
  it('needs a group, and an id unless it takes the content for it', async () => {
    const { publish } = await start();
    await assert.rejects(
      publish('Test', {}),
      fails(
        'InvalidParameter',
        'Invalid parameter: The MessageGroupId parameter is required for FIFO topics',
      ),
    );
    await assert.rejects(
      publish('Test'),
      fails(
        'InvalidParameter',
        'Invalid parameter: The topic should either have ContentBasedDeduplication enabled or MessageDeduplicationId provided explicitly',
      ),
    );
    await publish('Test', { MessageGroupId: 'g', MessageDeduplicationId: 'd' });
  });
});

describe('Publish', () => {
  it('takes a message up to the limit, and none above', async () => {
    const { call, subscribed } = await openHarness();
    await subscribed();
    const publish = (size: number) =>
      call('Publish', { TopicArn: TOPIC, Message: 'x'.repeat(size) });
    await publish(MESSAGE_BYTES_MAX);
    await assert.rejects(
      publish(MESSAGE_BYTES_MAX + 1),
      fails('InvalidParameter', 'Invalid parameter: Message too long'),
    );
  });

  // Recorded: test_publish_wrong_arn_format, test_publish_with_empty_subject, test_message_attributes_prefixes.
  it('refuses what AWS refuses', async () => {
    const { call, subscribed } = await openHarness();
    await subscribed();
    const bad = { DataType: 'prefixed.String', StringValue: 'x' };
    const refusals = [
      [{ TopicArn: 'topic' }, 'TopicArn Reason: An ARN must have at least 6 elements, not 1'],
      [{ TopicArn: 'a:b' }, 'TopicArn Reason: An ARN must have at least 6 elements, not 2'],
      [{ Subject: '' }, 'Subject'],
      [{ Subject: 'x'.repeat(101) }, 'Subject'],
      [{ Message: '' }, 'Empty message'],
    ] as const;
    for (const [more, detail] of refusals) {
      await assert.rejects(
        call('Publish', { TopicArn: TOPIC, Message: 'x', ...more }),
        fails('InvalidParameter', `Invalid parameter: ${detail}`),
      );
    }
    await assert.rejects(
      call('Publish', { TopicArn: TOPIC, Message: 'x', MessageAttributes: { attr1: bad } }),
      fails(
        'ParameterValueInvalid',
        "The message attribute 'attr1' has an invalid message attribute type, the set of supported type prefixes is Binary, Number, and String.",
      ),
    );
    await assert.rejects(
      call('Publish', { TopicArn: `${TOPIC}2`, Message: 'x' }),
      fails('NotFound', 'Topic does not exist'),
    );
  });

  it('publishes a batch in order, or refuses it whole', async () => {
    const { call, subscribed, bodies } = await openHarness();
    await subscribed({ RawMessageDelivery: 'true' });
    const batch = (entries: readonly { Id: string; Message: string }[]) =>
      call('PublishBatch', { TopicArn: TOPIC, PublishBatchRequestEntries: entries });
    const ids = Array.from({ length: 11 }, (_, index) => ({
      Id: `${index}`,
      Message: `m${index}`,
    }));
    const { Successful, Failed } = await batch(ids.slice(0, 10));
    assert.deepEqual(Failed, []);
    assert.equal(Successful?.length, 10);
    assert.deepEqual(
      bodies(),
      ids.slice(0, 10).map(({ Message }) => Message),
    );
    await assert.rejects(
      batch(ids),
      fails(
        'TooManyEntriesInBatchRequest',
        'The batch request contains more entries than permissible.',
      ),
    );
    await assert.rejects(
      batch([
        { Id: 'a', Message: 'x' },
        { Id: 'a', Message: 'y' },
      ]),
      fails(
        'BatchEntryIdsNotDistinct',
        'Two or more batch entries in the request have the same Id.',
      ),
    );
    await assert.rejects(
      batch([
        { Id: 'a', Message: 'x' },
        { Id: 'b', Message: 'y'.repeat(MESSAGE_BYTES_MAX) },
      ]),
      fails(
        'BatchRequestTooLong',
        'The length of all the messages put together is more than the limit.',
      ),
    );
    assert.equal(bodies().length, 10);
  });
});

describe('a topic as a target', () => {
  it('publishes in the transaction of whoever delivers', async () => {
    const { sns, database, subscribed, bodies } = await openHarness();
    await subscribed();
    const delivery = {
      targetArn: TOPIC,
      sourceArn: 'arn:aws:s3:::bucket',
      sourceService: 's3.amazonaws.com',
      sourceAccountId: ACCOUNT,
      payload: utf8('{"Records":[]}'),
      options: { subject: 'Amazon S3 Notification' },
    };
    const failing = database.transact(async (tx) => {
      assert.equal(await sns.deliverer.deliver(delivery, tx), 'deliverable');
      throw new Error('rolled back');
    });
    await assert.rejects(failing, /rolled back/);
    assert.equal(bodies().length, 0);
    await database.transact((tx) => sns.deliverer.deliver(delivery, tx));
    const { Subject, Message } = JSON.parse(bodies()[0] ?? '') as Record<string, unknown>;
    assert.deepEqual([Subject, Message], ['Amazon S3 Notification', '{"Records":[]}']);
    const missing = { ...delivery, targetArn: `${TOPIC}2` };
    assert.equal(await database.transact((tx) => sns.deliverer.deliver(missing, tx)), 'missing');
  });
});
