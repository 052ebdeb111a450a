import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { DAY_MS, HOUR_MS, MINUTE_MS } from '#kernel/units.ts';
import { openHarness } from './harness.test.ts';
import type { Harness } from './harness.test.ts';
import { RETENTION_MS } from './limits.ts';

type Datum = Parameters<Harness['call']>[1];
const refused = (code: string, message: string) => ({ code, message });

const put = (harness: Harness, ...data: readonly object[]) =>
  harness.call('PutMetricData', {
    Namespace: 'ns',
    MetricData: data.map((datum) => ({ MetricName: 'm', ...datum })),
  } satisfies Datum);

const statistics = (harness: Harness, options: object = {}) =>
  harness.call('GetMetricStatistics', {
    Namespace: 'ns',
    MetricName: 'm',
    StartTime: harness.clock.now() - HOUR_MS,
    EndTime: harness.clock.now() + MINUTE_MS,
    Period: 7200,
    Statistics: ['SampleCount', 'Sum', 'Maximum', 'Minimum', 'Average'],
    ...options,
  });

const query = (Id: string, options: object = {}, metric: object = {}) => ({
  Id,
  MetricStat: {
    Metric: { Namespace: 'ns', MetricName: 'm', ...metric },
    Period: 60,
    Stat: 'Sum',
    ...options,
  },
});

const getData = (harness: Harness, queries: readonly object[], options: object = {}) =>
  harness.call('GetMetricData', {
    // Each query is complete but for what a test gives it.
    MetricDataQueries: queries as ReturnType<typeof query>[],
    StartTime: harness.clock.now() - HOUR_MS,
    EndTime: harness.clock.now() + MINUTE_MS,
    ...options,
  });

describe('PutMetricData', () => {
  it('keeps values and counts, as test_put_metric_data_values_list recorded', async () => {
    await using harness = await openHarness();
    await put(harness, {
      Values: [1, 10],
      Counts: [2, 4],
      Unit: 'Count',
      Timestamp: harness.clock.now(),
    });
    const { Datapoints, Label } = await statistics(harness, {
      Statistics: ['SampleCount', 'Sum', 'Maximum'],
    });
    assert.equal(Label, 'm');
    const Timestamp = harness.clock.now() - HOUR_MS;
    assert.deepEqual(Datapoints, [
      { Timestamp, Maximum: 10, SampleCount: 6, Sum: 42, Unit: 'Count' },
    ]);
  });

  it('refuses what contradicts itself, as test_put_metric_data_validation recorded', async () => {
    await using harness = await openHarness();
    await assert.rejects(
      put(harness, { Value: 1, Values: [1] }),
      refused(
        'InvalidParameterCombination',
        'The parameters MetricData.member.1.Value and MetricData.member.1.Values are mutually exclusive and you have specified both.',
      ),
    );
    await assert.rejects(
      put(harness, { Value: 1 }, { Values: [1, 2], Counts: [1] }),
      refused(
        'InvalidParameterValue',
        'The parameters MetricData.member.2.Values and MetricData.member.2.Counts must be of the same size.',
      ),
    );
    await assert.rejects(
      put(harness, {
        Value: 1,
        StatisticValues: { SampleCount: 1, Sum: 1, Minimum: 1, Maximum: 1 },
      }),
      /MetricData.member.1.Value and MetricData.member.1.StatisticValues are mutually exclusive/,
    );
    await assert.rejects(put(harness, {}), /must be specified/);
    await assert.rejects(put(harness, { Value: NaN }), /The value NaN/);
    assert.deepEqual((await statistics(harness)).Datapoints, []);
  });

  it('takes two weeks of the past and two hours of the future', async () => {
    await using harness = await openHarness();
    const at = (ms: number) => put(harness, { Value: 1, Timestamp: harness.clock.now() + ms });
    await at(-14 * DAY_MS);
    await assert.rejects(at(-14 * DAY_MS - 1), { code: 'InvalidParameterValue' });
    await at(2 * HOUR_MS);
    await assert.rejects(at(2 * HOUR_MS + 1), { code: 'InvalidParameterValue' });
  });

  it("keeps AWS's own namespaces for itself", async () => {
    await using harness = await openHarness();
    await assert.rejects(
      harness.call('PutMetricData', {
        Namespace: 'AWS/Lambda',
        MetricData: [{ MetricName: 'm', Value: 1 }],
      }),
      refused('InvalidParameterValue', 'The value AWS/Lambda for parameter Namespace is invalid.'),
    );
  });

  it('adds to what a minute already has', async () => {
    await using harness = await openHarness();
    await put(harness, { Value: 1 }, { Value: 5 });
    await put(harness, { StatisticValues: { SampleCount: 2, Sum: 20, Minimum: -1, Maximum: 21 } });
    const { Datapoints } = await statistics(harness);
    const { Timestamp: _, ...datapoint } = Datapoints?.[0] ?? {};
    assert.deepEqual(datapoint, {
      SampleCount: 4,
      Sum: 26,
      Minimum: -1,
      Maximum: 21,
      Average: 6.5,
      Unit: 'None',
    });
  });
});

