import type {
  Datapoint,
  GetMetricStatisticsInput,
  GetMetricStatisticsOutput,
} from '#aws/models/cloudwatch.types.gen.ts';
import type { Operation } from '#aws/operation.ts';
import { SECOND_MS } from '#kernel/units.ts';
import { isStatistic, mergeAggregates, statisticOf } from '../aggregate.ts';
import type { Aggregate } from '../aggregate.ts';
import type { MetricsDependencies } from '../dependencies.ts';
import {
  invalidValue,
  missingParameter,
  startAfterEnd,
  tooManyDatapoints,
  invalidCombination,
} from '../errors.ts';
import { STATISTICS_DATAPOINTS_MAX } from '../limits.ts';
import type { AggregatingMetricSink } from '../metric-sink.ts';
import { byPeriod, metricKey } from '../model.ts';
import type { Point } from '../model.ts';
import { checkPeriod, roundStart } from '../periods.ts';
import { listPoints } from '../store-points.ts';

/**
 * One datapoint for each period and unit, in no promised order (ours is time's).
 * @see https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_GetMetricStatistics.html
 */
export function getMetricStatistics(
  { database }: MetricsDependencies,
  sink: AggregatingMetricSink,
): Operation<GetMetricStatisticsInput, GetMetricStatisticsOutput> {
  return async (context, input) => {
    check(input);
    await sink.flush();
    const periodMs = input.Period * SECOND_MS;
    const startMs = roundStart(input.StartTime, periodMs);
    const key = metricKey(context, input);
    const range = {
      startMs,
      endMs: input.EndTime,
      ...(input.Unit === undefined ? {} : { unit: input.Unit }),
    };
    const points = await database.read((queries) => listPoints(queries, key, range));
    const periods = [...byPeriod(points, startMs, periodMs)];
    return {
      Label: input.MetricName,
      Datapoints: periods.flatMap(([atMs, inPeriod]) => datapoints(atMs, inPeriod, input)),
    };
  };
}

function check(input: GetMetricStatisticsInput): void {
  const { StartTime, EndTime, Period, Statistics, ExtendedStatistics } = input;
  if (StartTime >= EndTime) throw startAfterEnd();
  checkPeriod(Period);
  const requested = Math.ceil((EndTime - StartTime) / (Period * SECOND_MS));
  if (requested > STATISTICS_DATAPOINTS_MAX)
    throw tooManyDatapoints(requested, STATISTICS_DATAPOINTS_MAX);
  if (Statistics === undefined && ExtendedStatistics === undefined) {
    throw missingParameter(
      'At least one of the parameters Statistics and ExtendedStatistics must be specified.',
    );
  }
  if (Statistics !== undefined && ExtendedStatistics !== undefined) {
    throw invalidCombination(
      'The parameters Statistics and ExtendedStatistics are mutually exclusive and you have specified both.',
    );
  }
  const wrong = ExtendedStatistics?.find((name) => !isStatistic(name));
  if (wrong !== undefined)
    throw invalidValue(`The value ${wrong} for parameter ExtendedStatistics is not supported.`);
}

function datapoints(
  atMs: number,
  points: readonly Point[],
  input: GetMetricStatisticsInput,
): Datapoint[] {
  const units = new Map<string, Aggregate>();
  for (const { unit, aggregate } of points) {
    const present = units.get(unit);
    units.set(unit, present === undefined ? aggregate : mergeAggregates(present, aggregate));
  }
  return [...units].map(([unit, aggregate]) => {
    const extended = statistics(input.ExtendedStatistics ?? [], aggregate);
    return {
      Timestamp: atMs,
      Unit: unit,
      ...statistics(input.Statistics ?? [], aggregate),
      ...(Object.keys(extended).length === 0 ? {} : { ExtendedStatistics: extended }),
    };
  });
}

function statistics(names: readonly string[], aggregate: Aggregate): Record<string, number> {
  const values: Record<string, number> = {};
  for (const name of names) {
    const value = statisticOf(name, aggregate);
    if (value !== undefined) values[name] = value;
  }
  return values;
}
