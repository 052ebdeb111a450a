/**
 * Bounds of CloudWatch Logs.
 * @see https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/cloudwatch_limits_cwl.html
 */
import { DAY_MS, HOUR_MS, KIB, MIB, SECOND_MS } from '#kernel/units.ts';

/** @see https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_PutLogEvents.html */
export const BATCH_BYTES_MAX = MIB;
/** Added to each event's message for the sum above. */
export const EVENT_OVERHEAD_BYTES = 26;
export const BATCH_SPAN_MS_MAX = DAY_MS;
export const FUTURE_MS_MAX = 2 * HOUR_MS;
export const PAST_MS_MAX = 14 * DAY_MS;

/** @see https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_GetLogEvents.html */
export const PAGE_BYTES_MAX = MIB;
export const PAGE_EVENTS_MAX = 10_000;
export const DESCRIBE_LIMIT_DEFAULT = 50;

/** @see https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_PutRetentionPolicy.html */
export const RETENTION_DAYS: readonly number[] = [
  1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731, 1096, 1827, 2192, 2557, 2922, 3288,
  3653,
];

export const SUBSCRIPTION_FILTERS_MAX = 2;
export const METRIC_FILTERS_MAX = 100;
export const RESOURCE_POLICIES_MAX = 10;
export const TAGS_MAX = 50;

/** @see https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_StartLiveTail.html */
export const LIVE_TAIL_MS_MAX = 3 * HOUR_MS;
export const LIVE_TAIL_EVENTS_PER_UPDATE_MAX = 500;
export const LIVE_TAIL_UPDATE_MS = SECOND_MS;

/** Ours: events stored as one row; a reader opens all rows that may hold a time, so their span is short. */
export const CHUNK_SPAN_MS_MAX = 60 * SECOND_MS;
export const CHUNK_BYTES_MAX = 256 * KIB;
/** Ours: a function's lines wait so long for company before they are written. */
export const SINK_DELAY_MS = 50;
/** Ours: the same where many streams write at once, or many lines came in the wait before: fewer and larger batches. */
export const SINK_BUSY_DELAY_MS = 250;
export const SINK_BUSY_STREAMS = 16;
export const SINK_BUSY_LINES = 64;
/** Ours: characters of lines waiting for a store that is slow or gone; what comes beyond is dropped and counted. */
export const SINK_SIZE_MAX = 64 * MIB;
/** Ours: what one request of FilterLogEvents looks through before it answers with a token. */
export const SEARCH_EVENTS_MAX = 200_000;
export const SEARCH_EVENTS_AT_ONCE_MAX = 5000;

/** @see https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_StartQuery.html */
export const QUERY_ROWS_MAX = 10_000;
/** @see https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_StartQuery.html */
export const QUERY_GROUPS_MAX = 50;
/** Ours: events that one query looks at. */
export const QUERY_EVENTS_MAX = 2_000_000;
/** Ours: bytes of events in one exported object, and tasks of an account that are remembered. */
export const EXPORT_OBJECT_BYTES_MAX = 16 * MIB;
export const EXPORT_TASKS_KEPT_MAX = 100;
