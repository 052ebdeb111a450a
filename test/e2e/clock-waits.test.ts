/** An hour that is moved is an hour that has passed: what waits for durations in it has all happened. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  CloudWatchClient,
  DescribeAlarmHistoryCommand,
  PutMetricAlarmCommand,
  PutMetricDataCommand,
} from '@aws-sdk/client-cloudwatch';
import {
  CreateEventSourceMappingCommand,
  InvokeCommand,
  PutFunctionEventInvokeConfigCommand,
} from '@aws-sdk/client-lambda';
import {
  CreateQueueCommand,
  GetQueueAttributesCommand,
  SendMessageCommand,
  SQSClient,
} from '@aws-sdk/client-sqs';
import { CreateStreamCommand, KinesisClient, PutRecordCommand } from '@aws-sdk/client-kinesis';
import { moveClock, readClock } from '../../examples/cron/clock.ts';
import { startServer } from '../../examples/server.ts';
import { createClients, createNodeFunction } from './clients.ts';

const HOUR_MS = 3_600_000;
const LIMIT = { timeout: 120_000 };
const HANDLER = `export const handler = (event) => {
  if (event.Records?.[0]?.body === 'good') return;
  throw new Error('no');
};`;

test(
  'retries, back-offs and batching windows of an hour are over once the clock was moved by it',
  LIMIT,
  async (t) => {
    const server = await startServer({ flags: ['--clock', 'movable'] });
    t.after(() => server.stop());
    const { endpoint, region, accountId, credentials } = server;
    const sqs = new SQSClient({ endpoint, region, credentials, maxAttempts: 1 });
    const kinesis = new KinesisClient({ endpoint, region, credentials });
    const { lambda } = createClients(server);
    const arnOf = (name: string): string => `arn:aws:sqs:${region}:${accountId}:${name}`;
    const urlOf = (name: string): string => `${endpoint}/${accountId}/${name}`;
    const redrive = { deadLetterTargetArn: arnOf('dead'), maxReceiveCount: 3 };
    for (const [QueueName, Attributes] of [
      ['dead', {}],
      ['ends', {}],
      ['given-up', {}],
      ['windowed', {}],
      ['poison', { VisibilityTimeout: '300', RedrivePolicy: JSON.stringify(redrive) }],
    ] as const) {
      await sqs.send(new CreateQueueCommand({ QueueName, Attributes }));
    }
    await createNodeFunction(server, 'f', HANDLER);
    await kinesis.send(new CreateStreamCommand({ StreamName: 'records', ShardCount: 1 }));
    const DestinationConfig = { OnFailure: { Destination: arnOf('ends') } };
    await lambda.send(
      new PutFunctionEventInvokeConfigCommand({ FunctionName: 'f', DestinationConfig }),
    );
    for (const more of [
      { EventSourceArn: arnOf('poison') },
      { EventSourceArn: arnOf('windowed'), BatchSize: 100, MaximumBatchingWindowInSeconds: 300 },
      {
        EventSourceArn: `arn:aws:kinesis:${region}:${accountId}:stream/records`,
        StartingPosition: 'TRIM_HORIZON' as const,
        MaximumBatchingWindowInSeconds: 300,
        MaximumRetryAttempts: 5,
        DestinationConfig: { OnFailure: { Destination: arnOf('given-up') } },
      },
    ]) {
      await lambda.send(new CreateEventSourceMappingCommand({ FunctionName: 'f', ...more }));
    }
    await sqs.send(new SendMessageCommand({ QueueUrl: urlOf('poison'), MessageBody: 'bad' }));
    await sqs.send(new SendMessageCommand({ QueueUrl: urlOf('windowed'), MessageBody: 'good' }));
    const Data = Buffer.from('bad');
    await kinesis.send(new PutRecordCommand({ StreamName: 'records', PartitionKey: 'k', Data }));
    await lambda.send(new InvokeCommand({ FunctionName: 'f', InvocationType: 'Event' }));
    await moveClock(server, (await readClock(server)) + HOUR_MS);
    const counts: Record<string, number> = {};
    for (const name of ['poison', 'windowed', 'dead', 'ends', 'given-up']) {
      const AttributeNames = ['All'] as const;
      const { Attributes = {} } = await sqs.send(
        new GetQueueAttributesCommand({
          QueueUrl: urlOf(name),
          AttributeNames: [...AttributeNames],
        }),
      );
      counts[name] =
        Number(Attributes['ApproximateNumberOfMessages']) +
        Number(Attributes['ApproximateNumberOfMessagesNotVisible']);
    }
    assert.deepEqual(counts, { poison: 0, windowed: 0, dead: 1, ends: 1, 'given-up': 1 });
  },
);

test(
  'an alarm sees what functions did at the time to which the clock was moved',
  LIMIT,
  async (t) => {
    const server = await startServer({ flags: ['--clock', 'movable'] });
    t.after(() => server.stop());
    const { endpoint, region, credentials } = server;
    const cloudwatch = new CloudWatchClient({ endpoint, region, credentials });
    const { lambda } = createClients(server);
    await createNodeFunction(server, 'f', HANDLER);
    await cloudwatch.send(
      new PutMetricAlarmCommand({
        AlarmName: 'errors',
        Namespace: 'AWS/Lambda',
        MetricName: 'Errors',
        Dimensions: [{ Name: 'FunctionName', Value: 'f' }],
        Statistic: 'Sum',
        Period: 60,
        EvaluationPeriods: 1,
        Threshold: 0,
        ComparisonOperator: 'GreaterThanThreshold',
        TreatMissingData: 'notBreaching',
      }),
    );
    await moveClock(server, (await readClock(server)) + HOUR_MS);
    await lambda.send(new InvokeCommand({ FunctionName: 'f' }));
    await moveClock(server, (await readClock(server)) + HOUR_MS);
    const { AlarmHistoryItems: items = [] } = await cloudwatch.send(
      new DescribeAlarmHistoryCommand({
        AlarmName: 'errors',
        HistoryItemType: 'StateUpdate',
        ScanBy: 'TimestampAscending',
      }),
    );
    const changes = items.map(({ HistorySummary: summary }) => summary);
    assert.deepEqual(changes, [
      'Alarm updated from INSUFFICIENT_DATA to OK',
      'Alarm updated from OK to ALARM',
      'Alarm updated from ALARM to OK',
    ]);
  },
);

test('an alarm is looked at for each period that the clock is moved by', LIMIT, async (t) => {
  const server = await startServer({ flags: ['--clock', 'movable'] });
  t.after(() => server.stop());
  const { endpoint, region, credentials } = server;
  const cloudwatch = new CloudWatchClient({ endpoint, region, credentials });
  const MetricData = [{ MetricName: 'orders', Value: 5 }];
  await cloudwatch.send(
    new PutMetricAlarmCommand({
      AlarmName: 'many',
      Namespace: 'shop',
      MetricName: 'orders',
      Statistic: 'Sum',
      Period: 60,
      EvaluationPeriods: 1,
      Threshold: 2,
      ComparisonOperator: 'GreaterThanThreshold',
      TreatMissingData: 'notBreaching',
    }),
  );
  await cloudwatch.send(new PutMetricDataCommand({ Namespace: 'shop', MetricData }));
  await moveClock(server, (await readClock(server)) + HOUR_MS);
  const { AlarmHistoryItems: items = [] } = await cloudwatch.send(
    new DescribeAlarmHistoryCommand({
      AlarmName: 'many',
      HistoryItemType: 'StateUpdate',
      ScanBy: 'TimestampAscending',
    }),
  );
  const changes = items.map(({ HistorySummary: summary }) => summary);
  assert.deepEqual(changes, [
    'Alarm updated from INSUFFICIENT_DATA to ALARM',
    'Alarm updated from ALARM to OK',
  ]);
});
