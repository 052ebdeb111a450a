/** Whether time alone can change nothing of an alarm: a clock that is moved need not stop for it then. */
import { SECOND_MS } from '#kernel/units.ts';
import type { Queries } from '#ports/world/database.ts';
import { metricsOf, periodSeconds, type MetricAlarm } from './alarm.ts';
import { metricId, type MetricKey } from './model.ts';
import { lastPointAt, lastPointIn } from './store-points.ts';

export interface Seen {
  /** When all alarms were looked at last, in ms since 1970. */
  readonly lookedAtMs: number;
  /** Ids of metrics that the store may not tell all of yet. */
  readonly unseen: ReadonlySet<string>;
}

/**
 * True for an alarm that has not been changed since the last look, which found nothing in its periods, and of whose
 * metrics nothing has come since: each look finds the same until something comes.
 */
export async function isAtRest(
  queries: Queries,
  alarm: MetricAlarm,
  { lookedAtMs, unseen }: Seen,
): Promise<boolean> {
  const { configuredAtMs, state, settings } = alarm;
  if (Math.max(configuredAtMs, state.updatedAtMs) >= lookedAtMs) return false;
  const stats = settings.Metrics?.flatMap(({ MetricStat: stat }) => stat?.Period ?? []) ?? [];
  const longestMs = Math.max(periodSeconds(alarm), ...stats) * SECOND_MS;
  // Periods begin before the look by one that is under way, and by one where those of metrics are longer.
  const sinceMs = lookedAtMs - ((settings.EvaluationPeriods ?? 1) + 2) * longestMs;
  for (const metric of metricsOf(alarm)) {
    if (isUnseen(metric, unseen)) return false;
    const lastMs = await (isGauge(metric) ? lastPointIn : lastPointAt)(queries, metric);
    if (lastMs !== undefined && lastMs >= sinceMs) return false;
  }
  return true;
}

function isUnseen(metric: MetricKey, unseen: ReadonlySet<string>): boolean {
  if (!isGauge(metric)) return unseen.has(metricId(metric));
  const { accountId, region, namespace } = metric;
  const begin = JSON.stringify([accountId, region, namespace]).replace(/]$/, ',');
  return unseen.values().some((id) => id.startsWith(begin));
}

/**
 * True for what lies in queues, which is told as time passes, though nothing is done to them: while any of them holds
 * messages, one that holds none may get some of those. Nothing is told of any where all are asleep.
 */
function isGauge({ namespace, name }: MetricKey): boolean {
  return namespace === 'AWS/SQS' && name.startsWith('Approximate');
}
