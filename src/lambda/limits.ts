/**
 * Lambda's quotas.
 * @see https://docs.aws.amazon.com/lambda/latest/dg/gettingstarted-limits.html
 */
import { GIB, HOUR_MS, KIB, MIB, MINUTE_MS, SECOND_MS } from '#kernel/units.ts';

/** A zip in a request or in S3, as it is uploaded. */
export const ZIP_BYTES_MAX = 50 * MIB;
/** A whole CreateFunction or UpdateFunctionCode request; the zip grows by a third as base64. */
export const CODE_REQUEST_BYTES_MAX = 70_167_211;
/** A function's code and its layers together, unpacked. */
export const UNZIPPED_BYTES_MAX = 250 * MIB;
/** A container image, unpacked, all its layers. */
export const IMAGE_BYTES_MAX = 10 * GIB;
/** Entries of all layers together; AWS publishes none, this one bounds the work. */
export const IMAGE_ENTRIES_MAX = 1_000_000;
/** Files and directories of one package; AWS publishes none, this one bounds the work. */
export const UNZIPPED_ENTRIES_MAX = 250_000;
/** All code and layers of an account and Region. */
export const CODE_STORAGE_BYTES_MAX = 75 * GIB;

export const LAYERS_MAX = 5;
export const ENVIRONMENT_BYTES_MAX = 4 * KIB;
export const RESOURCE_POLICY_BYTES_MAX = 20 * KIB;
/** Longer names pass the pattern of most operations, but no function is made with them. */
export const FUNCTION_NAME_LENGTH_MAX = 64;
/** @see https://docs.aws.amazon.com/lambda/latest/dg/configuration-tags.html */
export const TAGS_MAX = 50;

export const TIMEOUT_SECONDS_DEFAULT = 3;
/** The model allows more: what runs on capacity providers. */
export const TIMEOUT_SECONDS_MAX = 900;
export const MEMORY_MIB_DEFAULT = 128;
/** The model allows more: what runs on capacity providers. */
export const MEMORY_MIB_MAX = 10_240;
export const TEMPORARY_STORAGE_MIB_DEFAULT = 512;
/** The model allows more: what runs on capacity providers. */
export const TEMPORARY_STORAGE_MIB_MAX = 10_240;

/** Request and response of a synchronous invocation. */
export const SYNCHRONOUS_PAYLOAD_BYTES_MAX = 6 * MIB;
/** An event of an asynchronous invocation. */
export const ASYNCHRONOUS_PAYLOAD_BYTES_MAX = 1 * MIB;
/** @see https://docs.aws.amazon.com/lambda/latest/api/API_Invoke.html X-Amz-Client-Context */
export const CLIENT_CONTEXT_BYTES_MAX = 3583;

export const ACCOUNT_CONCURRENCY_DEFAULT = 1000;
/** What reservations must leave to the other functions. */
export const UNRESERVED_CONCURRENCY_MIN = 100;

/** @see https://docs.aws.amazon.com/lambda/latest/dg/invocation-async-error-handling.html */
export const EVENT_AGE_MS_MAX = 6 * HOUR_MS;
/** The least that MaximumEventAgeInSeconds can be. */
export const EVENT_AGE_MS_MAX_MIN = 1 * MINUTE_MS;
export const EVENT_RETRIES_MAX = 2;
/** Waits after a function's first and second error. */
export const FUNCTION_ERROR_DELAYS_MS: readonly number[] = [1 * MINUTE_MS, 2 * MINUTE_MS];
/** Waits after throttles and system errors grow from the first to the second. */
const SYSTEM_ERROR_DELAY_MS_MIN = 1 * SECOND_MS;
const SYSTEM_ERROR_DELAY_MS_MAX = 5 * MINUTE_MS;

/** The wait after a throttle or a system error, in ms: after the first, `before` is 0. */
export function systemErrorDelayMs(before: number): number {
  return Math.min(SYSTEM_ERROR_DELAY_MS_MAX, SYSTEM_ERROR_DELAY_MS_MIN * 2 ** before);
}

/** @see https://docs.aws.amazon.com/lambda/latest/dg/invocation-recursion.html */
export const RECURSION_COUNT_MAX = 16;
