/** Looks at the metrics of all alarms whose period is over, and changes their states. */
import { SECOND_MS } from '#kernel/units.ts';
import type { Queries } from '#ports/world/database.ts';
import { mergeAll, statisticOf } from './aggregate.ts';
import { isShort, periodSeconds, type MetricAlarm } from './alarm.ts';
import { changeState } from './change-state.ts';
import { computeQueries } from './compute-queries.ts';
import type { MetricsDependencies } from './dependencies.ts';
import { evaluate } from './evaluate-alarm.ts';
import type { Datapoint } from './evaluate-alarm.ts';
import { byPeriod, metricKey } from './model.ts';
import { findAlarm, listAllAlarms } from './store-alarms.ts';
import { listPoints } from './store-points.ts';

/** One look; alarms of a minute and more are looked at when a minute has begun. */
export async function watchAlarms(
  dependencies: MetricsDependencies,
  hasMinuteBegun: boolean,
): Promise<void> {
  const { database, clock } = dependencies;
  const nowMs = clock.now();
  const alarms = await database.read(listAllAlarms);
  for (const alarm of alarms) {
    if (alarm.kind !== 'metric') continue;
    if (isShort(alarm) || hasMinuteBegun) await look(dependencies, alarm, nowMs);
  }
}

async function look(
  dependencies: MetricsDependencies,
  seen: MetricAlarm,
  nowMs: number,
): Promise<void> {
  await dependencies.database.transact(async (tx) => {
    const alarm = await findAlarm(tx, seen, seen.name);
    if (alarm?.kind !== 'metric') return;
    const verdict = evaluate(alarm, await datapointsOf(tx, alarm, nowMs), nowMs);
    if (verdict === undefined || verdict.value === alarm.state.value) return;
    await changeState(dependencies, tx, { alarm, verdict });
  });
}

/** As below, of the query whose data an alarm on several looks at. */
async function computedDatapoints(
  queries: Queries,
  alarm: MetricAlarm,
  nowMs: number,
): Promise<Datapoint[]> {
  const { Metrics = [], EvaluationPeriods = 1 } = alarm.settings;
  const periodMs = periodSeconds(alarm) * SECOND_MS;
  const endMs = Math.floor(nowMs / periodMs) * periodMs;
  const startMs = endMs - EvaluationPeriods * periodMs;
  const range = { MetricDataQueries: Metrics, StartTime: startMs, EndTime: endMs };
  const computed = await computeQueries(queries, alarm, range);
  const told = computed.find(({ query }) => query.ReturnData !== false);
  return Array.from({ length: EvaluationPeriods }, (_, index) => {
    const atMs = endMs - (index + 1) * periodMs;
    const value = told?.line.get(atMs);
    return value === undefined ? { atMs } : { atMs, value };
  });
}

/** The last periods that are over, the latest first. */
async function datapointsOf(
  queries: Queries,
  alarm: MetricAlarm,
  nowMs: number,
): Promise<Datapoint[]> {
  if (alarm.settings.Metrics !== undefined) return computedDatapoints(queries, alarm, nowMs);
  const { settings } = alarm;
  const { Period = 60, EvaluationPeriods = 1, Unit } = settings;
  const periodMs = Period * SECOND_MS;
  const endMs = Math.floor(nowMs / periodMs) * periodMs;
  const startMs = endMs - EvaluationPeriods * periodMs;
  const range = { startMs, endMs, ...(Unit === undefined ? {} : { unit: Unit }) };
  const periods = byPeriod(
    await listPoints(queries, metricKey(alarm, settings), range),
    startMs,
    periodMs,
  );
  return Array.from({ length: EvaluationPeriods }, (_, index) => {
    const atMs = endMs - (index + 1) * periodMs;
    const aggregate = mergeAll((periods.get(atMs) ?? []).map((point) => point.aggregate));
    if (aggregate === undefined) return { atMs };
    const value = statisticOf(
      settings.Statistic ?? settings.ExtendedStatistic ?? 'Average',
      aggregate,
    );
    return value === undefined ? { atMs } : { atMs, value, sampleCount: aggregate.sampleCount };
  });
}
