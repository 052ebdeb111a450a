/**
 * EventBridge Scheduler's quotas and defaults.
 * @see https://docs.aws.amazon.com/scheduler/latest/UserGuide/scheduler-quotas.html
 */
export const LIST_RESULTS_MAX = 100;
export const RETRY_ATTEMPTS_DEFAULT = 185;
/** One day; also the most. */
export const EVENT_AGE_SECONDS_DEFAULT = 86_400;
export const GROUPS_MAX = 500;
