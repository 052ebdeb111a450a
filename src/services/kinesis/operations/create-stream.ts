import type { CreateStreamInput, Empty } from '#aws/models/kinesis.types.gen.ts';
import type { Operation } from '#aws/operation.ts';
import type { Random } from '#ports/world/random.ts';
import type { KinesisDependencies } from '../dependencies.ts';
import { invalidArgument, limitExceeded, streamExists } from '../errors.ts';
import {
  CHANGE_MS,
  ON_DEMAND_SHARDS,
  RECORD_KIB_DEFAULT,
  RETENTION_HOURS_DEFAULT,
  SHARDS_MAX,
} from '../limits.ts';
import type { Stream } from '../model.ts';
import { openFirstShards } from '../new-shards.ts';
import { checkTags } from '../tag-list.ts';
import { countOpenShards } from '../store-shards.ts';
import { findStream, insertStream } from '../store-streams.ts';

/**
 * Creates a stream, CREATING at first. Without a mode it is provisioned with the shards asked for,
 * and without shards it is on-demand.
 * @see https://docs.aws.amazon.com/kinesis/latest/APIReference/API_CreateStream.html
 */
export function createStream({
  database,
  clock,
  random,
}: KinesisDependencies): Operation<CreateStreamInput, Empty> {
  return ({ accountId, region }, input) => {
    const mode = modeOf(input);
    checkTags(input.Tags ?? {});
    const shardCount = mode === 'ON_DEMAND' ? ON_DEMAND_SHARDS : (input.ShardCount ?? 0);
    const nowMs = Math.floor(clock.now());
    const stream: Stream = {
      streamId: newStreamId(random),
      accountId,
      region,
      name: input.StreamName,
      createdAtMs: nowMs,
      changing: 'CREATING',
      settledAtMs: nowMs + CHANGE_MS,
      settings: settingsOf(input, mode),
      lastSequence: 0,
    };
    return database.transact(async (tx) => {
      if ((await findStream(tx, stream)) !== undefined) throw streamExists(stream);
      const shardsNow = await countOpenShards(tx, stream);
      if (shardsNow + shardCount > SHARDS_MAX) throw tooManyShards(stream, shardsNow, shardCount);
      await insertStream(tx, stream);
      await openFirstShards(tx, stream, shardCount, nowMs);
      return {};
    });
  };
}

/** The answer where an account would have more shards than AWS's quota. */
export function tooManyShards(
  { accountId, region }: Pick<Stream, 'accountId' | 'region'>,
  shardsNow: number,
  shardsMore: number,
): Error {
  return limitExceeded(
    `This request would exceed the shard limit for the account ${accountId} in ${region}. ` +
      `Current shard count for the account: ${shardsNow}. Limit: ${SHARDS_MAX}. ` +
      `Number of additional shards that would have resulted from this request: ${shardsMore}. ` +
      'Refer to the AWS Service Limits page ' +
      '(http://docs.aws.amazon.com/general/latest/gr/aws_service_limits.html) ' +
      'for current limits and how to request higher limits.',
  );
}

function modeOf({ StreamModeDetails, ShardCount }: CreateStreamInput): string {
  const mode =
    StreamModeDetails?.StreamMode ?? (ShardCount === undefined ? 'ON_DEMAND' : 'PROVISIONED');
  if (mode === 'PROVISIONED' && ShardCount === undefined) {
    throw invalidArgument('ShardCount must be provided when the stream mode is PROVISIONED.');
  }
  if (mode === 'ON_DEMAND' && ShardCount !== undefined) {
    throw invalidArgument('ShardCount must not be provided when the stream mode is ON_DEMAND.');
  }
  return mode;
}

function settingsOf(input: CreateStreamInput, mode: string): Stream['settings'] {
  const { WarmThroughputMiBps: warmMibps, RecordDistributionStrategy: distribution } = input;
  return {
    mode,
    retentionHours: RETENTION_HOURS_DEFAULT,
    recordKibMax: input.MaxRecordSizeInKiB ?? RECORD_KIB_DEFAULT,
    metrics: [],
    tags: input.Tags ?? {},
    ...(warmMibps !== undefined && { warmMibps }),
    ...(distribution !== undefined && { distribution }),
  };
}

/** 20 characters, a hyphen, three more. */
function newStreamId(random: Random): string {
  const digits = Buffer.from(random.bytes(12)).toString('hex');
  return `${digits.slice(0, 20)}-${digits.slice(20, 23)}`;
}