describe('GetMetricStatistics', () => {
  it('tells each unit by itself, as test_handle_different_units recorded', async () => {
    await using harness = await openHarness();
    await put(harness, { Value: 10 }, { Value: 5, Unit: 'Count' }, { Value: 1, Unit: 'Seconds' });
    const { Datapoints } = await statistics(harness, { Statistics: ['Average'] });
    const found = Datapoints?.map(({ Average, Unit }) => `${Average} ${Unit}`).sort();
    assert.deepEqual(found, ['1 Seconds', '10 None', '5 Count']);
    const { Datapoints: seconds } = await statistics(harness, { Unit: 'Seconds' });
    assert.deepEqual(
      seconds?.map(({ Sum }) => Sum),
      [1],
    );
  });

  it('refuses too many datapoints and times that run backward, as test_invalid_amount_of_datapoints recorded', async () => {
    await using harness = await openHarness();
    const now = harness.clock.now();
    await assert.rejects(
      statistics(harness, { StartTime: now - DAY_MS, EndTime: now, Period: 1 }),
      refused(
        'InvalidParameterCombination',
        'You have requested up to 86400 datapoints, which exceeds the limit of 1440. You may reduce the datapoints requested by increasing Period, or decreasing the time range.',
      ),
    );
    await statistics(harness, { StartTime: now - DAY_MS, EndTime: now, Period: 60 });
    await assert.rejects(
      statistics(harness, { StartTime: now, EndTime: now }),
      refused(
        'InvalidParameterValue',
        'The parameter StartTime must be less than the parameter EndTime.',
      ),
    );
    await assert.rejects(statistics(harness, { Period: 90 }), { code: 'InvalidParameterValue' });
    await assert.rejects(statistics(harness, { Statistics: undefined }), {
      code: 'MissingParameter',
    });
    const extended = { Statistics: undefined, ExtendedStatistics: ['p101'] };
    await assert.rejects(statistics(harness, extended), { code: 'InvalidParameterValue' });
  });

  it('includes the start and excludes the end, in periods counted from the start', async () => {
    await using harness = await openHarness();
    const now = harness.clock.now();
    for (const minutes of [10, 9, 5, 4, 0])
      await put(harness, { Value: minutes, Timestamp: now - minutes * MINUTE_MS });
    const range = {
      StartTime: now - 9 * MINUTE_MS,
      EndTime: now,
      Period: 300,
      Statistics: ['Sum'],
    };
    const { Datapoints } = await statistics(harness, range);
    assert.deepEqual(Datapoints, [
      { Timestamp: now - 9 * MINUTE_MS, Sum: 14, Unit: 'None' },
      { Timestamp: now - 4 * MINUTE_MS, Sum: 4, Unit: 'None' },
    ]);
  });

  it('tells percentiles and trimmed means', async () => {
    await using harness = await openHarness();
    await put(harness, {
      Values: Array.from({ length: 100 }, (_, n) => n + 1),
      Counts: Array.from({ length: 100 }, () => 1),
    });
    const names = ['p50', 'p99', 'p100', 'tm90', 'IQM', 'tc90', 'ts10'];
    const { Datapoints } = await statistics(harness, {
      Statistics: undefined,
      ExtendedStatistics: names,
    });
    assert.deepEqual(Datapoints?.[0]?.ExtendedStatistics, {
      p50: 50,
      p99: 99,
      p100: 100,
      tm90: 45.5,
      IQM: 50.5,
      tc90: 90,
      ts10: 55,
    });
  });

  it('stays within a percent of the truth where values are many', async () => {
    await using harness = await openHarness();
    for (let n = 1; n <= 2000; n += 1)
      harness.metrics.metricSink.put([harness.datum('Duration', n)]);
    const metric = {
      Namespace: 'AWS/Lambda',
      MetricName: 'Duration',
      Dimensions: [{ Name: 'FunctionName', Value: 'f' }],
    };
    const counted = await statistics(harness, { ...metric, Statistics: ['SampleCount', 'Sum'] });
    const { SampleCount, Sum } = counted.Datapoints?.[0] ?? {};
    assert.deepEqual([SampleCount, Sum], [2000, 2_001_000]);
    const percentiles = { Statistics: undefined, ExtendedStatistics: ['p50', 'p99'] };
    const { Datapoints } = await statistics(harness, { ...metric, ...percentiles });
    const { ExtendedStatistics } = Datapoints?.[0] ?? {};
    assert.ok(Math.abs((ExtendedStatistics?.['p50'] ?? 0) / 1000 - 1) < 0.01);
    assert.ok(Math.abs((ExtendedStatistics?.['p99'] ?? 0) / 1980 - 1) < 0.01);
  });
});

