import type {
  SubscribeToShardEvent,
  SubscribeToShardEventStream,
  SubscribeToShardInput,
  SubscribeToShardOutput,
} from '#aws/models/kinesis.types.gen.ts';
import type { Operation, RequestContext } from '#aws/operation.ts';
import type { KinesisDependencies } from '../dependencies.ts';
import { describeChildren, describeRecord } from '../describe.ts';
import { couldNotFindShard, dryRun, shardNotInStream } from '../errors.ts';
import { GET_RECORDS_BYTES_MAX, GET_RECORDS_MAX, SUBSCRIPTION_MS_MAX } from '../limits.ts';
import { parseShardId, shardId, streamArn, streamTopic, trimmedBeforeMs } from '../model.ts';
import { afterSequenceOf } from '../read-position.ts';
import { requireConsumer } from '../resource.ts';
import { formatSequence } from '../sequence.ts';
import { readRecords } from '../store-records.ts';
import { allShards, findShard } from '../store-shards.ts';
import { findStreamById } from '../store-streams.ts';
import { nextHint } from '../next-hint.ts';

/** How long a subscriber hears nothing at most; an event without records then tells that it lives. */
const EVENT_INTERVAL_MS = 5000;

interface Place {
  readonly streamId: string;
  readonly shardIndex: number;
  readonly afterSequence: number;
}

interface Step {
  readonly event: SubscribeToShardEvent;
  readonly next: Place;
  readonly hasMore: boolean;
}

/**
 * Pushes a shard's records to a consumer as they come, for five minutes.
 * @see https://docs.aws.amazon.com/kinesis/latest/APIReference/API_SubscribeToShard.html
 */
export function subscribeToShard(
  dependencies: KinesisDependencies,
): Operation<SubscribeToShardInput, SubscribeToShardOutput> {
  return async (context, input) => {
    const { Type: type, SequenceNumber: sequenceNumber, Timestamp } = input.StartingPosition;
    const { topic, place } = await dependencies.database.read(async (queries) => {
      const { streamId, arn } = await requireConsumer(queries, input.ConsumerARN);
      const stream = await findStreamById(queries, streamId);
      const shardIndex = parseShardId(input.ShardId);
      if (stream === undefined || shardIndex === undefined) {
        throw couldNotFindShard({ name: arn, accountId: context.accountId }, input.ShardId);
      }
      const shard = await findShard(queries, streamId, shardIndex);
      if (shard === undefined) throw shardNotInStream(stream, shardId(shardIndex));
      const position = { type, sequenceNumber, timestamp: Timestamp };
      const afterSequence = await afterSequenceOf(queries, stream, shard, position);
      return {
        topic: streamTopic(streamArn(stream)),
        place: { streamId, shardIndex, afterSequence },
      };
    });
    if (input.DryRun === true) throw dryRun();
    return { EventStream: push(dependencies, topic, place, context) };
  };
}

async function* push(
  dependencies: KinesisDependencies,
  topic: string,
  start: Place,
  { signal }: RequestContext,
): AsyncGenerator<SubscribeToShardEventStream> {
  const { clock } = dependencies;
  const endMs = clock.monotonicMs() + SUBSCRIPTION_MS_MAX;
  let place = start;
  while (!signal.aborted && clock.monotonicMs() < endMs) {
    // Subscribed before the read: what is written after it is not missed.
    using hint = nextHint(dependencies, topic, signal);
    const step = await read(dependencies, place);
    if (step === undefined) return;
    yield { SubscribeToShardEvent: step.event };
    if (step.event.ChildShards !== undefined) return;
    place = step.next;
    const leftMs = endMs - clock.monotonicMs();
    if (!step.hasMore) await hint.wait(Math.max(0, Math.min(EVENT_INTERVAL_MS, leftMs)));
  }
}

/** The next event; `undefined` where stream or shard is gone. */
function read({ database, clock }: KinesisDependencies, place: Place): Promise<Step | undefined> {
  return database.read(async (queries) => {
    const { streamId, shardIndex, afterSequence } = place;
    const stream = await findStreamById(queries, streamId);
    const shard = await findShard(queries, streamId, shardIndex);
    if (stream === undefined || shard === undefined) return undefined;
    const nowMs = Math.floor(clock.now());
    const { records, hasMore } = await readRecords(queries, place, {
      afterSequence,
      sinceMs: trimmedBeforeMs(stream, nowMs),
      recordsMax: GET_RECORDS_MAX,
      bytesMax: GET_RECORDS_BYTES_MAX,
    });
    const last = records.at(-1);
    const isClosed = shard.closedSequence !== undefined && !hasMore;
    const isAtEnd = isClosed && records.length === 0;
    const next = last ?? { sequence: afterSequence, atMs: nowMs };
    const event: Omit<SubscribeToShardEvent, 'ContinuationSequenceNumber'> = {
      Records: records.map((record) => describeRecord(stream, shardIndex, record)),
      MillisBehindLatest: hasMore && last !== undefined ? Math.max(0, nowMs - last.atMs) : 0,
      // Consumers know a shard's end by the continuation that is missing, though AWS's model requires it.
      ...(isAtEnd
        ? { ChildShards: describeChildren(await allShards(queries, streamId), shard) }
        : { ContinuationSequenceNumber: formatSequence(stream, shardIndex, next) }),
    };
    return {
      event: event as SubscribeToShardEvent,
      next: { ...place, afterSequence: next.sequence },
      hasMore: hasMore || (isClosed && !isAtEnd),
    };
  });
}
