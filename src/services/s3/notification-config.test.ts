import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { NotificationConfiguration } from '#aws/models/s3.types.gen.ts';
import { formatNotifications, matchingRules, parseNotifications } from './notification-config.ts';

const ARN = 'arn:aws:sqs:eu-west-1:111111111111:queue';
const parse = (configuration: NotificationConfiguration) =>
  parseNotifications(configuration, () => 'new-id');

function queue(events: readonly string[], prefix?: string, suffix?: string, id?: string) {
  const rules = [
    ...(prefix === undefined ? [] : [{ Name: 'prefix', Value: prefix }]),
    ...(suffix === undefined ? [] : [{ Name: 'suffix', Value: suffix }]),
  ];
  return {
    QueueArn: ARN,
    Events: events,
    Filter: { Key: { FilterRules: rules } },
    Id: id ?? `${events.join()}${prefix}${suffix}`,
  };
}

// Recorded: s3_notifications_sqs.json TestS3NotificationsToSQS::test_notifications_with_filter
test('a configuration comes back with capitalised filter names and an id', () => {
  const { Id: _, ...given } = queue(['s3:ObjectCreated:*'], 'testupload/', 'testfile.txt');
  assert.deepEqual(formatNotifications(parse({ QueueConfigurations: [given] })), {
    QueueConfigurations: [
      {
        Id: 'new-id',
        Events: ['s3:ObjectCreated:*'],
        Filter: {
          Key: {
            FilterRules: [
              { Name: 'Prefix', Value: 'testupload/' },
              { Name: 'Suffix', Value: 'testfile.txt' },
            ],
          },
        },
        QueueArn: ARN,
      },
    ],
  });
  assert.deepEqual(formatNotifications(parse({})), {});
  assert.deepEqual(formatNotifications(parse({ EventBridgeConfiguration: {} })), {
    EventBridgeConfiguration: {},
  });
});

test('an event matches by type, prefix and suffix', () => {
  const config = parse({
    QueueConfigurations: [queue(['s3:ObjectCreated:*', 's3:ObjectRemoved:Delete'], 'in/', '.jpg')],
  });
  const matches = (name: string, key: string) => matchingRules(config, name, key).length;
  assert.equal(matches('ObjectCreated:Put', 'in/a.jpg'), 1);
  assert.equal(matches('ObjectRemoved:Delete', 'in/a.jpg'), 1);
  assert.equal(matches('ObjectRemoved:DeleteMarkerCreated', 'in/a.jpg'), 0);
  assert.equal(matches('ObjectCreated:Put', 'in/a.jpeg'), 0);
  assert.equal(matches('ObjectCreated:Put', 'out/a.jpg'), 0);
});

// Recorded: s3_notifications_sqs.json test_invalid_sqs_arn, test_multiple_invalid_sqs_arns
test('an ARN must be one, of the list in which it stands', () => {
  const rule = queue(['s3:ObjectCreated:*']);
  assert.throws(() => parse({ QueueConfigurations: [{ ...rule, QueueArn: 'invalid-queue' }] }), {
    code: 'InvalidArgument',
    message: 'The ARN could not be parsed',
    fields: { ArgumentName: 'Queue', ArgumentValue: 'invalid-queue' },
  });
  const topic = { TopicArn: ARN, Events: ['s3:ObjectCreated:*'] };
  assert.throws(() => parse({ TopicConfigurations: [topic] }), {
    message: 'The ARN is not well formed',
  });
});

// Recorded: s3_api.json TestS3BucketNotificationConfiguration::test_bucket_notification_with_missing_values_in_rule
test('a filter rule has a name and a value', () => {
  const rule = {
    ...queue(['s3:ObjectCreated:*']),
    Filter: { Key: { FilterRules: [{ Name: 'prefix' }] } },
  };
  assert.throws(() => parse({ QueueConfigurations: [rule] }), { code: 'MalformedXML' });
  const other = { ...rule, Filter: { Key: { FilterRules: [{ Name: 'infix', Value: 'a' }] } } };
  assert.throws(() => parse({ QueueConfigurations: [other] }), {
    message: 'filter rule name must be either prefix or suffix',
  });
});

test('rules for one event may not overlap', () => {
  const put = ['s3:ObjectCreated:Put'];
  const all = ['s3:ObjectCreated:*'];
  const both = (a: ReturnType<typeof queue>, b: ReturnType<typeof queue>) =>
    parse({ QueueConfigurations: [a, b] });
  assert.equal(both(queue(put, 'a/'), queue(all, 'b/')).rules.length, 2);
  assert.equal(both(queue(put, 'a/', '.jpg'), queue(all, 'a/', '.png')).rules.length, 2);
  assert.equal(both(queue(put), queue(['s3:ObjectRemoved:*'])).rules.length, 2);
  assert.throws(() => both(queue(put), queue(all)), { message: /^Configurations overlap/ });
  assert.throws(() => both(queue(put, 'a'), queue(all, 'ab')), {
    message: /^Configuration is ambiguously defined/,
  });
  assert.throws(() => both(queue(put, 'a', 'jpg'), queue(all, 'a', 'pg')), {
    code: 'InvalidArgument',
  });
});

test('ids are unique and events known', () => {
  const rules = [
    queue(['s3:ObjectCreated:*'], 'a', '', 'x'),
    queue(['s3:ObjectRemoved:*'], 'a', '', 'x'),
  ];
  assert.throws(() => parse({ QueueConfigurations: rules }), { message: /^Same ID used/ });
  assert.throws(() => parse({ QueueConfigurations: [queue(['s3:ObjectEaten:*'])] }), {
    code: 'InvalidArgument',
    message: /is not supported for notifications$/,
  });
});
