import type { ListMetricsInput, ListMetricsOutput } from '#aws/models/cloudwatch.types.gen.ts';
import type { Operation } from '#aws/operation.ts';
import { DAY_MS, HOUR_MS } from '#kernel/units.ts';
import type { MetricsDependencies } from '../dependencies.ts';
import { invalidToken } from '../errors.ts';
import { METRICS_PER_PAGE } from '../limits.ts';
import type { AggregatingMetricSink } from '../metric-sink.ts';
import { parseDimensions } from '../model.ts';
import { listMetrics as listStoredMetrics } from '../store-points.ts';

/** AWS lists what had a point in the last two weeks, or in the last three hours. */
const LISTED_MS = 14 * DAY_MS;
const RECENT_MS = 3 * HOUR_MS;

/** @see https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_ListMetrics.html */
export function listMetrics(
  { database, clock }: MetricsDependencies,
  sink: AggregatingMetricSink,
): Operation<ListMetricsInput, ListMetricsOutput> {
  return async (context, input) => {
    await sink.flush();
    const offset = input.NextToken === undefined ? 0 : Number(input.NextToken);
    if (!Number.isSafeInteger(offset) || offset < 0) throw invalidToken();
    const keys = await database.read((queries) =>
      listStoredMetrics(queries, context, {
        ...(input.Namespace === undefined ? {} : { namespace: input.Namespace }),
        ...(input.MetricName === undefined ? {} : { name: input.MetricName }),
        activeSinceMs: clock.now() - (input.RecentlyActive === undefined ? LISTED_MS : RECENT_MS),
      }),
    );
    const metrics = keys
      .map(({ namespace, name, dimensions }) => ({
        Namespace: namespace,
        MetricName: name,
        Dimensions: parseDimensions(dimensions),
      }))
      .filter(({ Dimensions }) =>
        (input.Dimensions ?? []).every((wanted) =>
          Dimensions.some(
            ({ Name, Value }) => Name === wanted.Name && Value === (wanted.Value ?? Value),
          ),
        ),
      );
    const end = offset + METRICS_PER_PAGE;
    return {
      Metrics: metrics.slice(offset, end),
      ...(metrics.length > end ? { NextToken: String(end) } : {}),
    };
  };
}
