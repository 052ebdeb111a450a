import type { MetricDatum, PutMetricDataInput } from '#aws/models/cloudwatch.types.gen.ts';
import type { Operation } from '#aws/operation.ts';
import { aggregateOf, mergeAggregates } from '../aggregate.ts';
import type { Aggregate } from '../aggregate.ts';
import type { MetricsDependencies } from '../dependencies.ts';
import { bothGiven, differentSizes, invalidValue, missingParameter } from '../errors.ts';
import { FUTURE_MS_MAX, HIGH_RESOLUTION_MS, PAST_MS_MAX, RESOLUTION_MS } from '../limits.ts';
import { metricKey } from '../model.ts';
import { addPoint } from '../store-points.ts';

/** @see https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_PutMetricData.html */
export function putMetricData({
  database,
  clock,
}: MetricsDependencies): Operation<PutMetricDataInput, void> {
  return (context, input) => {
    const nowMs = clock.now();
    const namespace = input.Namespace;
    if (namespace.startsWith('AWS/')) {
      throw invalidValue(`The value ${namespace} for parameter Namespace is invalid.`);
    }
    const data = [
      ...(input.MetricData ?? []),
      ...(input.EntityMetricData ?? []).flatMap((entity) => entity.MetricData ?? []),
    ];
    if (data.length === 0) throw missingParameter('The parameter MetricData is required.');
    const points = data.map((datum, index) => {
      check(datum, index, nowMs);
      const resolutionMs = datum.StorageResolution === 1 ? HIGH_RESOLUTION_MS : RESOLUTION_MS;
      const atMs = Math.floor((datum.Timestamp ?? nowMs) / resolutionMs) * resolutionMs;
      return {
        key: metricKey(context, { ...datum, Namespace: namespace }),
        point: { atMs, unit: datum.Unit ?? 'None', aggregate: aggregate(datum) },
      };
    });
    return database.transact(async (tx) => {
      for (const { key, point } of points) await addPoint(tx, key, point);
    });
  };
}

function check(datum: MetricDatum, index: number, nowMs: number): void {
  const { Value, Values, Counts, StatisticValues, Timestamp = nowMs } = datum;
  const member = `MetricData.member.${index + 1}`;
  if (Value !== undefined && Values !== undefined) throw bothGiven(index, 'Value', 'Values');
  if (Value !== undefined && StatisticValues !== undefined)
    throw bothGiven(index, 'Value', 'StatisticValues');
  if (Values !== undefined && StatisticValues !== undefined)
    throw bothGiven(index, 'Values', 'StatisticValues');
  if (Value === undefined && Values === undefined && StatisticValues === undefined) {
    throw missingParameter(
      `At least one of the parameters ${member}.Value, ${member}.Values or ${member}.StatisticValues must be specified.`,
    );
  }
  if (Counts !== undefined && Counts.length !== (Values ?? []).length) throw differentSizes(index);
  const numbers = [
    Value ?? 0,
    ...(Values ?? []),
    ...(Counts ?? []),
    ...Object.values(StatisticValues ?? {}),
  ];
  const wrong = numbers.find((number) => !Number.isFinite(number));
  if (wrong !== undefined)
    throw invalidValue(`The value ${wrong} for parameter ${member}.Value is invalid.`);
  if (Timestamp < nowMs - PAST_MS_MAX || Timestamp > nowMs + FUTURE_MS_MAX) {
    throw invalidValue(
      `The parameter ${member}.Timestamp must specify a time within the past two weeks and no more than two hours ahead.`,
    );
  }
}

function aggregate({ Value, Values, Counts, StatisticValues }: MetricDatum): Aggregate {
  if (StatisticValues !== undefined) {
    const {
      SampleCount: sampleCount,
      Sum: sum,
      Minimum: minimum,
      Maximum: maximum,
    } = StatisticValues;
    const isOneValue = minimum === maximum || sampleCount === 1;
    const counts = new Map(isOneValue ? [[minimum, sampleCount]] : []);
    return { sampleCount, sum, minimum, maximum, counts };
  }
  const [first, ...rest] = (Values ?? [Value ?? 0]).map((value, index) =>
    aggregateOf(value, Counts?.[index] ?? 1),
  );
  return rest.reduce(mergeAggregates, first ?? aggregateOf(0, 0));
}
