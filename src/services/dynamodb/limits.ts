import { DAY_MS, KIB, MIB, MINUTE_MS } from '#kernel/units.ts';

/** @see https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/Constraints.html */
export const ITEM_BYTES_MAX = 400 * KIB;
/** @see https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/Constraints.html */
export const HASH_KEY_BYTES_MAX = 2048;
/** @see https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/Constraints.html */
export const RANGE_KEY_BYTES_MAX = 1024;
/**
 * Levels of lists and maps in one attribute.
 * @see https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/Constraints.html
 */
export const NESTING_LEVELS_MAX = 32;
/**
 * What one page of Query or Scan evaluates.
 * @see https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_Query.html
 */
export const PAGE_BYTES_MAX = MIB;
/**
 * What BatchGetItem answers at most.
 * @see https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_BatchGetItem.html
 */
export const BATCH_GET_BYTES_MAX = 16 * MIB;
/** @see https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_BatchGetItem.html */
export const BATCH_GET_ITEMS_MAX = 100;
/** @see https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_BatchWriteItem.html */
export const BATCH_WRITE_ITEMS_MAX = 25;
/**
 * What the items of one transaction weigh at most.
 * @see https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_TransactWriteItems.html
 */
export const TRANSACTION_BYTES_MAX = 4 * MIB;
/**
 * How long a ClientRequestToken holds.
 * @see https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_TransactWriteItems.html
 */
export const TRANSACTION_TOKEN_MS = 10 * MINUTE_MS;
/**
 * UTF-8 bytes of one expression.
 * @see https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/Constraints.html
 */
export const EXPRESSION_BYTES_MAX = 4 * KIB;
/**
 * Operators and functions of one expression.
 * @see https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/Constraints.html
 */
export const EXPRESSION_OPERATORS_MAX = 300;
/**
 * Operands of IN.
 * @see
 * https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/Expressions.OperatorsAndFunctions.html
 */
export const IN_OPERANDS_MAX = 100;
/** @see https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/Constraints.html */
export const GLOBAL_INDEXES_MAX = 20;
/** @see https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/Constraints.html */
export const LOCAL_INDEXES_MAX = 5;
/**
 * Attributes that the INCLUDE projections of a table name together.
 * @see https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/Constraints.html
 */
export const PROJECTED_ATTRIBUTES_MAX = 100;
/**
 * Tables of an account and Region.
 * @see https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/Constraints.html
 */
export const TABLES_MAX = 2500;
/** @see https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_TagResource.html */
export const TAGS_MAX = 50;
/** @see https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/Streams.html */
export const STREAM_RETENTION_MS = DAY_MS;
/**
 * @see
 * https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_streams_GetShardIterator.html
 */
export const SHARD_ITERATOR_MS = 15 * MINUTE_MS;
/**
 * What one GetRecords answers.
 * @see https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_streams_GetRecords.html
 */
export const STREAM_READ_BYTES_MAX = MIB;
/**
 * @see https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_streams_GetRecords.html
 */
export const STREAM_READ_RECORDS_MAX = 1000;
/**
 * Items that expired longer ago are kept.
 * @see https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/howitworks-ttl.html
 */
export const TTL_AGE_MS_MAX = 5 * 365 * DAY_MS;
