/**
 * Quotas of durable executions.
 * @see https://docs.aws.amazon.com/lambda/latest/dg/gettingstarted-limits.html
 */
import { DAY_MS, MIB, MINUTE_MS, SECOND_MS } from '#kernel/units.ts';

/** What the execution of a caller who waits may last: the longest that an invocation does. */
export const AWAITED_EXECUTION_SECONDS_MAX = 900;
/** @see https://docs.aws.amazon.com/serverless-application-model/latest/developerguide/sam-property-function-durableconfig.html */
export const RETENTION_DAYS_DEFAULT = 14;
/** Of a paused execution whose timeout is paused, too. */
export const EXECUTION_MS_MAX = 366 * DAY_MS;

/** @see https://docs.aws.amazon.com/lambda/latest/api/API_OperationUpdate.html Payload */
export const OPERATION_PAYLOAD_BYTES_MAX = 1 * MIB;
/** All members of an error together. */
export const ERROR_BYTES_MAX = 1 * MIB;
/** Operations of one execution. */
export const OPERATIONS_MAX = 3000;

/**
 * Bytes that users have an execution store over its whole life: inputs, results and errors, of each attempt.
 * @see https://docs.aws.amazon.com/durable-execution/patterns/best-practices/state/
 */
export const STORED_BYTES_MAX = 100 * MIB;

/** Bytes of operations that an invocation's event brings; the others are asked for, page by page. */
export const STATE_EVENT_BYTES_MAX = 4 * MIB;
/** Bytes of operations or events on one page. */
export const PAGE_BYTES_MAX = 4 * MIB;
export const PAGE_ITEMS_DEFAULT = 100;

/**
 * Invocations in a row that may fail: 9 were seen at AWS in July 2026, with growing pauses between them.
 * @see https://github.com/jogold/cloudstructs/issues/362
 */
export const FAILURES_MAX = 9;
export const FAILURE_DELAY_MS_MIN = 1 * SECOND_MS;
export const FAILURE_DELAY_MS_MAX = 5 * MINUTE_MS;
/** Answers in a row that say PENDING where nothing is. */
export const IDLE_ANSWERS_MAX = 3;

/** How long a repeated request with the same ClientToken is the same request. */
export const CLIENT_TOKEN_MS = 15 * MINUTE_MS;
