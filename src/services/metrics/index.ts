/** CloudWatch's metrics and alarms. */
import { cloudwatch } from '#aws/models/cloudwatch.gen.ts';
import type { Service } from '#aws/operation.ts';
import { SECOND_MS } from '#kernel/units.ts';
import type { LateMetricSink } from '#ports/peers/metric-sink.ts';
import type { Schema } from '#ports/world/database.ts';
import type { MetricsDependencies } from './dependencies.ts';
import { HISTORY_MS, RETENTION_MS, SINK_INTERVAL_MS, SWEEP_POINTS_AT_ONCE } from './limits.ts';
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
import { watchAlarms } from './watch-alarms.ts';

export type { MetricsDependencies } from './dependencies.ts';

export interface Metrics {
  readonly service: Service;
  readonly schema: Schema;
  readonly metricSink: LateMetricSink;
  /** Stores what the sink gathered; for the end of the server. */
  flush(): Promise<void>;
  /** Stores what the sink gathers, watches alarms and clears away old points, until the signal aborts. */
  run(signal: AbortSignal): Promise<void>;
}

/** The shortest period of an alarm. */
const LOOK_INTERVAL_MS = 10 * SECOND_MS;

/** Makes CloudWatch's metrics; nothing runs or is read before it is asked for. */
export function createMetrics(dependencies: MetricsDependencies): Metrics {
  const sink = new AggregatingMetricSink(dependencies.database, dependencies.log);
  return {
    service: {
      model: cloudwatch,
      operations: operationsOf(dependencies, sink),
      permissions: CLOUDWATCH_PERMISSIONS,
    },
    schema,
    metricSink: sink,
    flush: () => sink.flush(),
    run: (signal) => run(dependencies, sink, signal),
  };
}

async function run(
  dependencies: MetricsDependencies,
  sink: AggregatingMetricSink,
  signal: AbortSignal,
): Promise<void> {
  const { clock, database } = dependencies;
  let lookedAtMs = clock.now();
  while (!signal.aborted) {
    await clock.sleep(LOOK_INTERVAL_MS, signal).catch(() => {});
    const nowMs = clock.now();
    const hasMinuteBegun =
      Math.floor(nowMs / SINK_INTERVAL_MS) > Math.floor(lookedAtMs / SINK_INTERVAL_MS);
    // Before the alarms look, so that they see all of the minute that is over.
    if (signal.aborted || hasMinuteBegun) await sink.flush();
    if (signal.aborted) return;
    await watchAlarms(dependencies, hasMinuteBegun);
    if (hasMinuteBegun) {
      await database.transact(async (tx) => {
        await deleteOldPoints(tx, nowMs - RETENTION_MS, SWEEP_POINTS_AT_ONCE);
        await deleteOldHistory(tx, nowMs - HISTORY_MS);
      });
    }
    lookedAtMs = nowMs;
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
