/** CloudWatch's metrics and alarms. */
import { cloudwatch } from '#aws/models/cloudwatch.gen.ts';
import type { Service } from '#aws/operation.ts';
import type { Agenda } from '#ports/peers/agenda.ts';
import type { LateMetricSink } from '#ports/peers/metric-sink.ts';
import type { Schema } from '#ports/world/database.ts';
import type { MetricsDependencies } from './dependencies.ts';
import { HISTORY_MS, RETENTION_MS, SWEEP_POINTS_AT_ONCE } from './limits.ts';
import { AggregatingMetricSink } from './metric-sink.ts';
import { anomalyDetectorOperations } from './operations/anomaly-detectors.ts';
import * as alarms from './operations/change-alarms.ts';
import { dashboardOperations } from './operations/dashboards.ts';
import { describeAlarmHistory } from './operations/describe-alarm-history.ts';
import { describeAlarms, describeAlarmsForMetric } from './operations/describe-alarms.ts';
import { getMetricData } from './operations/get-metric-data.ts';
import { getMetricStatistics } from './operations/get-metric-statistics.ts';
import { insightRuleOperations } from './operations/insight-rules.ts';
import { listMetrics } from './operations/list-metrics.ts';
import { metricStreamOperations } from './operations/metric-streams.ts';
import { putCompositeAlarm, putMetricAlarm } from './operations/put-alarm.ts';
import { putMetricData } from './operations/put-metric-data.ts';
import { tagOperations } from './operations/tags.ts';
import { deleteOldHistory } from './store-history.ts';
import { deleteOldPoints } from './store-points.ts';
import { CLOUDWATCH_PERMISSIONS } from './permissions.ts';
import { schema } from './store-schema.ts';
import { createWatch, type Watch } from './watch.ts';

export type { MetricsDependencies } from './dependencies.ts';

export interface Metrics {
  readonly service: Service;
  readonly schema: Schema;
  readonly metricSink: LateMetricSink;
  /** Stores what the sink gathered; for the end of the server. */
  flush(): Promise<void>;
  /** When alarms are looked at next. */
  readonly agenda: Agenda;
  /** Stores what the sink gathers, watches alarms and clears away old points, until the signal aborts. */
  run(signal: AbortSignal): Promise<void>;
}

/** Makes CloudWatch's metrics; nothing runs or is read before it is asked for. */
export function createMetrics(dependencies: MetricsDependencies): Metrics {
  const sink = new AggregatingMetricSink(dependencies.database, dependencies.log);
  const watch = createWatch(dependencies, sink);
  return {
    service: {
      model: cloudwatch,
      operations: operationsOf(dependencies, sink),
      permissions: CLOUDWATCH_PERMISSIONS,
    },
    schema,
    metricSink: sink,
    flush: () => sink.flush(),
    agenda: watch.agenda,
    run: (signal) => run(dependencies, { sink, watch }, signal),
  };
}

async function run(
  dependencies: MetricsDependencies,
  { sink, watch }: { readonly sink: AggregatingMetricSink; readonly watch: Watch },
  signal: AbortSignal,
): Promise<void> {
  const { clock, database } = dependencies;
  while (!signal.aborted) {
    const hasMinuteBegun = await watch.wait(signal);
    // Before the alarms look, so that they see all of the minute that is over.
    if (signal.aborted || hasMinuteBegun) await sink.flush();
    if (signal.aborted) return;
    await watch.look(hasMinuteBegun);
    if (hasMinuteBegun) {
      const nowMs = clock.now();
      await database.transact(async (tx) => {
        await deleteOldPoints(tx, nowMs - RETENTION_MS, SWEEP_POINTS_AT_ONCE);
        await deleteOldHistory(tx, nowMs - HISTORY_MS);
      });
    }
  }
}

function operationsOf(
  dependencies: MetricsDependencies,
  sink: AggregatingMetricSink,
): Service['operations'] {
  return {
    ...anomalyDetectorOperations(dependencies),
    ...dashboardOperations(dependencies),
    ...insightRuleOperations(dependencies),
    ...metricStreamOperations(dependencies),
    ...tagOperations(dependencies),
    DeleteAlarms: alarms.deleteAlarms(dependencies),
    DescribeAlarmHistory: describeAlarmHistory(dependencies),
    DescribeAlarms: describeAlarms(dependencies),
    DescribeAlarmsForMetric: describeAlarmsForMetric(dependencies),
    DisableAlarmActions: alarms.disableAlarmActions(dependencies),
    EnableAlarmActions: alarms.enableAlarmActions(dependencies),
    GetMetricData: getMetricData(dependencies, sink),
    GetMetricStatistics: getMetricStatistics(dependencies, sink),
    ListMetrics: listMetrics(dependencies, sink),
    PutCompositeAlarm: putCompositeAlarm(dependencies),
    PutMetricAlarm: putMetricAlarm(dependencies),
    PutMetricData: putMetricData(dependencies),
    SetAlarmState: alarms.setAlarmState(dependencies),
  };
}
