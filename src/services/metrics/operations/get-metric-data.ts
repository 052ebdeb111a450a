import type {
  GetMetricDataInput,
  GetMetricDataOutput,
  MetricDataResult,
} from '#aws/models/cloudwatch.types.gen.ts';
import type { Operation } from '#aws/operation.ts';
import { isStatistic } from '../aggregate.ts';
import { computeQueries } from '../compute-queries.ts';
import type { Computed } from '../compute-queries.ts';
import type { MetricsDependencies } from '../dependencies.ts';
import { invalidToken, missingParameter, startAfterEnd, validationError } from '../errors.ts';
import { DATA_DATAPOINTS_MAX } from '../limits.ts';
import type { AggregatingMetricSink } from '../metric-sink.ts';
import { checkPeriod } from '../periods.ts';

/** @see https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_GetMetricData.html */
export function getMetricData(
  { database }: MetricsDependencies,
  sink: AggregatingMetricSink,
): Operation<GetMetricDataInput, GetMetricDataOutput> {
  return async (context, input) => {
    check(input);
    await sink.flush();
    const computed = await database.read((queries) => computeQueries(queries, context, input));
    const isAscending = input.ScanBy === 'TimestampAscending';
    const results = computed
      .filter(({ query }) => query.ReturnData !== false)
      .map((one) => resultOf(one, isAscending));
    return page(results, input);
  };
}

function check({ StartTime, EndTime, MetricDataQueries }: GetMetricDataInput): void {
  if (MetricDataQueries.length === 0) {
    throw missingParameter('The parameter MetricDataQueries is required.');
  }
  if (StartTime >= EndTime) throw startAfterEnd();
  const ids = new Set<string>();
  for (const { Id, MetricStat: stat, Expression } of MetricDataQueries) {
    if (ids.has(Id)) throw validationError(`The value ${Id} of Id is used more than once.`);
    ids.add(Id);
    if (!/^[a-z]\w*$/.test(Id)) {
      throw validationError(
        `The value ${Id} for parameter Id is not matching the expected pattern ^[a-z][a-zA-Z0-9_]*$.`,
      );
    }
    if ((stat === undefined) === (Expression === undefined)) {
      throw validationError('Each query must have either MetricStat or Expression, and not both.');
    }
    if (stat === undefined) continue;
    checkPeriod(stat.Period);
    if (!isStatistic(stat.Stat))
      throw validationError(`The value ${stat.Stat} for parameter Stat is not supported.`);
  }
}

function resultOf(
  { query, line, label, messages }: Computed,
  isAscending: boolean,
): MetricDataResult {
  const pairs = [...line].sort(([a], [b]) => (isAscending ? a - b : b - a));
  return {
    Id: query.Id,
    Label: label,
    Timestamps: pairs.map(([atMs]) => atMs),
    Values: pairs.map(([, value]) => value),
    StatusCode: 'Complete',
    ...(messages.length === 0 ? {} : { Messages: messages }),
  };
}

/** As many datapoints as one answer holds, counted through all results. */
function page(
  results: readonly MetricDataResult[],
  input: GetMetricDataInput,
): GetMetricDataOutput {
  const start = input.NextToken === undefined ? 0 : Number(input.NextToken);
  if (!Number.isSafeInteger(start) || start < 0) throw invalidToken();
  const end = start + Math.min(input.MaxDatapoints ?? DATA_DATAPOINTS_MAX, DATA_DATAPOINTS_MAX);
  let passed = 0;
  const shown = results.map((result) => {
    const [from, to] = [Math.max(0, start - passed), Math.max(0, end - passed)];
    const total = result.Values?.length ?? 0;
    passed += total;
    return {
      ...result,
      Timestamps: (result.Timestamps ?? []).slice(from, to),
      Values: (result.Values ?? []).slice(from, to),
      StatusCode: to < total ? 'PartialData' : 'Complete',
    };
  });
  return {
    MetricDataResults: shown,
    Messages: [],
    ...(passed > end ? { NextToken: String(end) } : {}),
  };
}
