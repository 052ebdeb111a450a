/** AWS::SQS::* and AWS::SNS::*. */
import { formatArn } from '#kernel/arn.ts';
import type { Json, JsonObject } from '#kernel/json.ts';
import type { Existing } from '../model.ts';
import {
  answered,
  changeTags,
  gone,
  hasChanged,
  isThere,
  member,
  orAbsent,
  structuresOf,
  without,
} from './shared.ts';
import {
  textOf,
  textsOf,
  words,
  type Made,
  type ResourceType,
  type Work,
} from './resource-type.ts';
import { toText } from '../text.ts';

const FIFO = '.fifo';

/** A name of ours ends as its kind has to. */
function nameOf(work: Work, property: string, lengthMax: number, isFifo: boolean): string {
  const given = textOf(work.properties, property);
  if (given !== undefined) return given;
  return isFifo ? `${work.newName(lengthMax - FIFO.length)}${FIFO}` : work.newName(lengthMax);
}

const QUEUE: ResourceType = {
  properties:
    words(`ContentBasedDeduplication DeduplicationScope DelaySeconds FifoQueue FifoThroughputLimit
    KmsDataKeyReusePeriodSeconds KmsMasterKeyId MaximumMessageSize MessageRetentionPeriod QueueName
    ReceiveMessageWaitTimeSeconds RedriveAllowPolicy RedrivePolicy SqsManagedSseEnabled Tags VisibilityTimeout`),
  replacing: words('FifoQueue QueueName'),
  tags: 'list',
  begun: {
    property: 'QueueName',
    async find(work) {
      const isFifo = textOf(work.properties, 'FifoQueue') === 'true';
      const QueueName = nameOf(work, 'QueueName', 80, isFifo);
      const answer = await orAbsent(work.call('sqs', 'GetQueueUrl', { QueueName }));
      return answer && answered(answer, 'QueueUrl');
    },
  },
  async create(work) {
    const isFifo = textOf(work.properties, 'FifoQueue') === 'true';
    const QueueName = nameOf(work, 'QueueName', 80, isFifo);
    const attributes = without(
      work.properties,
      'QueueName',
      'Tags',
      ...(isFifo ? [] : ['FifoQueue']),
    );
    await work.requireAbsent('QueueName', () =>
      isThere(work.call('sqs', 'GetQueueUrl', { QueueName })),
    );
    const answer = await work.call('sqs', 'CreateQueue', {
      QueueName,
      Attributes: texts(attributes),
      tags: work.properties['Tags'],
    });
    return await queueMade(work, answered(answer, 'QueueUrl'), QueueName);
  },
  async update(work, before) {
    const { physicalId: QueueUrl, attributes } = before;
    const settings = without(work.properties, 'QueueName', 'Tags', 'FifoQueue');
    const dropped = Object.keys(before.properties).filter(
      (name) => name in QUEUE_DEFAULTS && work.properties[name] === undefined,
    );
    const cleared = Object.fromEntries(dropped.map((name) => [name, QUEUE_DEFAULTS[name]]));
    const Attributes = texts({ ...cleared, ...settings });
    if (Object.keys(Attributes).length > 0) {
      await work.call('sqs', 'SetQueueAttributes', { QueueUrl, Attributes });
    }
    await changeTags(work, before, {
      service: 'sqs',
      tag: 'TagQueue',
      untag: 'UntagQueue',
      target: { QueueUrl },
    });
    return { physicalId: QueueUrl, attributes };
  },
  delete: (work, { physicalId: QueueUrl }) => gone(work.call('sqs', 'DeleteQueue', { QueueUrl })),
};

/**
 * What a setting becomes that the template gives up; others stay as they were. CloudFormation's own defaults, not all
 * of them SQS's: recorded in `test_update_fifo_queue_remove_all_properties_except_queuename`.
 */
const QUEUE_DEFAULTS: Readonly<Record<string, string>> = {
  ContentBasedDeduplication: 'false',
  DelaySeconds: '0',
  KmsMasterKeyId: '',
  MaximumMessageSize: '262144',
  MessageRetentionPeriod: '345600',
  ReceiveMessageWaitTimeSeconds: '0',
  RedriveAllowPolicy: '',
  RedrivePolicy: '',
  VisibilityTimeout: '30',
};

