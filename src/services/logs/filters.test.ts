import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { gunzipSync } from 'node:zlib';
import { textOf } from '#kernel/bytes.ts';
import { ACCOUNT, openHarness } from './harness.test.ts';
import type { Harness } from './harness.test.ts';

const LAMBDA = `arn:aws:lambda:us-east-1:${ACCOUNT}:function:f`;
const KINESIS = `arn:aws:kinesis:us-east-1:${ACCOUNT}:stream/k`;
const refused = (code: string, message: string) => ({ code, message });

const subscribe = (harness: Harness, options: object = {}) =>
  harness.call('PutSubscriptionFilter', {
    logGroupName: 'g',
    filterName: 'f',
    filterPattern: 'ERROR',
    destinationArn: LAMBDA,
    ...options,
  });

describe('Subscription filters', () => {
  it('deliver to Lambda what matches, as AWS packs it', async () => {
    await using harness = await openHarness();
    await harness.makeStream();
    await subscribe(harness);
    await harness.put([2, 'fine'], [1, 'ERROR one'], [0, 'ERROR two']);
    assert.equal(harness.deliveries.length, 1);
    const { payload, ...delivery } = harness.deliveries[0] ?? assert.fail();
    assert.deepEqual(
      [delivery.targetArn, delivery.sourceService, delivery.sourceAccountId],
      [LAMBDA, 'logs.amazonaws.com', ACCOUNT],
    );
    assert.equal(delivery.sourceArn, `arn:aws:logs:us-east-1:${ACCOUNT}:log-group:g:*`);
    const { awslogs } = JSON.parse(textOf(payload));
    const message = JSON.parse(gunzipSync(Buffer.from(awslogs.data, 'base64')).toString());
    const { events } = await harness.call('FilterLogEvents', {
      logGroupName: 'g',
      filterPattern: 'ERROR',
    });
    assert.deepEqual(message, {
      messageType: 'DATA_MESSAGE',
      owner: ACCOUNT,
      logGroup: 'g',
      logStream: 's',
      subscriptionFilters: ['f'],
      logEvents: events?.map(({ eventId, timestamp, message: text }) => ({
        id: eventId,
        timestamp,
        message: text,
      })),
    });
    await harness.put([0, 'nothing to say']);
    assert.equal(harness.deliveries.length, 1);
  });

  it('deliver to a Kinesis stream, after a control message, also by way of a destination', async () => {
    await using harness = await openHarness();
    await harness.makeStream();
    await harness.call('PutDestination', {
      destinationName: 'd',
      targetArn: KINESIS,
      roleArn: 'arn:r',
    });
    const destinationArn = `arn:aws:logs:us-east-1:${ACCOUNT}:destination:d`;
    await subscribe(harness, { destinationArn, roleArn: 'arn:r', distribution: 'Random' });
    await harness.put([0, 'ERROR']);
    const unpacked = harness.deliveries.map(({ payload }) =>
      JSON.parse(gunzipSync(payload).toString()),
    );
    assert.deepEqual(
      unpacked.map(({ messageType }) => messageType),
      ['CONTROL_MESSAGE', 'DATA_MESSAGE'],
    );
    assert.deepEqual(
      harness.deliveries.map(({ targetArn }) => targetArn),
      [KINESIS, KINESIS],
    );
    const { subscriptionFilters } = await harness.call('DescribeSubscriptionFilters', {
      logGroupName: 'g',
    });
    assert.deepEqual(subscriptionFilters, [
      {
        filterName: 'f',
        logGroupName: 'g',
        filterPattern: 'ERROR',
        destinationArn,
        roleArn: 'arn:r',
        distribution: 'Random',
        applyOnTransformedLogs: false,
        creationTime: harness.clock.now(),
      },
    ]);
  });

  it('refuse targets that are missing or that refuse', async () => {
    await using harness = await openHarness();
    await harness.makeStream();
    await harness.call('CreateLogGroup', { logGroupName: '/aws/lambda/f' });
    harness.target.check = 'forbidden';
    await assert.rejects(
      subscribe(harness),
      refused(
        'InvalidParameterException',
        'Could not execute the lambda function. Make sure you have given CloudWatch Logs permission to execute your function.',
      ),
    );
    await assert.rejects(
      subscribe(harness, { destinationArn: KINESIS }),
      /specified Kinesis stream/,
    );
    await assert.rejects(
      subscribe(harness, { destinationArn: 'arn:aws:firehose:us-east-1:1:x' }),
      /test message/,
    );
    await assert.rejects(
      subscribe(harness, { logGroupName: '/aws/lambda/f' }),
      /reserved for the function logs/,
    );
    await assert.rejects(subscribe(harness, { filterPattern: '[a' }), /Invalid filter pattern/);
    assert.equal(harness.deliveries.length, 0);
  });

  it('warn of a target that went away, and store the events all the same', async () => {
    await using harness = await openHarness();
    await harness.makeStream();
    await subscribe(harness);
    harness.target.check = 'missing';
    await harness.put([0, 'ERROR']);
    assert.deepEqual(harness.warnings, ['a subscription filter could not deliver']);
    assert.equal((await harness.call('FilterLogEvents', { logGroupName: 'g' })).events?.length, 1);
  });

  it('are two at most, replaced by name, and deleted as test_delete_subscription_filter_errors recorded', async () => {
    await using harness = await openHarness();
    await harness.makeStream();
    await subscribe(harness);
    await subscribe(harness, { filterName: 'f2' });
    await subscribe(harness, { filterName: 'f2', filterPattern: 'WARN' });
    await assert.rejects(
      subscribe(harness, { filterName: 'f3' }),
      refused('LimitExceededException', 'Resource limit exceeded.'),
    );
    const remove = (logGroupName: string) =>
      harness.call('DeleteSubscriptionFilter', { logGroupName, filterName: 'f' });
    await remove('g');
    await assert.rejects(
      remove('g'),
      refused('ResourceNotFoundException', 'The specified subscription filter does not exist.'),
    );
    await assert.rejects(
      remove('other'),
      refused('ResourceNotFoundException', 'The specified log group does not exist.'),
    );
  });
});

