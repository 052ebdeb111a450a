/**
 * Amazon SNS's quotas.
 * @see https://docs.aws.amazon.com/general/latest/gr/sns.html
 */
export const MESSAGE_BYTES_MAX = 262_144;
export const BATCH_ENTRIES_MAX = 10;
export const BATCH_ENTRY_ID_PATTERN = /^[A-Za-z0-9_-]{1,80}$/;
/** Of a message that a queue receives raw. @see https://docs.aws.amazon.com/sns/latest/dg/sns-message-attributes.html */
export const RAW_ATTRIBUTES_MAX = 10;
/** Of groups and deduplication. */
export const IDENTIFIER_PATTERN = /^[A-Za-z0-9!"#$%&'()*+,\-./:;<=>?@[\\\]^_`{|}~]{1,128}$/;
export const SUBJECT_CHARACTERS_MAX = 100;
export const TOPIC_NAME_PATTERN = /^[A-Za-z0-9_-]{1,256}$/;
export const FIFO_TOPIC_NAME_PATTERN = /^[A-Za-z0-9_-]{1,251}\.fifo$/;
export const LIST_RESULTS_MAX = 100;
export const FILTER_POLICY_KEYS_MAX = 5;
/** @see https://docs.aws.amazon.com/sns/latest/dg/subscription-filter-policy-constraints.html */
export const FILTER_POLICY_COMBINATIONS_MAX = 150;
/** A message's deduplication id is remembered for five minutes. */
export const DEDUPLICATION_MS = 5 * 60 * 1000;
export const TAGS_MAX = 50;
