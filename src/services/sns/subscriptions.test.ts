import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { ACCOUNT, fails, openHarness, QUEUE, TOPIC } from './harness.test.ts';

describe('a filter policy', () => {
  it('lets through what its attributes match', async () => {
    const { call, subscribed, bodies } = await openHarness();
    const FilterPolicy = '{"price":[{"numeric":[">",10]}],"kind":["a",{"prefix":"b-"}]}';
    await subscribed({ FilterPolicy, RawMessageDelivery: 'true' });
    const publish = (Message: string, price: string, kind: string, DataType = 'String') =>
      call('Publish', {
        TopicArn: TOPIC,
        Message,
        MessageAttributes: {
          price: { DataType: 'Number', StringValue: price },
          kind: { DataType, StringValue: kind },
        },
      });
    await publish('1', '10', 'a');
    await publish('2', '10.01', 'a');
    await publish('3', '11', 'b-x');
    await publish('4', '11', 'c');
    await publish('5', '11', '["x","a"]', 'String.Array');
    await publish('6', '11', '["x"]', 'String.Array');
    await call('Publish', { TopicArn: TOPIC, Message: '7' });
    assert.deepEqual(bodies(), ['2', '3', '5']);
  });

  it('lets through what its body matches, and nothing that is no JSON', async () => {
    const { call, subscribed, bodies } = await openHarness();
    const FilterPolicy = '{"object":{"key":[{"prefix":"auto-"}]}}';
    await subscribed({
      FilterPolicy,
      FilterPolicyScope: 'MessageBody',
      RawMessageDelivery: 'true',
    });
    const match = '{"object":{"key":"auto-1"}}';
    for (const Message of [match, '{"object":{"key":"man-1"}}', 'auto-1', '[1]']) {
      await call('Publish', { TopicArn: TOPIC, Message });
    }
    assert.deepEqual(bodies(), [match]);
  });

  // Recorded: sns_filter_policy, and test_subscribe_invalid_filter_policy.
  it('is refused in AWS’s words', async () => {
    const { subscribed } = await openHarness();
    const values = (count: number) => Array.from({ length: count }, (_, index) => `v${index}`);
    const keys = (count: number) => Object.fromEntries(values(count).map((key) => [key, ['v']]));
    const reasons: readonly (readonly [unknown, string])[] = [
      [keys(6), 'Attributes Reason: FilterPolicy: Filter policy can not have more than 5 keys'],
      [{ k: values(151) }, 'Attributes Reason: FilterPolicy: Filter policy is too complex'],
      [
        { a: values(15), b: values(11) },
        'Attributes Reason: FilterPolicy: Filter policy is too complex',
      ],
      [
        { object: { key: ['x'] } },
        'Filter policy scope MessageAttributes does not support nested filter policy',
      ],
      [
        { key: [] },
        'Attributes Reason: FilterPolicy: Empty arrays are not allowed\n at [Source: (String)"{"key":[]}"; line: 1, column: 10]',
      ],
    ];
    for (const [policy, reason] of reasons) {
      await assert.rejects(
        subscribed({ FilterPolicy: JSON.stringify(policy) }),
        fails('InvalidParameter', `Invalid parameter: ${reason}`),
      );
    }
    await assert.rejects(
      subscribed({ FilterPolicy: 'invalid policy' }),
      fails(
        'InvalidParameter',
        "Invalid parameter: Attributes Reason: FilterPolicy: failed to parse JSON. Unrecognized token 'invalid': was expecting (JSON String, Number, Array, Object or token 'null', 'true' or 'false')\n at [Source: REDACTED (`StreamReadFeature.INCLUDE_SOURCE_IN_LOCATION` disabled); line: 1, column: 8]",
      ),
    );
    await subscribed({ FilterPolicy: JSON.stringify({ a: values(15), b: values(10) }) });
  });
});

