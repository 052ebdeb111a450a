/** The operations of DynamoDB Streams. */
import { AwsError } from '#aws/errors.ts';
import type { GetShardIteratorInput, Operations } from '#aws/models/dynamodbstreams.types.gen.ts';
import type { Queries } from '#ports/world/database.ts';
import { resourceNotFound, validation } from '../errors.ts';
import {
  SHARD_ITERATOR_MS,
  STREAM_READ_BYTES_MAX,
  STREAM_READ_RECORDS_MAX,
  STREAM_RETENTION_MS,
} from '../limits.ts';
import type { DynamodbDependencies } from '../operations/dependencies.ts';
import { listStreams as listStored, readRecords } from '../store/streams.ts';
import type { StoredRecord, Stream } from '../store/streams.ts';
import { keySchema } from '../tables/describe-table.ts';
import { streamArn } from '../tables/table.ts';
import { formatSequence, parseSequence, shardId } from './sequence.ts';
import { formatIterator, parseIterator } from './shard-iterator.ts';
import { parseStreamArn, requireStream } from './stream-address.ts';
import { streamsRecord } from './stream-record.ts';

const STREAMS_MAX = 100;

/** The operations of the service. */
export function streamsOperations(dependencies: DynamodbDependencies): Operations {
  return {
    DescribeStream: describeStream(dependencies),
    GetRecords: getRecords(dependencies),
    GetShardIterator: getShardIterator(dependencies),
    ListStreams: listStreams(dependencies),
  };
}

/**
 * @see https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_streams_ListStreams.html
 */
function listStreams({ database }: DynamodbDependencies): Operations['ListStreams'] {
  return async ({ accountId, region }, input) => {
    const limit = input.Limit ?? STREAMS_MAX;
    const start = parseStreamArn(input.ExclusiveStartStreamArn ?? '');
    const after = { name: start?.table.name ?? '', label: start?.label ?? '' };
    const table = { accountId, region, name: input.TableName ?? '' };
    const found = await database.read((queries) => listStored(queries, table, after, limit + 1));
    const streams = found.slice(0, limit).map((stream) => ({
      StreamArn: streamArn(stream.table, stream.label),
      TableName: stream.table.name,
      StreamLabel: stream.label,
    }));
    const last = streams.at(-1);
    return {
      Streams: streams,
      ...(found.length > limit && last && { LastEvaluatedStreamArn: last.StreamArn }),
    };
  };
}

/**
 * @see
 * https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_streams_DescribeStream.html
 */
function describeStream({ database }: DynamodbDependencies): Operations['DescribeStream'] {
  return async (context, input) =>
    database.read(async (queries) => {
      const stream = await requireStream(queries, context, input.StreamArn);
      const isListed = input.ExclusiveStartShardId !== shardId(stream);
      const isEnabled = stream.disabledAtMs === undefined;
      const shard = {
        ShardId: shardId(stream),
        SequenceNumberRange: {
          StartingSequenceNumber: formatSequence(1),
          ...(!isEnabled && { EndingSequenceNumber: formatSequence(stream.lastSequence) }),
        },
      };
      return {
        StreamDescription: {
          StreamArn: input.StreamArn,
          StreamLabel: stream.label,
          StreamStatus: isEnabled ? 'ENABLED' : 'DISABLED',
          StreamViewType: stream.viewType,
          CreationRequestDateTime: stream.createdAtMs,
          TableName: stream.table.name,
          KeySchema: keySchema(stream.keys),
          Shards: isListed ? [shard] : [],
        },
      };
    });
}

/**
 * @see
 * https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_streams_GetShardIterator.html
 */
function getShardIterator({
  database,
  clock,
}: DynamodbDependencies): Operations['GetShardIterator'] {
  return async (context, input) =>
    database.read(async (queries) => {
      const stream = await requireStream(queries, context, input.StreamArn);
      if (input.ShardId !== shardId(stream)) {
        throw resourceNotFound(
          `Requested resource not found: Shard: ${input.ShardId} in Stream: ${input.StreamArn} not found`,
        );
      }
      const nowMs = clock.now();
      const afterSequence = await startOf(queries, stream, input, nowMs - STREAM_RETENTION_MS);
      return { ShardIterator: formatIterator(stream, afterSequence, nowMs) };
    });
}

/** The number after which a new iterator reads. */
async function startOf(
  queries: Queries,
  stream: Stream,
  { ShardIteratorType: type, SequenceNumber: text }: GetShardIteratorInput,
  sinceMs: number,
): Promise<number> {
  if (type === 'TRIM_HORIZON') return 0;
  if (type === 'LATEST') return stream.lastSequence;
  if (text === undefined) {
    throw validation(`SequenceNumber is required for ShardIteratorType ${type}`);
  }
  const sequence = parseSequence(text);
  if (sequence === undefined || sequence > stream.lastSequence) {
    throw validation(`Invalid SequenceNumber: ${text}, it is not a sequence number of the shard`);
  }
  const afterSequence = type === 'AT_SEQUENCE_NUMBER' ? sequence - 1 : sequence;
  if (await isTrimmed(queries, stream, afterSequence, sinceMs)) throw trimmed();
  return Math.max(0, afterSequence);
}

/** True where a record that is asked for is there no more. */
async function isTrimmed(
  queries: Queries,
  stream: Stream,
  afterSequence: number,
  sinceMs: number,
): Promise<boolean> {
  if (afterSequence >= stream.lastSequence) return false;
  const [first] = await readRecords(queries, stream.number, { afterSequence, sinceMs }, 1);
  return first?.sequence !== afterSequence + 1;
}

function trimmed(): AwsError {
  return new AwsError({
    code: 'TrimmedDataAccessException',
    message: 'The operation attempted to read past the oldest stream record in a shard.',
    status: 400,
  });
}

/**
 * @see https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_streams_GetRecords.html
 */
function getRecords({ database, clock }: DynamodbDependencies): Operations['GetRecords'] {
  return async (context, input) => {
    const iterator = parseIterator(input.ShardIterator);
    if (iterator === undefined) throw validation('Invalid ShardIterator');
    const nowMs = clock.now();
    if (nowMs - iterator.madeAtMs > SHARD_ITERATOR_MS) {
      throw new AwsError({
        code: 'ExpiredIteratorException',
        message:
          'The shard iterator has expired and can no longer be used to retrieve stream records.',
        status: 400,
      });
    }
    return database.read(async (queries) => {
      const stream = await requireStream(queries, context, iterator.streamArn);
      const from = {
        afterSequence: iterator.afterSequence,
        sinceMs: nowMs - STREAM_RETENTION_MS,
      };
      const limit = Math.min(input.Limit ?? STREAM_READ_RECORDS_MAX, STREAM_READ_RECORDS_MAX);
      const records = fitting(await readRecords(queries, stream.number, from, limit));
      const last = records.at(-1)?.sequence ?? iterator.afterSequence;
      const isAtEnd = stream.disabledAtMs !== undefined && last >= stream.lastSequence;
      return {
        Records: records.map((record) => streamsRecord(stream, record)),
        ...(!isAtEnd && { NextShardIterator: formatIterator(stream, last, nowMs) }),
      };
    });
  };
}

/** As many as one answer holds, and always one. */
export function fitting(
  records: readonly StoredRecord[],
  bytesMax = STREAM_READ_BYTES_MAX,
): readonly StoredRecord[] {
  let bytes = 0;
  const end = records.findIndex((record, index) => {
    bytes += record.bytes;
    return index > 0 && bytes > bytesMax;
  });
  return end < 0 ? records : records.slice(0, end);
}
