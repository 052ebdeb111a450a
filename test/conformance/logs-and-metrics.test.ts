/** CloudWatch Logs and CloudWatch through AWS's own SDK, over a real gateway. */
import assert from 'node:assert/strict';
import { after, describe, it } from 'node:test';
import {
  CloudWatchClient,
  DescribeAlarmsCommand,
  GetMetricDataCommand,
  GetMetricStatisticsCommand,
  ListMetricsCommand,
  PutMetricAlarmCommand,
  PutMetricDataCommand,
  SetAlarmStateCommand,
} from '@aws-sdk/client-cloudwatch';
import {
  CloudWatchLogsClient,
  CreateLogGroupCommand,
  CreateLogStreamCommand,
  DescribeLogGroupsCommand,
  FilterLogEventsCommand,
  GetLogEventsCommand,
  PutLogEventsCommand,
  PutMetricFilterCommand,
  PutRetentionPolicyCommand,
  StartLiveTailCommand,
  paginateFilterLogEvents,
} from '@aws-sdk/client-cloudwatch-logs';
import { MemoryWakeups } from '#adapters/memory-wakeups/index.ts';
import { SeededRandom } from '#adapters/simulated/index.ts';
import { openDatabase } from '#adapters/sqlite/index.ts';
import { systemClock } from '#adapters/system-clock/index.ts';
import { createGateway } from '#aws/gateway/index.ts';
import type { KnownCredential } from '#ports/peers/credential-issuer.ts';
import { createLogs } from '#services/logs/index.ts';
import { createMetrics } from '#services/metrics/index.ts';

const ROOT: KnownCredential = {
  credentials: { accessKeyId: 'AKIAROOT', secretAccessKey: 'secret/of/the+root' },
  principal: {
    accountId: '111111111111',
    arn: 'arn:aws:iam::111111111111:root',
    userId: '111111111111',
  },
};

const database = await openDatabase({ path: ':memory:' });
const quiet = (): void => {};
const world = {
  database,
  clock: systemClock,
  random: new SeededRandom(1),
  wakeups: new MemoryWakeups(),
  log: { debug: quiet, info: quiet, warn: quiet, error: quiet },
  deliverer: {
    check: async () => 'deliverable' as const,
    deliver: async () => 'deliverable' as const,
  },
};
const metrics = createMetrics(world);
const logs = createLogs({ ...world, metricSink: metrics.metricSink });
await database.migrate(logs.schema);
await database.migrate(metrics.schema);
const gateway = createGateway({
  ...world,
  services: [logs.service, metrics.service],
  extras: new Map(),
  credentials: { find: async () => ROOT },
  auth: { kind: 'signature' },
  region: 'us-east-1',
});
const { port } = await gateway.listen({ host: '127.0.0.1', port: 0 });
gateway.ready();
const settings = {
  endpoint: `http://127.0.0.1:${port}`,
  region: 'us-east-1',
  credentials: ROOT.credentials,
};
// StartLiveTail's host has a label of its own at AWS, which an address of numbers cannot have.
const logsClient = new CloudWatchLogsClient({ ...settings, disableHostPrefix: true });
const metricsClient = new CloudWatchClient(settings);
after(async () => {
  logsClient.destroy();
  metricsClient.destroy();
  await gateway[Symbol.asyncDispose]();
  await database[Symbol.asyncDispose]();
});