describe('a subscription', () => {
  // Recorded: test_publish_sqs_from_sns.
  it('is described with its defaults and what was set', async () => {
    const { call, subscribed } = await openHarness();
    const SubscriptionArn = await subscribed();
    const set = (AttributeName: string, AttributeValue: string) =>
      call('SetSubscriptionAttributes', { SubscriptionArn, AttributeName, AttributeValue });
    const described = {
      ConfirmationWasAuthenticated: 'true',
      Endpoint: QUEUE,
      Owner: ACCOUNT,
      PendingConfirmation: 'false',
      Protocol: 'sqs',
      RawMessageDelivery: 'false',
      SubscriptionArn,
      SubscriptionPrincipal: `arn:aws:iam::${ACCOUNT}:root`,
      TopicArn: TOPIC,
    };
    const get = () => call('GetSubscriptionAttributes', { SubscriptionArn });
    assert.deepEqual(await get(), { Attributes: described });
    await set('RawMessageDelivery', 'true');
    await set('FilterPolicy', '{"a":["b"]}');
    assert.deepEqual(await get(), {
      Attributes: {
        ...described,
        RawMessageDelivery: 'true',
        FilterPolicy: '{"a":["b"]}',
        FilterPolicyScope: 'MessageAttributes',
      },
    });
    await set('FilterPolicy', '');
    await set('RawMessageDelivery', 'false');
    assert.deepEqual(await get(), { Attributes: described });
    await assert.rejects(
      set('Other', 'x'),
      fails('InvalidParameter', 'Invalid parameter: AttributeName'),
    );
  });

  it('with a policy over bodies, wants no body that is no JSON object', async () => {
    const { call, bodies, subscribed } = await openHarness();
    await subscribed({
      FilterPolicy: '{"absent":[{"exists":false}]}',
      FilterPolicyScope: 'MessageBody',
      RawMessageDelivery: 'true',
    });
    for (const Message of ['text', '["a"]', '1', '{"present":1}']) {
      await call('Publish', { TopicArn: TOPIC, Message });
    }
    assert.deepEqual(bodies(), ['{"present":1}']);
  });

  it('is answered again where it is there already, unless it differs', async () => {
    const { subscribed } = await openHarness();
    const first = await subscribed({ RawMessageDelivery: 'true' });
    assert.equal(await subscribed({ RawMessageDelivery: 'true' }), first);
    await assert.rejects(
      subscribed({ RawMessageDelivery: 'false' }),
      fails(
        'InvalidParameter',
        'Invalid parameter: Attributes Reason: Subscription already exists with different attributes',
      ),
    );
  });

  // Recorded: test_subscribe_with_invalid_protocol, test_subscribe_to_sqs_with_queue_url, test_subscribe_bad_sms.
  it('is refused where its endpoint is none of its protocol', async () => {
    const { subscribed } = await openHarness();
    const refusals = [
      [
        'test-protocol',
        'x',
        'Invalid parameter: Amazon SNS does not support this protocol string: test-protocol',
      ],
      ['sqs', 'http://localhost/queue', 'Invalid parameter: SQS endpoint ARN'],
      [
        'http',
        'https://example.com',
        'Invalid parameter: Endpoint must match the specified protocol',
      ],
      ['sms', 'invalid-number', 'Invalid SMS endpoint: invalid-number'],
      ['sms', '+15--551234567', 'Invalid SMS endpoint: +15--551234567'],
      ['sms', '+15551234567.', 'Invalid SMS endpoint: +15551234567.'],
      ['application', QUEUE, 'Invalid parameter: Application endpoint ARN'],
      ['firehose', QUEUE, 'Invalid parameter: Firehose ARN'],
      [
        'sqs',
        `${QUEUE}.fifo`,
        'Invalid parameter: Invalid parameter: Endpoint Reason: FIFO SQS Queues can not be subscribed to standard SNS topics',
      ],
    ] as const;
    for (const [Protocol, Endpoint, message] of refusals) {
      await assert.rejects(
        subscribed({}, { Protocol, Endpoint }),
        fails('InvalidParameter', message),
      );
    }
    for (const number of ['+123123123', '+15/55-123.4567']) {
      await subscribed({}, { Protocol: 'sms', Endpoint: number });
    }
  });

  // Recorded: test_http_subscription_response, test_sns_confirm_subscription_wrong_token.
  it('waits for its confirmation where its endpoint is outside', async () => {
    const { call, subscribed, database } = await openHarness();
    const web = { Protocol: 'http', Endpoint: 'http://example.com/' };
    assert.equal(await subscribed({}, web), 'pending confirmation');
    const arn = await subscribed({}, { ...web, ReturnSubscriptionArn: true });
    assert.match(arn, new RegExp(`^${TOPIC}:`));
    const confirm = (Token: string) => call('ConfirmSubscription', { TopicArn: TOPIC, Token });
    await assert.rejects(confirm('randomtoken'), fails('InvalidParameter', 'Invalid token'));
    await assert.rejects(
      confirm('0'.repeat(192)),
      fails('InvalidParameter', 'Invalid parameter: Token'),
    );
    const pending = await call('ListSubscriptionsByTopic', { TopicArn: TOPIC });
    assert.equal(pending.Subscriptions?.[0]?.SubscriptionArn, 'PendingConfirmation');
    const row = await database.read((queries) =>
      queries.get<{ body: string }>('SELECT body FROM sns_subscriptions'),
    );
    const { token } = JSON.parse(row?.body ?? '') as { token: string };
    assert.deepEqual(await confirm(token), { SubscriptionArn: arn });
    const listed = await call('ListSubscriptions', {});
    assert.equal(listed.Subscriptions?.[0]?.SubscriptionArn, arn);
  });

  // Recorded: test_unsubscribe_wrong_arn_format, test_unsubscribe_idempotency.
  it('ends once or twice, but only by its ARN', async () => {
    const { call, subscribed, bodies } = await openHarness();
    const SubscriptionArn = await subscribed();
    await call('Unsubscribe', { SubscriptionArn });
    await call('Unsubscribe', { SubscriptionArn });
    await call('Publish', { TopicArn: TOPIC, Message: 'x' });
    assert.deepEqual(bodies(), []);
    const refusals = [
      ['randomstring', 'SubscriptionArn Reason: An ARN must have at least 6 elements, not 1'],
      [
        'arn:aws:sns:us-east-1:1',
        'SubscriptionArn Reason: An ARN must have at least 6 elements, not 5',
      ],
      [TOPIC, 'SubscriptionId'],
      ['', 'SubscriptionArn Reason: no value for required parameter'],
    ] as const;
    for (const [arn, detail] of refusals) {
      await assert.rejects(
        call('Unsubscribe', { SubscriptionArn: arn }),
        fails('InvalidParameter', `Invalid parameter: ${detail}`),
      );
    }
  });
});

