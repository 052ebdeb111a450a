/**
 * Bounds of CloudWatch's metrics.
 * @see https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/cloudwatch_limits.html
 */
import { DAY_MS, HOUR_MS, MINUTE_MS, SECOND_MS } from '#kernel/units.ts';

/** @see https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_MetricDatum.html */
export const PAST_MS_MAX = 14 * DAY_MS;
export const FUTURE_MS_MAX = 2 * HOUR_MS;
/** Fifteen months. @see https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/cloudwatch_concepts.html */
export const RETENTION_MS = 455 * DAY_MS;

/** @see https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_GetMetricStatistics.html */
export const STATISTICS_DATAPOINTS_MAX = 1440;
/** @see https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_GetMetricData.html */
export const DATA_DATAPOINTS_MAX = 100_800;
export const METRICS_PER_PAGE = 500;
export const ALARMS_PER_PAGE = 50;
/** @see https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_DescribeAnomalyDetectors.html */
export const ANOMALY_DETECTORS_PER_PAGE = 100;
/** @see https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_DescribeInsightRules.html */
export const INSIGHT_RULES_PER_PAGE = 500;
/** @see https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_ListMetricStreams.html */
export const METRIC_STREAMS_PER_PAGE = 100;
/** @see https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_DescribeAlarmHistory.html */
export const HISTORY_PER_PAGE = 100;
/** @see https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_DescribeAlarmHistory.html */
export const HISTORY_MS = 30 * DAY_MS;
/** @see https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_ListDashboards.html */
export const DASHBOARDS_PER_PAGE = 1000;
/** @see https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_PutDashboard.html */
export const DASHBOARD_NAME_CHARACTERS_MAX = 255;
/** @see https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_PutMetricAlarm.html */
export const EVALUATION_SECONDS_MAX = 86_400;

export const RESOLUTION_MS = MINUTE_MS;
export const HIGH_RESOLUTION_MS = SECOND_MS;

/** Ours: different values that a point keeps exactly; beyond, near ones count as one, 1 % apart. */
export const EXACT_VALUES_MAX = 150;
export const BUCKET_RATIO = 1.01;
/** Ours: series that the sink holds before it writes them ahead of time. */
export const SINK_SERIES_MAX = 50_000;
export const SINK_INTERVAL_MS = MINUTE_MS;
/** Ours: points that one transaction deletes. */
export const SWEEP_POINTS_AT_ONCE = 5000;
