/**
 * Bounds of event source mappings.
 * @see https://docs.aws.amazon.com/lambda/latest/dg/invocation-eventsourcemapping.html
 */
import { MIB, MINUTE_MS, SECOND_MS } from '#kernel/units.ts';

/** @see https://docs.aws.amazon.com/lambda/latest/dg/services-sqs-parameters.html */
export const QUEUE_BATCH_SIZE_DEFAULT = 10;
export const QUEUE_BATCH_SIZE_WITHOUT_WINDOW_MAX = 10;
export const FIFO_BATCH_SIZE_MAX = 10;
/** @see https://docs.aws.amazon.com/lambda/latest/dg/services-ddb-params.html */
export const STREAM_BATCH_SIZE_DEFAULT = 100;
/** @see https://docs.aws.amazon.com/lambda/latest/api/API_CreateEventSourceMapping.html */
export const RECORD_AGE_SECONDS_MIN = 60;
/** @see https://docs.aws.amazon.com/lambda/latest/dg/invocation-eventfiltering.html */
export const FILTERS_MAX = 5;
/** The payload of one invocation, records and envelope. */
export const BATCH_BYTES_MAX = 6 * MIB;

/** @see https://docs.aws.amazon.com/lambda/latest/dg/services-sqs-scaling.html */
export const CONCURRENCY_AT_FIRST = 5;
export const CONCURRENCY_GROWTH_PER_MINUTE = 300;
export const CONCURRENCY_MAX = 1250;

/**
 * Of provisioned pollers, each of which has up to ten invocations under way.
 * @see https://docs.aws.amazon.com/lambda/latest/api/API_ProvisionedPollerConfig.html
 * @see https://docs.aws.amazon.com/lambda/latest/dg/services-sqs-scaling.html
 */
export const POLLERS_MIN = 2;
export const POLLERS_MIN_DEFAULT = 2;
export const POLLERS_MAX_DEFAULT = 200;
export const CONCURRENCY_PER_POLLER = 10;
export const PROVISIONED_GROWTH_PER_MINUTE = 1000;

/** Payload of all batches in hand, of all mappings; beyond it nothing more is polled. Ours. */
export const IN_HAND_BYTES_MAX = 256 * MIB;
/** Waits after Lambda refused a batch, or a function failed one of a stream; they double. Ours. */
export const RETRY_DELAY_MS_MIN = 100;
export const RETRY_DELAY_MS_MAX = 30 * SECOND_MS;
/** How long a source that is gone, or a mapping that nobody wakes, is left alone. Ours. */
export const MISSING_SOURCE_DELAY_MS = 10 * SECOND_MS;
export const LOOK_INTERVAL_MS = 1 * MINUTE_MS;

/** The wait before try number `attempt`, from 1 on, in ms. */
export function retryDelayMs(attempt: number): number {
  return Math.min(RETRY_DELAY_MS_MAX, RETRY_DELAY_MS_MIN * 2 ** Math.min(attempt - 1, 20));
}
