/**
 * Quotas of Kinesis Data Streams.
 * @see https://docs.aws.amazon.com/streams/latest/dev/service-sizes-and-limits.html
 */
import { KIB, MIB, MINUTE_MS } from '#kernel/units.ts';

/** A stream's own bound on a record's data, until it is raised to at most 10 MiB. */
export const RECORD_KIB_DEFAULT = KIB;
/** @see https://docs.aws.amazon.com/kinesis/latest/APIReference/API_PutRecords.html */
export const PUT_RECORDS_BYTES_MAX = 10 * MIB;
/** @see https://docs.aws.amazon.com/kinesis/latest/APIReference/API_GetRecords.html */
export const GET_RECORDS_MAX = 10_000;
export const GET_RECORDS_BYTES_MAX = 10 * MIB;
/** Of each shard; a record counts with its partition key. Streams on demand are written to without a bound. */
export const WRITTEN_BYTES_PER_SECOND = MIB;
export const WRITTEN_RECORDS_PER_SECOND = 1000;
export const READ_BYTES_PER_SECOND = 2 * MIB;
export const READS_PER_SECOND = 5;
/** A shard iterator expires five minutes after it was made. */
export const ITERATOR_MS_MAX = 5 * MINUTE_MS;
export const RETENTION_HOURS_DEFAULT = 24;
export const RETENTION_HOURS_MAX = 8760;
/** Shards of all provisioned streams of an account in the larger Regions. */
export const SHARDS_MAX = 500;
export const ON_DEMAND_STREAMS_MAX = 50;
/** Open shards of a new on-demand stream. */
export const ON_DEMAND_SHARDS = 4;
export const CONSUMERS_MAX = 20;
export const TAGS_MAX = 50;
export const LIST_STREAMS_DEFAULT = 100;
export const DESCRIBE_SHARDS_DEFAULT = 100;
export const LIST_SHARDS_DEFAULT = 1000;
export const LIST_CONSUMERS_DEFAULT = 100;
/** @see https://docs.aws.amazon.com/kinesis/latest/APIReference/API_SubscribeToShard.html */
export const SUBSCRIPTION_MS_MAX = 5 * MINUTE_MS;
/** How long a stream says CREATING or UPDATING; AWS takes seconds. */
export const CHANGE_MS = 100;
