/** Whether time alone can change nothing of an alarm: a clock that is moved need not stop for it then. */
import { SECOND_MS } from '#kernel/units.ts';
import type { Queries } from '#ports/world/database.ts';
import { metricsOf, periodSeconds, type MetricAlarm } from './alarm.ts';
import { metricId, type MetricKey } from './model.ts';
import { lastPointAt } from './store-points.ts';

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
  const metrics = metricsOf(alarm);
  if (metrics.some((metric) => isGauge(metric) || unseen.has(metricId(metric)))) return false;
  const stats = settings.Metrics?.flatMap(({ MetricStat: stat }) => stat?.Period ?? []) ?? [];
  const longestMs = Math.max(periodSeconds(alarm), ...stats) * SECOND_MS;
  // Periods begin before the look by one that is under way, and by one where those of metrics are longer.
  const startMs = lookedAtMs - ((settings.EvaluationPeriods ?? 1) + 2) * longestMs;
  for (const metric of metrics) {
    const lastMs = await lastPointAt(queries, metric);
    if (lastMs !== undefined && lastMs >= startMs) return false;
  }
  return true;
}

/** True for what is told as time passes, though nothing happens: what lies in queues. */
function isGauge({ namespace, name }: MetricKey): boolean {
  return namespace === 'AWS/SQS' && name.startsWith('Approximate');
}
