import type {
  GetMetricDataInput,
  GetMetricDataOutput,
  MetricDataQuery,
  MetricDataResult,
  MetricStat,
} from '#aws/models/cloudwatch.types.gen.ts';
import type { Operation } from '#aws/operation.ts';
import { SECOND_MS } from '#kernel/units.ts';
import type { Queries } from '#ports/world/database.ts';
import { isStatistic, mergeAggregates, statisticOf } from '../aggregate.ts';
import type { MetricsDependencies } from '../dependencies.ts';
import { evaluateExpression, parseExpression } from '../expression.ts';
import { invalidToken, startAfterEnd, validationError } from '../errors.ts';
import { DATA_DATAPOINTS_MAX } from '../limits.ts';
import type { AggregatingMetricSink } from '../metric-sink.ts';
import { byPeriod, dimensionsKey } from '../model.ts';
import type { Scope } from '../model.ts';
import { checkPeriod, roundStart } from '../periods.ts';
import { listPoints } from '../store-points.ts';

/** Values by their time. */
type Line = ReadonlyMap<number, number>;

interface Computed {
  readonly query: MetricDataQuery;
  readonly line: Line;
  readonly label: string;
  readonly messages: NonNullable<MetricDataResult['Messages']>;
}

/** @see https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_GetMetricData.html */
export function getMetricData(
  { database }: MetricsDependencies,
  sink: AggregatingMetricSink,
): Operation<GetMetricDataInput, GetMetricDataOutput> {
  return async (context, input) => {
    check(input);
    await sink.flush();
    const computed = await database.read((queries) => compute(queries, context, input));
    const isAscending = input.ScanBy === 'TimestampAscending';
    const results = computed
      .filter(({ query }) => query.ReturnData !== false)
      .map((one) => resultOf(one, isAscending));
    return page(results, input);
  };
}

function check({ StartTime, EndTime, MetricDataQueries }: GetMetricDataInput): void {
  if (StartTime >= EndTime) throw startAfterEnd();
  const ids = new Set<string>();
  for (const { Id, MetricStat: stat, Expression } of MetricDataQueries) {
    if (ids.has(Id)) throw validationError(`The value ${Id} of Id is used more than once.`);
    ids.add(Id);
    if ((stat === undefined) === (Expression === undefined)) {
      throw validationError('Each query must have either MetricStat or Expression, and not both.');
    }
    if (stat === undefined) continue;
    checkPeriod(stat.Period);
    if (!isStatistic(stat.Stat))
      throw validationError(`The value ${stat.Stat} for parameter Stat is not supported.`);
  }
}

async function compute(
  queries: Queries,
  scope: Scope,
  input: GetMetricDataInput,
): Promise<Computed[]> {
  const labels = labelsOf(input.MetricDataQueries);
  const lines = new Map<string, Line>();
  const computed: Computed[] = [];
  for (const query of input.MetricDataQueries) {
    const { MetricStat: stat, Id, Label } = query;
    if (stat === undefined) continue;
    const { line, units } = await readLine(queries, scope, stat, input);
    lines.set(Id, line);
    const value = `Multiple units returned: '[${units.join(', ')}]'`;
    const messages = units.length > 1 ? [{ Code: 'MultipleUnits', Value: value }] : [];
    computed.push({ query, line, messages, label: Label ?? labels.get(Id) ?? Id });
  }
  for (const query of input.MetricDataQueries) {
    if (query.Expression === undefined) continue;
    const line = evaluateExpression(parseExpression(query.Expression), lines);
    lines.set(query.Id, line);
    computed.push({ query, line, messages: [], label: query.Label ?? query.Id });
  }
  const order = input.MetricDataQueries.map(({ Id }) => Id);
  return computed.sort((a, b) => order.indexOf(a.query.Id) - order.indexOf(b.query.Id));
}

/**
 * A metric's values by period. Where no unit is asked for and there are several, the first by name is told,
 * as `test_get_metric_data_different_units_no_unit_in_query` recorded.
 */
async function readLine(
  queries: Queries,
  { accountId, region }: Scope,
  { Metric, Period, Stat, Unit }: MetricStat,
  { StartTime, EndTime }: GetMetricDataInput,
): Promise<{ readonly line: Line; readonly units: readonly string[] }> {
  const periodMs = Period * SECOND_MS;
  const startMs = roundStart(StartTime, periodMs);
  const key = {
    accountId,
    region,
    namespace: Metric.Namespace ?? '',
    name: Metric.MetricName ?? '',
    dimensions: dimensionsKey(Metric.Dimensions),
  };
  const range = { startMs, endMs: EndTime, ...(Unit === undefined ? {} : { unit: Unit }) };
  const points = await listPoints(queries, key, range);
  const units = [...new Set(points.map(({ unit }) => unit))].sort();
  const line = new Map<number, number>();
  for (const [atMs, inPeriod] of byPeriod(
    points.filter(({ unit }) => unit === units[0]),
    startMs,
    periodMs,
  )) {
    const [first, ...rest] = inPeriod.map(({ aggregate }) => aggregate);
    const value =
      first === undefined ? undefined : statisticOf(Stat, rest.reduce(mergeAggregates, first));
    if (value !== undefined) line.set(atMs, value);
  }
  return { line, units };
}

/**
 * Labels that tell queries of one request apart: the metric, and its statistic and period where these differ,
 * as `test_label_generation` recorded.
 */
function labelsOf(queries: readonly MetricDataQuery[]): Map<string, string> {
  const stats = queries.flatMap(({ Id, MetricStat: stat }) =>
    stat === undefined ? [] : [{ Id, ...stat }],
  );
  const hasStats = new Set(stats.map(({ Stat }) => Stat)).size > 1;
  const hasPeriods = new Set(stats.map(({ Period }) => Period)).size > 1;
  return new Map(
    stats.map(({ Id, Metric, Stat, Period }) => {
      const parts = [
        Metric.MetricName,
        ...(hasStats ? [Stat] : []),
        ...(hasPeriods ? [Period] : []),
      ];
      return [Id, parts.join(' ')];
    }),
  );
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