async function queueMade(work: Work, QueueUrl: string, QueueName: string): Promise<Made> {
  const input = { QueueUrl, AttributeNames: ['QueueArn'] };
  const { QueueArn } = member(await work.call('sqs', 'GetQueueAttributes', input), 'Attributes');
  return { physicalId: QueueUrl, attributes: { Arn: toText(QueueArn), QueueName, QueueUrl } };
}

/** Attributes are texts, and structures among them JSON. */
function texts(values: JsonObject): Record<string, string> {
  const text = (value: Json | undefined): string =>
    typeof value === 'object' ? JSON.stringify(value) : toText(value);
  return Object.fromEntries(Object.entries(values).map(([name, value]) => [name, text(value)]));
}

/** A policy that several queues or topics are given. */
function sharedPolicy(
  list: string,
  put: (work: Work, one: string, policy: string) => Promise<unknown>,
) {
  const putAll = async (work: Work): Promise<void> => {
    const policy = JSON.stringify(work.properties['PolicyDocument']);
    for (const one of textsOf(work.properties, list)) await put(work, one, policy);
  };
  const type: ResourceType = {
    properties: ['PolicyDocument', list],
    required: ['PolicyDocument', list],
    replacing: [],
    async create(work) {
      await putAll(work);
      return { physicalId: work.newName(), attributes: { Id: work.newName() } };
    },
    async update(work, before) {
      const kept = textsOf(work.properties, list);
      const dropped = textsOf(before.properties, list).filter((one) => !kept.includes(one));
      for (const one of dropped) await gone(put(work, one, ''));
      await putAll(work);
      return { physicalId: before.physicalId };
    },
    async delete(work, { properties }) {
      for (const one of textsOf(properties, list)) await gone(put(work, one, ''));
    },
  };
  return type;
}

const putQueuePolicy = (work: Work, QueueUrl: string, Policy: string) =>
  work.call('sqs', 'SetQueueAttributes', { QueueUrl, Attributes: { Policy } });

const QUEUE_POLICY = sharedPolicy('Queues', putQueuePolicy);
const QUEUE_INLINE_POLICY = sharedPolicy('Queue', putQueuePolicy);

const putTopicPolicy = (work: Work, TopicArn: string, policy: string) =>
  work.call('sns', 'SetTopicAttributes', {
    TopicArn,
    AttributeName: 'Policy',
    AttributeValue: policy === '' ? ownersPolicy(TopicArn) : policy,
  });

const TOPIC_POLICY = sharedPolicy('Topics', putTopicPolicy);
const TOPIC_INLINE_POLICY = sharedPolicy('TopicArn', putTopicPolicy);

/** What a topic has of itself. */
function ownersPolicy(topicArn: string): string {
  const account = topicArn.split(':')[4] ?? '';
  const actions = words(
    'GetTopicAttributes SetTopicAttributes AddPermission RemovePermission DeleteTopic Subscribe ListSubscriptionsByTopic Publish',
  );
  const statement = {
    Sid: '__default_statement_ID',
    Effect: 'Allow',
    Principal: { AWS: '*' },
    Action: actions.map((action) => `SNS:${action}`),
    Resource: topicArn,
    Condition: { StringEquals: { 'AWS:SourceOwner': account } },
  };
  return JSON.stringify({
    Version: '2008-10-17',
    Id: '__default_policy_ID',
    Statement: [statement],
  });
}

/** Properties of a topic that are attributes of it. */
const TOPIC_ATTRIBUTES = words(
  'ArchivePolicy ContentBasedDeduplication DisplayName FifoThroughputScope KmsMasterKeyId SignatureVersion TracingConfig',
);