describe('GetMetricData', () => {
  it('answers each query, the newest first, as test_get_metric_data_for_multiple_metrics recorded', async () => {
    await using harness = await openHarness();
    const now = harness.clock.now();
    await put(
      harness,
      { Value: 20, Timestamp: now - MINUTE_MS },
      { Value: 30 },
      { MetricName: 'other', Value: 25 },
    );
    const answer = await getData(harness, [
      query('r1'),
      query('r2', {}, { MetricName: 'other' }),
      query('r3', {}, { MetricName: 'no' }),
    ]);
    assert.deepEqual(answer, {
      Messages: [],
      MetricDataResults: [
        {
          Id: 'r1',
          Label: 'm',
          StatusCode: 'Complete',
          Timestamps: [now, now - MINUTE_MS],
          Values: [30, 20],
        },
        { Id: 'r2', Label: 'other', StatusCode: 'Complete', Timestamps: [now], Values: [25] },
        { Id: 'r3', Label: 'no', StatusCode: 'Complete', Timestamps: [], Values: [] },
      ],
    });
    const ascending = await getData(harness, [query('r1')], { ScanBy: 'TimestampAscending' });
    assert.deepEqual(ascending.MetricDataResults?.[0]?.Values, [20, 30]);
  });

  it('makes labels of what differs, as test_label_generation recorded', async () => {
    await using harness = await openHarness();
    const labels = async (...queries: readonly object[]) =>
      (await getData(harness, queries)).MetricDataResults?.map(({ Label }) => Label);
    assert.deepEqual(await labels(query('a'), query('b', { Stat: 'Minimum', Period: 30 })), [
      'm Sum 60',
      'm Minimum 30',
    ]);
    assert.deepEqual(await labels(query('a'), query('b', { Stat: 'Minimum' })), [
      'm Sum',
      'm Minimum',
    ]);
    assert.deepEqual(await labels(query('a'), query('b', { Period: 30 })), ['m 60', 'm 30']);
    assert.deepEqual(await labels(query('a'), query('b', { Unit: 'Seconds' })), ['m', 'm']);
    assert.deepEqual(await labels({ ...query('a'), Label: 'mine' }), ['mine']);
  });

  it('tells of several units where none is asked for', async () => {
    await using harness = await openHarness();
    await put(harness, { Value: 60, Unit: 'Seconds' }, { Value: 60_000, Unit: 'Milliseconds' });
    const { MetricDataResults } = await getData(harness, [
      query('m1'),
      query('m2', { Unit: 'Seconds' }),
    ]);
    assert.deepEqual(
      MetricDataResults?.map(({ Values, Messages }) => [Values, Messages]),
      [
        [
          [60_000],
          [{ Code: 'MultipleUnits', Value: "Multiple units returned: '[Milliseconds, Seconds]'" }],
        ],
        [[60], undefined],
      ],
    );
  });

  it('computes with other queries, which may stay unseen', async () => {
    await using harness = await openHarness();
    const now = harness.clock.now();
    await put(
      harness,
      { Value: 2, Timestamp: now - MINUTE_MS },
      { Value: 3 },
      { MetricName: 'all', Value: 12 },
    );
    const value = async (Expression: string) => {
      const { MetricDataResults } = await getData(harness, [
        { ...query('e'), ReturnData: false },
        { ...query('a', {}, { MetricName: 'all' }), ReturnData: false },
        { Id: 'x', Expression },
      ]);
      assert.equal(MetricDataResults?.length, 1);
      return MetricDataResults[0]?.Values;
    };
    assert.deepEqual(await value('100 * e / a'), [25]);
    assert.deepEqual(await value('e + 2 ^ 3 - (1 - 1)'), [11, 10]);
    assert.deepEqual(await value('SUM([e, a])'), [15, 2]);
    assert.deepEqual(await value('MAX(METRICS())'), [12, 2]);
    assert.deepEqual(await value('e - AVG(e)'), [0.5, -0.5]);
    assert.deepEqual(await value('e / 0'), []);
    for (const wrong of [
      '',
      'e +',
      'nowhere',
      '1 + 1',
      '[e, a]',
      'FOO(e)',
      'e ; a',
      '('.repeat(100),
    ]) {
      await assert.rejects(value(wrong), { code: 'ValidationError' }, wrong);
    }
  });

  it('answers as many datapoints as asked for, and the rest with the token', async () => {
    await using harness = await openHarness();
    const now = harness.clock.now();
    for (let n = 0; n < 5; n += 1) await put(harness, { Value: n, Timestamp: now - n * MINUTE_MS });
    const first = await getData(harness, [query('a'), query('b')], { MaxDatapoints: 7 });
    assert.deepEqual(
      first.MetricDataResults?.map(({ Values, StatusCode }) => [Values, StatusCode]),
      [
        [[0, 1, 2, 3, 4], 'Complete'],
        [[0, 1], 'PartialData'],
      ],
    );
    const second = await getData(harness, [query('a'), query('b')], {
      MaxDatapoints: 7,
      NextToken: first.NextToken,
    });
    assert.deepEqual(
      second.MetricDataResults?.map(({ Values }) => Values),
      [[], [2, 3, 4]],
    );
    assert.equal(second.NextToken, undefined);
  });
});