describe('Metric filters', () => {
  const put = (harness: Harness, filterPattern: string, transformation: object = {}) =>
    harness.call('PutMetricFilter', {
      logGroupName: 'g',
      filterName: 'm',
      filterPattern,
      metricTransformations: [
        { metricName: 'metric', metricNamespace: 'namespace', metricValue: '1', ...transformation },
      ],
    });

  it('are told as TestMetricFilters::test_describe_metric_filters_by_log_group recorded', async () => {
    await using harness = await openHarness();
    await harness.makeStream();
    await put(harness, 'pattern');
    const { metricFilters } = await harness.call('DescribeMetricFilters', { logGroupName: 'g' });
    assert.deepEqual(metricFilters, [
      {
        applyOnTransformedLogs: false,
        creationTime: harness.clock.now(),
        filterName: 'm',
        filterPattern: 'pattern',
        logGroupName: 'g',
        metricTransformations: [
          { metricName: 'metric', metricNamespace: 'namespace', metricValue: '1' },
        ],
      },
    ]);
    assert.deepEqual(
      (await harness.call('DescribeMetricFilters', { metricName: 'x', metricNamespace: 'y' }))
        .metricFilters,
      [],
    );
    await harness.call('DeleteMetricFilter', { logGroupName: 'g', filterName: 'm' });
    await assert.rejects(
      harness.call('DeleteMetricFilter', { logGroupName: 'g', filterName: 'm' }),
      /does not exist/,
    );
  });

  it('measure what they find: counts, values and dimensions', async () => {
    await using harness = await openHarness();
    await harness.makeStream();
    await put(harness, '{ $.latency > 1 }', {
      metricValue: '$.latency',
      unit: 'Milliseconds',
      dimensions: { Path: '$.path' },
    });
    await harness.put(
      [3, '{"latency":5.5,"path":"/a"}'],
      [2, '{"latency":7}'],
      [1, '{"latency":0.5,"path":"/b"}'],
      [0, 'no JSON'],
    );
    assert.deepEqual(harness.metrics, [
      {
        accountId: ACCOUNT,
        region: 'us-east-1',
        namespace: 'namespace',
        name: 'metric',
        unit: 'Milliseconds',
        dimensions: { Path: '/a' },
        value: 5.5,
        timestampMs: harness.clock.now() - 3000,
      },
    ]);
  });

  it('measure the default value where nothing matches', async () => {
    await using harness = await openHarness();
    await harness.makeStream();
    await put(harness, 'ERROR', { defaultValue: 0 });
    await harness.put([1, 'fine'], [0, 'fine']);
    await harness.put([1, 'ERROR'], [0, 'fine']);
    assert.deepEqual(
      harness.metrics.map(({ value }) => value),
      [0, 1],
    );
  });

  it('refuse dimensions beside a default value', async () => {
    await using harness = await openHarness();
    await harness.makeStream();
    await assert.rejects(
      put(harness, '', { defaultValue: 0, dimensions: { a: '$.a' } }),
      /mutually exclusive/,
    );
  });

  it('are tested on messages, counted from one', async () => {
    await using harness = await openHarness();
    const output = await harness.call('TestMetricFilter', {
      filterPattern: '[ip, status=4*]',
      logEventMessages: ['1.1.1.1 200', '2.2.2.2 404', 'other'],
    });
    assert.deepEqual(output.matches, [
      {
        eventNumber: 2,
        eventMessage: '2.2.2.2 404',
        extractedValues: { $ip: '2.2.2.2', $status: '404' },
      },
    ]);
  });
});