describe('a topic', () => {
  it('is refused a display name with control characters', async () => {
    const { call } = await openHarness();
    await assert.rejects(
      call('CreateTopic', { Name: 'topic', Attributes: { DisplayName: 'a\u0000' } }),
      fails(
        'InvalidParameter',
        'Invalid parameter: Attributes Reason: Invalid value for DisplayName',
      ),
    );
    await call('CreateTopic', { Name: 'topic', Attributes: { DisplayName: 'Zoë 😀' } });
  });

  it('is refused attributes named as what every object has, as text messages are', async () => {
    const { call } = await openHarness();
    for (const name of ['__proto__', 'constructor', 'toString']) {
      const attributes = JSON.parse(`{"${name}":"1"}`) as Record<string, string>;
      await assert.rejects(
        call('CreateTopic', { Name: 'topic', Attributes: attributes }),
        fails(
          'InvalidParameter',
          `Invalid parameter: Attributes Reason: Unknown attribute ${name}`,
        ),
      );
      await assert.rejects(call('SetSMSAttributes', { attributes }), /is not a valid attribute/);
    }
  });

  // Recorded: test_create_topic_test_arn.
  it('is described with AWS’s defaults', async () => {
    const { call, subscribed } = await openHarness();
    await subscribed();
    const { Attributes = {} } = await call('GetTopicAttributes', { TopicArn: TOPIC });
    const { Policy = '', EffectiveDeliveryPolicy = '', ...plain } = Attributes;
    assert.deepEqual(plain, {
      DisplayName: '',
      Owner: ACCOUNT,
      SubscriptionsConfirmed: '1',
      SubscriptionsDeleted: '0',
      SubscriptionsPending: '0',
      TopicArn: TOPIC,
    });
    const { Statement } = JSON.parse(Policy) as { Statement: Record<string, unknown>[] };
    assert.equal(Statement[0]?.['Sid'], '__default_statement_ID');
    const { http } = JSON.parse(EffectiveDeliveryPolicy) as { http: Record<string, unknown> };
    assert.deepEqual(http['defaultRequestPolicy'], {
      headerContentType: 'text/plain; charset=UTF-8',
    });
  });

  // Recorded: test_create_duplicate_topic_with_more_tags, test_create_topic_different_attrs, test_topic_get_attributes_with_fifo_false.
  it('is made once, and stays what it was made', async () => {
    const { call } = await openHarness();
    const Tags = [{ Key: 'k', Value: 'v' }];
    const make = (more: object) => call('CreateTopic', { Name: 'topic', ...more });
    const made = await make({ Tags, Attributes: { DisplayName: 'd' } });
    assert.deepEqual(await make({}), made);
    assert.deepEqual(await make({ Tags }), made);
    const refusals = [
      [
        { Tags: [{ Key: 'x', Value: 'y' }] },
        'Tags Reason: Topic already exists with different tags',
      ],
      [
        { Attributes: { DisplayName: 'e' } },
        'Attributes Reason: Topic already exists with different attributes',
      ],
      [{ Name: '' }, 'Topic Name'],
      [{ Name: 'a.fifo' }, 'Topic Name'],
      [{ Name: 'a'.repeat(257) }, 'Topic Name'],
      [{ Name: 't', Tags: [...Tags, ...Tags] }, 'Duplicated keys are not allowed.'],
    ] as const;
    for (const [more, detail] of refusals) {
      await assert.rejects(make(more), fails('InvalidParameter', `Invalid parameter: ${detail}`));
    }
    await make({ Name: 'a'.repeat(256) });
    await assert.rejects(
      call('SetTopicAttributes', {
        TopicArn: TOPIC,
        AttributeName: 'FifoTopic',
        AttributeValue: 'false',
      }),
      fails('InvalidParameter', 'Invalid parameter: AttributeName'),
    );
    await call('DeleteTopic', { TopicArn: TOPIC });
    await assert.rejects(
      call('GetTopicAttributes', { TopicArn: TOPIC }),
      fails('NotFound', 'Topic does not exist'),
    );
  });

  // Recorded: test_add_permission_errors, test_tags.
  it('has statements by label, and tags', async () => {
    const { call } = await openHarness();
    await call('CreateTopic', { Name: 'topic' });
    const add = (Label: string, ActionName: string[]) =>
      call('AddPermission', { TopicArn: TOPIC, Label, AWSAccountId: [ACCOUNT], ActionName });
    await add('label', ['Publish']);
    await assert.rejects(
      add('label', ['Publish']),
      fails('InvalidParameter', 'Invalid parameter: Statement already exists'),
    );
    await assert.rejects(
      add('other', ['Invalid']),
      fails('InvalidParameter', 'Invalid parameter: Policy statement action out of service scope!'),
    );
    const sids = async () => {
      const { Attributes } = await call('GetTopicAttributes', { TopicArn: TOPIC });
      const policy = JSON.parse(Attributes?.['Policy'] ?? '') as { Statement: { Sid: string }[] };
      return policy.Statement.map(({ Sid }) => Sid);
    };
    assert.deepEqual(await sids(), ['__default_statement_ID', 'label']);
    await call('RemovePermission', { TopicArn: TOPIC, Label: 'label' });
    assert.deepEqual(await sids(), ['__default_statement_ID']);
    const ResourceArn = TOPIC;
    await call('TagResource', {
      ResourceArn,
      Tags: [
        { Key: 'a', Value: '1' },
        { Key: 'b', Value: '2' },
      ],
    });
    await call('UntagResource', { ResourceArn, TagKeys: ['a'] });
    const { Tags } = await call('ListTagsForResource', { ResourceArn });
    assert.deepEqual(Tags, [{ Key: 'b', Value: '2' }]);
  });
});
