import type { EventRecord } from './event-source.ts';

/** A shard of a stream, as a poller sees it. */
export interface StreamShard {
  readonly shardId: string;
  /** Of the newest record; absent where there was none yet. A start at LATEST reads after it. */
  readonly latestSequenceNumber?: string;
  /** True where no record will ever follow. */
  readonly isClosed: boolean;
  /** Shards that were split or merged into this one: to be read to their end first. */
  readonly parentShardIds?: readonly string[];
}

export interface StreamRead {
  /** In order; `id` is the sequence number, `event` an element of the function's `Records`. */
  readonly records: readonly EventRecord[];
  /** True where the shard is closed and these are its last records. */
  readonly isAtEnd: boolean;
}

/** Streams whose pollers keep their own place: by shard and sequence number, without iterators. */
export interface StreamReader {
  /** The shards of a stream, by its ARN, or `undefined` where there is no such stream. */
  getShards(streamArn: string): Promise<readonly StreamShard[] | undefined>;
  /**
   * Records after a sequence number, or from the oldest on; `undefined` where stream or shard is
   * gone. What is older than the stream keeps is passed over.
   */
  read(
    streamArn: string,
    shardId: string,
    afterSequenceNumber: string | undefined,
    recordsMax: number,
  ): Promise<StreamRead | undefined>;
  /** The topic of Wakeups on which each commit to the stream is told. */
  wakeupTopic(streamArn: string): string;
}