describe('ListMetrics', () => {
  it('finds metrics by namespace, name and dimensions', async () => {
    await using harness = await openHarness();
    const dimensions = [
      { Name: 'b', Value: '2' },
      { Name: 'a', Value: '1' },
    ];
    await put(harness, { Value: 1, Dimensions: dimensions }, { MetricName: 'n', Value: 1 });
    const names = async (input: object) =>
      (await harness.call('ListMetrics', input)).Metrics?.map(({ MetricName }) => MetricName);
    assert.deepEqual(await names({}), ['m', 'n']);
    assert.deepEqual(await names({ MetricName: 'n' }), ['n']);
    assert.deepEqual(await names({ Namespace: 'other' }), []);
    assert.deepEqual(await names({ Dimensions: [{ Name: 'a' }] }), ['m']);
    assert.deepEqual(await names({ Dimensions: [{ Name: 'a', Value: '2' }] }), []);
    const { Metrics } = await harness.call('ListMetrics', { MetricName: 'm' });
    assert.deepEqual(Metrics?.[0]?.Dimensions, [
      { Name: 'a', Value: '1' },
      { Name: 'b', Value: '2' },
    ]);
  });

  it('forgets what was silent for two weeks, or three hours', async () => {
    await using harness = await openHarness();
    await put(harness, { Value: 1 });
    const count = async (input: object = {}) =>
      (await harness.call('ListMetrics', input)).Metrics?.length;
    await harness.clock.advance(3 * HOUR_MS);
    assert.equal(await count({ RecentlyActive: 'PT3H' }), 1);
    await harness.clock.advance(1);
    assert.deepEqual([await count({ RecentlyActive: 'PT3H' }), await count()], [0, 1]);
    await harness.clock.advance(14 * DAY_MS);
    assert.equal(await count(), 0);
  });
});