describe('StartLiveTail', () => {
  it('tells of events as they come, until the client goes', async () => {
    await using harness = await openHarness();
    await harness.makeStream();
    await harness.put([0, 'before']);
    const controller = new AbortController();
    const logGroupIdentifiers = [`arn:aws:logs:us-east-1:${ACCOUNT}:log-group:g`];
    const input = { logGroupIdentifiers, logEventFilterPattern: '-boring' };
    const { responseStream } = await harness.call('StartLiveTail', input, controller.signal);
    const stream = responseStream?.[Symbol.asyncIterator]() ?? assert.fail();
    const { value: start } = await stream.next();
    assert.deepEqual(start?.sessionStart?.logGroupIdentifiers, logGroupIdentifiers);
    await harness.put([0, 'boring'], [0, 'news']);
    const update = stream.next();
    await harness.clock.advance(1000);
    assert.deepEqual((await update).value, {
      sessionUpdate: {
        sessionMetadata: { sampled: false },
        sessionResults: [
          {
            logStreamName: 's',
            logGroupIdentifier: logGroupIdentifiers[0],
            message: 'news',
            timestamp: harness.clock.now() - 1000,
            ingestionTime: harness.clock.now() - 1000,
          },
        ],
      },
    });
    const empty = stream.next();
    await harness.clock.advance(1000);
    assert.deepEqual((await empty).value?.sessionUpdate?.sessionResults, []);
    const end = stream.next();
    controller.abort();
    assert.equal((await end).done, true);
  });

  it('samples where too much comes, and ends after three hours', async () => {
    await using harness = await openHarness();
    await harness.makeStream();
    const { responseStream } = await harness.call('StartLiveTail', { logGroupIdentifiers: ['g'] });
    const stream = responseStream?.[Symbol.asyncIterator]() ?? assert.fail();
    await stream.next();
    await harness.put(...Array.from({ length: 501 }, () => [0, 'x'] as const));
    const first = stream.next();
    await harness.clock.advance(1000);
    const update = (await first).value?.sessionUpdate;
    assert.deepEqual(
      [update?.sessionMetadata, update?.sessionResults?.length],
      [{ sampled: true }, 500],
    );
    let last;
    for (let second = 0; second < 3 * 3600; second += 1) {
      const next = stream.next();
      await harness.clock.advance(1000);
      const { value, done } = await next;
      if (done === true) break;
      last = value;
    }
    assert.ok(last?.SessionTimeoutException);
  });
});
