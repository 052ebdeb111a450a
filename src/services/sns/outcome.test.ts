import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { ACCOUNT, fails, openHarness, QUEUE, TOPIC } from './harness.test.ts';

const GROUP = `sns/us-east-1/${ACCOUNT}/topic`;

describe('what became of a notification', () => {
  // Recorded of a function in test_delivery_lambda.
  it('is logged where the topic asks for it, failures in a group of their own', async () => {
    const harness = await openHarness();
    await harness.subscribed();
    const set = (AttributeName: string, AttributeValue: string) =>
      harness.call('SetTopicAttributes', { TopicArn: TOPIC, AttributeName, AttributeValue });
    const publish = () => harness.call('Publish', { TopicArn: TOPIC, Message: 'hello' });
    await publish();
    assert.equal(harness.lines.length, 0);
    await set('SQSSuccessFeedbackRoleArn', 'arn:aws:iam::111111111111:role/r');
    await set('SQSFailureFeedbackRoleArn', 'arn:aws:iam::111111111111:role/r');
    await set('LambdaSuccessFeedbackRoleArn', 'arn:aws:iam::111111111111:role/r');
    const { MessageId } = await publish();
    harness.answers.set(QUEUE, 'missing');
    await publish();
    assert.deepEqual(
      harness.lines.map(({ logGroup }) => logGroup),
      [GROUP, `${GROUP}/Failure`],
    );
    const { notification, delivery, status } = JSON.parse(harness.lines[0]?.line ?? '');
    assert.equal(status, 'SUCCESS');
    assert.equal(notification.messageId, MessageId);
    assert.equal(notification.messageMD5Sum, '5d41402abc4b2a76b9719d911017c592');
    assert.equal(notification.topicArn, TOPIC);
    assert.deepEqual([delivery.destination, delivery.statusCode], [QUEUE, 200]);
  });

  it('is sampled where it succeeded', async () => {
    const harness = await openHarness();
    await harness.subscribed();
    for (const [AttributeName, AttributeValue] of [
      ['SQSSuccessFeedbackRoleArn', 'arn:aws:iam::111111111111:role/r'],
      ['SQSSuccessFeedbackSampleRate', '50'],
    ] as const) {
      await harness.call('SetTopicAttributes', { TopicArn: TOPIC, AttributeName, AttributeValue });
    }
    for (let index = 0; index < 100; index++) {
      await harness.call('Publish', { TopicArn: TOPIC, Message: 'm' });
    }
    assert.ok(harness.lines.length > 25 && harness.lines.length < 75, `${harness.lines.length}`);
  });
});

describe('bad input', () => {
  it('in the ids of a FIFO topic, is refused; 128 characters are taken', async () => {
    const { call } = await openHarness();
    await call('CreateTopic', { Name: 'topic.fifo', Attributes: { FifoTopic: 'true' } });
    const publish = (ids: object) =>
      call('Publish', {
        TopicArn: `${TOPIC}.fifo`,
        Message: 'm',
        MessageGroupId: 'g',
        MessageDeduplicationId: 'd',
        ...ids,
      });
    await publish({ MessageGroupId: '~'.repeat(128) });
    for (const name of ['MessageGroupId', 'MessageDeduplicationId']) {
      for (const value of ['', 'a b', 'a'.repeat(129)]) {
        await assert.rejects(
          publish({ [name]: value }),
          fails(
            'InvalidParameter',
            `Invalid parameter: ${name} Reason: ${name} can only include alphanumeric and punctuation characters. 1 to 128 in length.`,
          ),
        );
      }
    }
  });

  it('in the attributes of a standard topic, is refused', async () => {
    const { call } = await openHarness();
    const Attributes = { ContentBasedDeduplication: 'true' };
    await assert.rejects(
      call('CreateTopic', { Name: 'topic', Attributes }),
      fails(
        'InvalidParameter',
        'Invalid parameter: Attributes Reason: Content-based deduplication can only be set for FIFO topics',
      ),
    );
  });

  it('of more attributes than a queue takes raw, is a dead letter', async () => {
    const harness = await openHarness();
    const deadLetterTargetArn = `${QUEUE}-dead`;
    await harness.subscribed({
      RawMessageDelivery: 'true',
      RedrivePolicy: JSON.stringify({ deadLetterTargetArn }),
    });
    const attributes = (count: number) =>
      Object.fromEntries(
        Array.from({ length: count }, (_, index) => [
          `a${index}`,
          { DataType: 'String', StringValue: 'v' },
        ]),
      );
    for (const count of [10, 11]) {
      const MessageAttributes = attributes(count);
      await harness.call('Publish', { TopicArn: TOPIC, Message: 'm', MessageAttributes });
    }
    const targets = harness.deliveries.map(({ targetArn }) => targetArn);
    assert.deepEqual(targets, [QUEUE, deadLetterTargetArn]);
  });
});

describe('a topic', () => {
  // Recorded in test_cross_region_access.
  it('is out of reach from another Region', async () => {
    const { call } = await openHarness();
    const TopicArn = TOPIC.replace('us-east-1', 'eu-west-1');
    const refused = fails('InvalidParameter', 'Invalid parameter: TopicArn');
    await assert.rejects(call('Publish', { TopicArn, Message: 'm' }), refused);
    await assert.rejects(call('GetTopicAttributes', { TopicArn }), refused);
    await assert.rejects(call('DeleteTopic', { TopicArn }), refused);
  });

  // Recorded in test_delete_subscriptions_on_delete_topic.
  it('leaves its subscriptions to be told of, but they receive nothing from the next of its name', async () => {
    const harness = await openHarness();
    const SubscriptionArn = await harness.subscribed();
    await harness.call('DeleteTopic', { TopicArn: TOPIC });
    const found = await harness.call('GetSubscriptionAttributes', { SubscriptionArn });
    assert.equal(found.Attributes?.['TopicArn'], TOPIC);
    assert.deepEqual((await harness.call('ListSubscriptions', {})).Subscriptions, []);
    await harness.call('CreateTopic', { Name: 'topic' });
    await harness.call('Publish', { TopicArn: TOPIC, Message: 'm' });
    assert.deepEqual(harness.bodies(), []);
    assert.notEqual(await harness.subscribed(), SubscriptionArn);
    await harness.clock.advance(3 * 86_400_000);
    await harness.call('DeleteTopic', { TopicArn: `${TOPIC}-other` });
    await assert.rejects(
      harness.call('GetSubscriptionAttributes', { SubscriptionArn }),
      fails('NotFound', 'Subscription does not exist'),
    );
  });
});
