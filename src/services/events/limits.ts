/**
 * EventBridge's quotas.
 * @see https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-quota.html
 */
import { MIB } from '#kernel/units.ts';

/** All entries of one PutEvents together. */
export const PUT_EVENTS_BYTES_MAX = MIB;
/** What a time adds to an entry's size. */
export const TIME_BYTES = 14;
export const TARGETS_PER_RULE_MAX = 5;
/** AWS gives 300 and raises them on request; this is as many as one event is compared with in milliseconds. */
export const RULES_PER_BUS_MAX = 2000;
export const BUSES_MAX = 100;
export const TAGS_MAX = 50;
export const LIST_RESULTS_MAX = 100;
/** Replays that run at the same time, in one account and Region. */
export const REPLAYS_ACTIVE_MAX = 10;
/** How long a replay is STARTING, and how long CANCELLING, in ms; on AWS both take longer. */
export const REPLAY_STARTING_MS = 500;
export const REPLAY_CANCELLING_MS = 1000;
/** Requests to an API destination each second, where it says nothing. */
export const API_DESTINATION_RATE_DEFAULT = 300;
/** How long an API destination may take to answer, in ms. */
export const API_DESTINATION_ANSWER_MS = 5000;
/** How often, and for how many seconds, an event is retried where its target says nothing. */
export const RETRY_ATTEMPTS_DEFAULT = 185;
export const EVENT_AGE_SECONDS_DEFAULT = 86_400;