const TOPIC: ResourceType = {
  properties: [
    ...TOPIC_ATTRIBUTES,
    ...words('DataProtectionPolicy DeliveryStatusLogging FifoTopic Subscription Tags TopicName'),
  ],
  replacing: words('FifoTopic TopicName'),
  tags: 'list',
  begun: {
    property: 'TopicName',
    async find(work) {
      const TopicArn = topicArn(work);
      const asked = work.call('sns', 'GetTopicAttributes', { TopicArn });
      return (await isThere(asked)) ? TopicArn : undefined;
    },
  },
  async create(work) {
    const isFifo = textOf(work.properties, 'FifoTopic') === 'true';
    const Name = nameOf(work, 'TopicName', 256, isFifo);
    const given = Object.fromEntries(
      [...TOPIC_ATTRIBUTES, ...(isFifo ? ['FifoTopic'] : [])].flatMap((name) => {
        const value = work.properties[name];
        return value === undefined ? [] : [[name, value]];
      }),
    );
    await work.requireAbsent('TopicName', () =>
      isThere(work.call('sns', 'GetTopicAttributes', { TopicArn: topicArn(work) })),
    );
    const input = { Name, Attributes: texts(given), Tags: work.properties['Tags'] };
    const TopicArn = answered(await work.call('sns', 'CreateTopic', input), 'TopicArn');
    await work.claim(TopicArn);
    await subscribeAll(work, TopicArn, []);
    return { physicalId: TopicArn, attributes: { TopicArn, TopicName: Name } };
  },
  async update(work, before) {
    const { physicalId: TopicArn, attributes } = before;
    for (const name of TOPIC_ATTRIBUTES) {
      if (!hasChanged(work, before, name)) continue;
      const [AttributeValue] = Object.values(texts({ [name]: work.properties[name] ?? '' }));
      await work.call('sns', 'SetTopicAttributes', {
        TopicArn,
        AttributeName: name,
        AttributeValue,
      });
    }
    await subscribeAll(work, TopicArn, structuresOf(before.properties['Subscription']));
    await changeTags(work, before, {
      service: 'sns',
      target: { ResourceArn: TopicArn },
    });
    return { physicalId: TopicArn, attributes };
  },
  delete: (work, { physicalId: TopicArn }) => gone(work.call('sns', 'DeleteTopic', { TopicArn })),
};

function topicArn(work: Work): string {
  const isFifo = textOf(work.properties, 'FifoTopic') === 'true';
  return formatArn('sns', work.region, work.accountId, nameOf(work, 'TopicName', 256, isFifo));
}

/** To subscribe again what is subscribed changes nothing. */
async function subscribeAll(
  work: Work,
  TopicArn: string,
  before: readonly JsonObject[],
): Promise<void> {
  const known = new Set(before.map((one) => JSON.stringify(one)));
  for (const one of structuresOf(work.properties['Subscription'])) {
    if (!known.has(JSON.stringify(one))) await work.call('sns', 'Subscribe', { ...one, TopicArn });
  }
}

const SUBSCRIPTION_ATTRIBUTES = words(
  'DeliveryPolicy FilterPolicy FilterPolicyScope RawMessageDelivery RedrivePolicy ReplayPolicy SubscriptionRoleArn',
);

const SUBSCRIPTION: ResourceType = {
  properties: [...SUBSCRIPTION_ATTRIBUTES, ...words('Endpoint Protocol Region TopicArn')],
  required: words('Protocol TopicArn'),
  replacing: words('Endpoint Protocol Region TopicArn'),
  async create(work) {
    const answer = await work.call('sns', 'Subscribe', {
      ...work.properties,
      Attributes: subscriptionAttributes(work.properties),
      ReturnSubscriptionArn: true,
    });
    const arn = answered(answer, 'SubscriptionArn');
    return { physicalId: arn, attributes: { Arn: arn } };
  },
  async update(work, before) {
    const { physicalId: SubscriptionArn } = before;
    for (const AttributeName of SUBSCRIPTION_ATTRIBUTES) {
      if (!hasChanged(work, before, AttributeName)) continue;
      const AttributeValue = subscriptionAttributes(work.properties)[AttributeName] ?? '';
      const input = { SubscriptionArn, AttributeName, AttributeValue };
      await work.call('sns', 'SetSubscriptionAttributes', input);
    }
    return { physicalId: SubscriptionArn };
  },
  delete: (work, { physicalId: SubscriptionArn }: Existing) =>
    gone(work.call('sns', 'Unsubscribe', { SubscriptionArn })),
};

function subscriptionAttributes(properties: JsonObject): Record<string, string> {
  const given = Object.entries(properties).filter(([name]) =>
    SUBSCRIPTION_ATTRIBUTES.includes(name),
  );
  return texts(Object.fromEntries(given));
}

export const MESSAGING_TYPES: Readonly<Record<string, ResourceType>> = {
  'AWS::SNS::Subscription': SUBSCRIPTION,
  'AWS::SNS::Topic': TOPIC,
  'AWS::SNS::TopicInlinePolicy': TOPIC_INLINE_POLICY,
  'AWS::SNS::TopicPolicy': TOPIC_POLICY,
  'AWS::SQS::Queue': QUEUE,
  'AWS::SQS::QueueInlinePolicy': QUEUE_INLINE_POLICY,
  'AWS::SQS::QueuePolicy': QUEUE_POLICY,
};
