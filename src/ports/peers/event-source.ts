import type { Agenda } from './agenda.ts';

/** Bounds of one poll. */
export interface BatchLimits {
  readonly recordsMax: number;
  readonly bytesMax: number;
  /** How long the source may gather records once the first has come, in ms. */
  readonly windowMs: number;
}

/** Records for one invocation, already in the shape in which a function receives them. */
export interface Batch {
  /** The source's own token for this batch. */
  readonly token: string;
  readonly records: readonly EventRecord[];
  /** Where the next poll begins; streams only. */
  readonly nextCursor?: string;
}

export interface EventRecord {
  /** Unique in the batch: messageId of SQS, sequence number of a stream. */
  readonly id: string;
  /** What becomes one element of the event's `Records`. */
  readonly event: unknown;
  readonly bytes: number;
  /** When the source took it, in ms since 1970. */
  readonly arrivedAtMs: number;
}

/** What became of the records of a batch. */
export interface BatchResult {
  /** Ids that were handled (or filtered out) and are done. */
  readonly doneIds: readonly string[];
  /** Ids to be given again. */
  readonly failedIds: readonly string[];
  /** Ids that no function was tried with: to be given again at once. */
  readonly releasedIds?: readonly string[];
}

/** What a poller has to know of its source. */
export interface SourceDescription {
  /** How long a record that was given stays hidden from others, in ms. */
  readonly visibilityTimeoutMs: number;
  /** True where the source itself puts aside what fails too often. */
  readonly hasDeadLetters?: boolean;
}

/** Services meet by being polled: SQS queues, DynamoDB and Kinesis shards. */
export interface EventSource {
  /** Waits for records, woken by arrival; an empty batch when the signal aborts. */
  poll(cursor: string | undefined, limits: BatchLimits, signal: AbortSignal): Promise<Batch>;
  settle(batch: Batch, result: BatchResult): Promise<void>;
  /** The source as it is now, or `undefined` where it is gone. */
  describe(): Promise<SourceDescription | undefined>;
  /** When its next record can be had, as an agenda; absent where another server knows that. */
  readonly agenda?: Agenda;
}