describe('The metric sink', () => {
  const sum = async (harness: Harness) => {
    const { MetricDataResults } = await getData(harness, [
      query(
        's',
        { Period: 3600 },
        {
          Namespace: 'AWS/Lambda',
          MetricName: 'Invocations',
          Dimensions: [{ Name: 'FunctionName', Value: 'f' }],
        },
      ),
    ]);
    return (MetricDataResults?.[0]?.Values ?? []).reduce((total, value) => total + value, 0);
  };

  it('is seen by the next read', async () => {
    await using harness = await openHarness();
    harness.metrics.metricSink.put([
      harness.datum('Invocations', 1),
      harness.datum('Invocations', 1),
    ]);
    assert.equal(await sum(harness), 2);
    harness.metrics.metricSink.put([harness.datum('Invocations', 1)]);
    assert.equal(await sum(harness), 3);
  });

  it('keeps what could not be stored, and counts it once', async () => {
    await using harness = await openHarness();
    harness.faults.commits = 1;
    harness.metrics.metricSink.put([harness.datum('Invocations', 1)]);
    await assert.rejects(harness.metrics.flush(), /the commit fails/);
    harness.metrics.metricSink.put([harness.datum('Invocations', 1)]);
    await harness.metrics.flush();
    assert.equal(await sum(harness), 2);
  });

  it('is stored each minute and at the end, and points go after fifteen months', async () => {
    await using harness = await openHarness();
    const controller = new AbortController();
    const running = harness.metrics.run(controller.signal);
    harness.metrics.metricSink.put([harness.datum('Invocations', 1)]);
    await harness.clock.advance(MINUTE_MS);
    harness.metrics.metricSink.put([harness.datum('Invocations', 1)]);
    controller.abort();
    await harness.clock.settle();
    await running;
    assert.equal(await sum(harness), 2);
    await harness.clock.advance(RETENTION_MS);
    const again = new AbortController();
    const sweeping = harness.metrics.run(again.signal);
    await harness.clock.advance(2 * MINUTE_MS);
    again.abort();
    await harness.clock.settle();
    await sweeping;
    const old = harness.clock.now() - RETENTION_MS - HOUR_MS;
    const { Datapoints } = await statistics(harness, {
      Namespace: 'AWS/Lambda',
      MetricName: 'Invocations',
      Dimensions: [{ Name: 'FunctionName', Value: 'f' }],
      StartTime: old,
      EndTime: old + 2 * HOUR_MS,
      Period: 60,
      Statistics: ['Sum'],
    });
    assert.deepEqual(Datapoints, []);
  });
});
