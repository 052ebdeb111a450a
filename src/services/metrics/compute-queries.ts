/** Computes queries for data: metrics by their periods, then expressions over them. */
import type {
  GetMetricDataInput,
  MetricDataQuery,
  MetricDataResult,
  MetricStat,
} from '#aws/models/cloudwatch.types.gen.ts';
import { SECOND_MS } from '#kernel/units.ts';
import type { Queries } from '#ports/world/database.ts';
import { mergeAll, statisticOf } from './aggregate.ts';
import { evaluateExpression, parseExpression } from './expression.ts';
import { DATA_DATAPOINTS_MAX } from './limits.ts';
import type { Grid, Line } from './math-values.ts';
import { byPeriod, metricKey } from './model.ts';
import type { Scope } from './model.ts';
import { roundStart } from './periods.ts';
import { listPoints } from './store-points.ts';

type QueryRange = Pick<GetMetricDataInput, 'EndTime' | 'MetricDataQueries' | 'StartTime'>;

export interface Computed {
  readonly query: MetricDataQuery;
  readonly line: Line;
  readonly label: string;
  readonly messages: NonNullable<MetricDataResult['Messages']>;
}

/**
 * What queries of metrics and expressions say of a range of time, in their order.
 * @throws AwsError ValidationError
 */
export async function computeQueries(
  queries: Queries,
  scope: Scope,
  input: QueryRange,
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
    const expression = parseExpression(query.Expression);
    const line = evaluateExpression(expression, lines, gridOf(query, input));
    lines.set(query.Id, line);
    computed.push({ query, line, messages: [], label: query.Label ?? query.Id });
  }
  const order = input.MetricDataQueries.map(({ Id }) => Id);
  return computed.sort((a, b) => order.indexOf(a.query.Id) - order.indexOf(b.query.Id));
}

/** The times that an expression may have values at: those of its own period, or of the longest. */
function gridOf({ Period }: MetricDataQuery, input: QueryRange): Grid {
  const periods = input.MetricDataQueries.flatMap(({ MetricStat: stat }) => stat?.Period ?? []);
  const periodSeconds = Period ?? Math.max(...periods, 1);
  const periodMs = periodSeconds * SECOND_MS;
  const startMs = roundStart(input.StartTime, periodMs);
  const count = Math.min(Math.ceil((input.EndTime - startMs) / periodMs), DATA_DATAPOINTS_MAX);
  const times = Array.from(
    { length: Math.max(count, 0) },
    (_, index) => startMs + index * periodMs,
  );
  return { times, periodSeconds };
}

/**
 * A metric's values by period. Where no unit is asked for and there are several, the first by name is told,
 * as `test_get_metric_data_different_units_no_unit_in_query` recorded.
 */
async function readLine(
  queries: Queries,
  scope: Scope,
  { Metric, Period, Stat, Unit }: MetricStat,
  { StartTime, EndTime }: QueryRange,
): Promise<{ readonly line: Line; readonly units: readonly string[] }> {
  const periodMs = Period * SECOND_MS;
  const startMs = roundStart(StartTime, periodMs);
  const range = { startMs, endMs: EndTime, ...(Unit === undefined ? {} : { unit: Unit }) };
  const points = await listPoints(queries, metricKey(scope, Metric), range);
  const units = [...new Set(points.map(({ unit }) => unit))].sort();
  const line = new Map<number, number>();
  for (const [atMs, inPeriod] of byPeriod(
    points.filter(({ unit }) => unit === units[0]),
    startMs,
    periodMs,
  )) {
    const merged = mergeAll(inPeriod.map(({ aggregate }) => aggregate));
    const value = merged && statisticOf(Stat, merged);
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
