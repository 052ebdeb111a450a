/**
 * Amazon SQS's quotas.
 * @see https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-quotas.html
 */
export const MESSAGE_BYTES_MAX = 1_048_576;
export const BATCH_ENTRIES_MAX = 10;
export const BATCH_ENTRY_ID_PATTERN = /^[A-Za-z0-9_-]{1,80}$/;
export const QUEUE_NAME_PATTERN = /^[A-Za-z0-9_-]{1,80}$/;
export const FIFO_QUEUE_NAME_PATTERN = /^[A-Za-z0-9_-]{1,75}\.fifo$/;
export const GROUP_ID_PATTERN = /^[A-Za-z0-9!"#$%&'()*+,\-./:;<=>?@[\\\]^_`{|}~]{1,128}$/;
export const MESSAGE_ATTRIBUTES_MAX = 10;
export const RECEIVE_MESSAGES_MAX = 10;
export const WAIT_SECONDS_MAX = 20;
export const DELAY_SECONDS_MAX = 900;
export const VISIBILITY_SECONDS_MAX = 43_200;
/** A message's deduplication id is remembered for five minutes. */
export const DEDUPLICATION_MS = 5 * 60 * 1000;
/** @see https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/API_PurgeQueue.html */
export const PURGE_MS = 60 * 1000;
/**
 * Messages that were received and not deleted yet.
 * @see https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/quotas-queues.html
 * @see https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/quotas-fifo.html
 */
export const IN_FLIGHT_MAX = 120_000;
/** How long ReceiveRequestAttemptId names a receive. */
export const RECEIVE_ATTEMPT_MS = 5 * 60 * 1000;
export const LIST_RESULTS_MAX = 1000;
export const TAGS_MAX = 50;
/** Actions of one statement. */
export const PERMISSION_ACTIONS_MAX = 7;
/** Queues that a redrive allow policy names. */
export const REDRIVE_SOURCES_MAX = 10;
/** @see https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/API_StartMessageMoveTask.html */
export const MOVES_PER_SECOND_MAX = 500;
/** @see https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/API_ListMessageMoveTasks.html */
export const MOVE_TASKS_LISTED_MAX = 10;
