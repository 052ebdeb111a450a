/** Each kind of source, joined to one function. */
import { setTimeout as sleep } from 'node:timers/promises';
import { ask, askRest, askSns } from './ask.ts';
import type { Send } from './client.ts';
import { expectSuccess } from './storage.ts';

export interface Source {
  readonly name: string;
  /** What sends an event. */
  readonly operation: string;
  /** Makes the source; answers what sends an event with an id. */
  open(): Promise<(id: string) => Promise<unknown>>;
  /** Ends what would still poll. */
  close?(): Promise<void>;
}

const FUNCTIONS = '/2015-03-31/functions';
const MAPPINGS = '/2015-03-31/event-source-mappings/';

/** The sources, in the order in which they are measured. */
export function sources(send: Send, functionArn: string): readonly Source[] {
  const arnOf = (service: string, resource: string): string => {
    const [arn, partition, , region, accountId] = functionArn.split(':');
    return [arn, partition, service, region, accountId, resource].join(':');
  };
  const allow = (service: string, sourceArn: string): Promise<unknown> =>
    askRest(send, 'lambda', {
      method: 'POST',
      path: `${FUNCTIONS}/events/policy`,
      input: {
        StatementId: service,
        Action: 'lambda:InvokeFunction',
        Principal: `${service}.amazonaws.com`,
        SourceArn: sourceArn,
      },
    });
  return [
    s3Source(send, functionArn, allow),
    queueSource(send, arnOf('sqs', 'events')),
    topicSource(send, functionArn, allow),
    ruleSource(send, functionArn, allow),
    tableSource(send),
    streamSource(send, arnOf('kinesis', 'stream/events')),
  ];
}

type Allow = (service: string, sourceArn: string) => Promise<unknown>;

function s3Source(send: Send, functionArn: string, allow: Allow): Source {
  const put = async (path: string, body?: Uint8Array): Promise<void> =>
    expectSuccess(
      await send({ service: 's3', method: 'PUT', path, ...(body === undefined ? {} : { body }) }),
    );
  return {
    name: 's3',
    operation: 'PutObject',
    async open() {
      await put('/events');
      await allow('s3', 'arn:aws:s3:::events');
      const configuration =
        `<NotificationConfiguration><CloudFunctionConfiguration><CloudFunction>${functionArn}</CloudFunction>` +
        '<Event>s3:ObjectCreated:*</Event></CloudFunctionConfiguration></NotificationConfiguration>';
      await put('/events?notification=', Buffer.from(configuration));
      return (id) => put(`/events/${id}`, Buffer.from(id));
    },
  };
}

function queueSource(send: Send, queueArn: string): Source {
  const mapping = mappingOf(send, { EventSourceArn: queueArn });
  return {
    name: 'sqs',
    operation: 'SendMessage',
    async open() {
      const input = { QueueName: 'events', Attributes: { VisibilityTimeout: '60' } };
      const { QueueUrl } = await ask<{ QueueUrl: string }>(send, 'sqs', 'CreateQueue', input);
      await mapping.open();
      return (id) => ask(send, 'sqs', 'SendMessage', { QueueUrl, MessageBody: id });
    },
    close: mapping.close,
  };
}

function topicSource(send: Send, functionArn: string, allow: Allow): Source {
  return {
    name: 'sns',
    operation: 'Publish',
    async open() {
      const made = await askSns(send, 'CreateTopic', { Name: 'events' });
      const TopicArn = /<TopicArn>(.*)<\/TopicArn>/.exec(made)?.[1] ?? '';
      await allow('sns', TopicArn);
      await askSns(send, 'Subscribe', { TopicArn, Protocol: 'lambda', Endpoint: functionArn });
      return (id) => askSns(send, 'Publish', { TopicArn, Message: id });
    },
  };
}

function ruleSource(send: Send, functionArn: string, allow: Allow): Source {
  return {
    name: 'events',
    operation: 'PutEvents',
    async open() {
      const rule = { Name: 'events', EventPattern: JSON.stringify({ source: ['bench'] }) };
      const { RuleArn } = await ask<{ RuleArn: string }>(send, 'events', 'PutRule', rule);
      await allow('events', RuleArn);
      const Targets = [{ Id: 'f', Arn: functionArn }];
      await ask(send, 'events', 'PutTargets', { Rule: 'events', Targets });
      const entry = { Source: 'bench', DetailType: 'bench' };
      return (id) =>
        ask(send, 'events', 'PutEvents', {
          Entries: [{ ...entry, Detail: JSON.stringify({ id }) }],
        });
    },
  };
}

function tableSource(send: Send): Source {
  let close: (() => Promise<void>) | undefined;
  return {
    name: 'dynamodb',
    operation: 'PutItem',
    async open() {
      interface Created {
        readonly TableDescription: { readonly LatestStreamArn: string };
      }
      const TableName = 'events';
      const { TableDescription } = await ask<Created>(send, 'dynamodb', 'CreateTable', {
        TableName,
        BillingMode: 'PAY_PER_REQUEST',
        AttributeDefinitions: [{ AttributeName: 'id', AttributeType: 'S' }],
        KeySchema: [{ AttributeName: 'id', KeyType: 'HASH' }],
        StreamSpecification: { StreamEnabled: true, StreamViewType: 'KEYS_ONLY' },
      });
      await sleep(1000);
      const EventSourceArn = TableDescription.LatestStreamArn;
      const mapping = mappingOf(send, { EventSourceArn, StartingPosition: 'TRIM_HORIZON' });
      ({ close } = mapping);
      await mapping.open();
      return (id) => ask(send, 'dynamodb', 'PutItem', { TableName, Item: { id: { S: id } } });
    },
    close: async () => close?.(),
  };
}

function streamSource(send: Send, streamArn: string): Source {
  const mapping = mappingOf(send, { EventSourceArn: streamArn, StartingPosition: 'TRIM_HORIZON' });
  const StreamName = 'events';
  return {
    name: 'kinesis',
    operation: 'PutRecord',
    async open() {
      await ask(send, 'kinesis', 'CreateStream', { StreamName, ShardCount: 1 });
      await sleep(2000);
      await mapping.open();
      return (id) => {
        const Data = Buffer.from(id).toString('base64');
        return ask(send, 'kinesis', 'PutRecord', { StreamName, PartitionKey: id, Data });
      };
    },
    close: mapping.close,
  };
}

function mappingOf(send: Send, input: object) {
  let uuid = '';
  return {
    async open(): Promise<void> {
      const request = {
        method: 'POST',
        path: MAPPINGS,
        input: { FunctionName: 'events', ...input },
      };
      ({ UUID: uuid } = await askRest<{ UUID: string }>(send, 'lambda', request));
      await sleep(500);
    },
    async close(): Promise<void> {
      await askRest(send, 'lambda', { method: 'DELETE', path: MAPPINGS + uuid });
    },
  };
}