describe('CloudWatch Logs through the SDK', () => {
  const group = { logGroupName: '/aws/lambda/thumbnail' };
  const stream = { ...group, logStreamName: '2026/01/01/[$LATEST]0123456789abcdef' };

  it('makes, writes, reads, searches and describes', async () => {
    await logsClient.send(new CreateLogGroupCommand({ ...group, tags: { a: 'b' } }));
    await logsClient.send(new CreateLogStreamCommand(stream));
    const now = Date.now();
    const logEvents = ['START', '{"level":"error","n":1}', 'END é\u{1f525}'].map((message, n) => ({
      timestamp: now + n,
      message,
    }));
    const { nextSequenceToken } = await logsClient.send(
      new PutLogEventsCommand({ ...stream, logEvents }),
    );
    assert.match(nextSequenceToken ?? '', /^\d{56}$/);
    const page = await logsClient.send(new GetLogEventsCommand({ ...stream, startFromHead: true }));
    assert.deepEqual(
      page.events?.map(({ timestamp, message }) => ({ timestamp, message })),
      logEvents,
    );
    const found = [];
    const filterPattern = '{ $.level = "error" && $.n = 1 }';
    for await (const { events = [] } of paginateFilterLogEvents(
      { client: logsClient },
      { ...group, filterPattern },
    )) {
      found.push(...events);
    }
    assert.deepEqual(
      found.map(({ message }) => message),
      ['{"level":"error","n":1}'],
    );
    await logsClient.send(new PutRetentionPolicyCommand({ ...group, retentionInDays: 7 }));
    const { logGroups } = await logsClient.send(
      new DescribeLogGroupsCommand({ logGroupNamePrefix: '/aws' }),
    );
    assert.deepEqual([logGroups?.length, logGroups?.[0]?.retentionInDays], [1, 7]);
  });

  it("answers with AWS's errors", async () => {
    await assert.rejects(logsClient.send(new CreateLogGroupCommand(group)), {
      name: 'ResourceAlreadyExistsException',
      message: 'The specified log group already exists',
    });
    await assert.rejects(logsClient.send(new FilterLogEventsCommand({ logGroupName: 'missing' })), {
      name: 'ResourceNotFoundException',
      message: 'The specified log group does not exist.',
    });
    await assert.rejects(
      logsClient.send(new GetLogEventsCommand({ ...stream, nextToken: 'invalid' })),
      {
        name: 'InvalidParameterException',
        message: 'The specified nextToken is invalid.',
      },
    );
  });

  it('tails as an event stream', async () => {
    const logGroupIdentifiers = [
      `arn:aws:logs:us-east-1:111111111111:log-group:${group.logGroupName}`,
    ];
    const { responseStream } = await logsClient.send(
      new StartLiveTailCommand({ logGroupIdentifiers }),
    );
    let message: string | undefined;
    for await (const event of responseStream ?? assert.fail()) {
      if (event.sessionStart !== undefined) {
        const logEvents = [{ timestamp: Date.now(), message: 'live' }];
        await logsClient.send(new PutLogEventsCommand({ ...stream, logEvents }));
      }
      message = event.sessionUpdate?.sessionResults?.[0]?.message;
      if (message !== undefined) break;
    }
    assert.equal(message, 'live');
  });

  it('measures by a metric filter, which CloudWatch then tells', async () => {
    const metricTransformations = [
      { metricName: 'Errors', metricNamespace: 'mine', metricValue: '1' },
    ];
    await logsClient.send(
      new PutMetricFilterCommand({
        ...group,
        filterName: 'f',
        filterPattern: 'ERROR',
        metricTransformations,
      }),
    );
    const timestamp = Date.now();
    const logEvents = ['ERROR 1', 'fine', 'ERROR 2'].map((message) => ({ timestamp, message }));
    await logsClient.send(new PutLogEventsCommand({ ...stream, logEvents }));
    const { Datapoints } = await metricsClient.send(
      new GetMetricStatisticsCommand({
        Namespace: 'mine',
        MetricName: 'Errors',
        Period: 3600,
        Statistics: ['Sum'],
        StartTime: new Date(timestamp - 600_000),
        EndTime: new Date(timestamp + 600_000),
      }),
    );
    assert.deepEqual(
      Datapoints?.map(({ Sum }) => Sum),
      [2],
    );
  });
});

describe('CloudWatch through the SDK', () => {
  it('puts and gets data', async () => {
    const now = new Date();
    const Dimensions = [{ Name: 'Path', Value: '/' }];
    await metricsClient.send(
      new PutMetricDataCommand({
        Namespace: 'ns',
        MetricData: [
          {
            MetricName: 'Latency',
            Dimensions,
            Values: [1.5, 2.5],
            Unit: 'Milliseconds',
            Timestamp: now,
          },
        ],
      }),
    );
    const Metric = { Namespace: 'ns', MetricName: 'Latency', Dimensions };
    const { MetricDataResults } = await metricsClient.send(
      new GetMetricDataCommand({
        MetricDataQueries: [
          { Id: 'a', MetricStat: { Metric, Period: 60, Stat: 'Average' } },
          { Id: 'b', Expression: 'a * 2' },
        ],
        StartTime: new Date(now.getTime() - 600_000),
        EndTime: new Date(now.getTime() + 60_000),
      }),
    );
    assert.deepEqual(
      MetricDataResults?.map(({ Label, Values }) => [Label, Values]),
      [
        ['Latency', [2]],
        ['b', [4]],
      ],
    );
    assert.ok(MetricDataResults[0]?.Timestamps?.[0] instanceof Date);
    const { Metrics } = await metricsClient.send(new ListMetricsCommand({ Namespace: 'ns' }));
    assert.deepEqual(Metrics, [Metric]);
  });

  it("keeps alarms, and answers with AWS's errors", async () => {
    await metricsClient.send(
      new PutMetricAlarmCommand({
        AlarmName: 'a',
        Namespace: 'ns',
        MetricName: 'Latency',
        Statistic: 'Sum',
        Period: 60,
        EvaluationPeriods: 1,
        Threshold: 30,
        ComparisonOperator: 'GreaterThanThreshold',
      }),
    );
    await metricsClient.send(
      new SetAlarmStateCommand({ AlarmName: 'a', StateValue: 'ALARM', StateReason: 'test' }),
    );
    const { MetricAlarms } = await metricsClient.send(new DescribeAlarmsCommand({}));
    assert.deepEqual(
      [MetricAlarms?.[0]?.StateValue, MetricAlarms?.[0]?.StateReason],
      ['ALARM', 'test'],
    );
    await assert.rejects(
      metricsClient.send(
        new SetAlarmStateCommand({ AlarmName: 'zzz', StateValue: 'OK', StateReason: 'x' }),
      ),
      (error: Error & { $metadata?: { httpStatusCode?: number } }) =>
        error.name === 'ResourceNotFound' && error.$metadata?.httpStatusCode === 404,
    );
    const wrong = { MetricName: 'm', Value: 1, Values: [1] };
    await assert.rejects(
      metricsClient.send(new PutMetricDataCommand({ Namespace: 'ns', MetricData: [wrong] })),
      /The parameters MetricData.member.1.Value and MetricData.member.1.Values are mutually exclusive/,
    );
  });
});
