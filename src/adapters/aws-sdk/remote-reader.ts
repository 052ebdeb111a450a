/*
 * A stream elsewhere, as pollers of functions read it: by shard and sequence number.
 * Owns the iterators that continue what was read.
 *
 * I1  Whatever the other side answers, a read resolves: what cannot be reached is logged and reads as nothing.
 * I2  Nobody elsewhere wakes a reader: after a read that found nothing the stream's topic is told a second
 *     later, once for all of its shards. Who no longer reads is no longer woken.
 * I3  A place that begins with `@` is a time: LATEST when a mapping was made, until the first record is done.
 */
import type { EventRecord } from '#ports/peers/event-source.ts';
import type { StreamRead, StreamReader, StreamShard } from '#ports/peers/stream-reader.ts';
import type { Clock } from '#ports/world/clock.ts';
import type { Log } from '#ports/world/log.ts';
import type { Wakeups } from '#ports/world/wakeups.ts';
import { isMissing, nameOfError, PAUSE_MS } from './failures.ts';

/** Where an iterator is to begin. */
export type Place =
  | { readonly kind: 'beginning' }
  | { readonly kind: 'after'; readonly sequence: string }
  /** In ms since 1970. */
  | { readonly kind: 'time'; readonly atMs: number };

export interface RemotePage {
  readonly records: readonly EventRecord[];
  /** Absent at the end of a closed shard. */
  readonly next: string | undefined;
  /** True where more waits to be read. */
  readonly isBehind: boolean;
}

/** What a service's client does, one shard at a time; rejects as the SDK does. */
export interface RemoteShards {
  list(streamArn: string): Promise<readonly Omit<StreamShard, 'latestSequenceNumber'>[]>;
  iterator(streamArn: string, shardId: string, place: Place): Promise<string>;
  page(streamArn: string, iterator: string, recordsMax: number): Promise<RemotePage>;
  /** True where `page` begins at a time by itself. */
  readonly knowsTimes: boolean;
}

export interface ReaderDependencies {
  readonly clock: Clock;
  readonly wakeups: Wakeups;
  readonly log: Log;
}

/** AWS's own pollers ask each shard once a second. @see https://docs.aws.amazon.com/lambda/latest/dg/with-kinesis.html */
const LOOK_MS = 1_000;
const BEHIND_MS = 200;
const ITERATORS_MAX = 10_000;
const STALE: ReadonlySet<string> = new Set([
  'ExpiredIteratorException',
  'TrimmedDataAccessException',
]);

/** The reader of all streams of a service. */
export function createRemoteReader(
  dependencies: ReaderDependencies,
  shards: RemoteShards,
): StreamReader {
  const reader = new RemoteReader(dependencies, shards);
  return {
    getShards: (arn) => reader.getShards(arn),
    read: (arn, shardId, after, recordsMax) => reader.read({ arn, shardId, after, recordsMax }),
    wakeupTopic: topicOf,
  };
}

function topicOf(arn: string): string {
  return `elsewhere/${arn}`;
}

interface Reading {
  readonly arn: string;
  readonly shardId: string;
  readonly after: string | undefined;
  readonly recordsMax: number;
}

class RemoteReader {
  readonly #dependencies: ReaderDependencies;
  readonly #shards: RemoteShards;
  /** What continues a read, by stream, shard and place. */
  readonly #iterators = new Map<string, string>();
  readonly #waking = new Set<string>();

  constructor(dependencies: ReaderDependencies, shards: RemoteShards) {
    this.#dependencies = dependencies;
    this.#shards = shards;
  }

  async getShards(arn: string): Promise<readonly StreamShard[] | undefined> {
    const { clock, log } = this.#dependencies;
    const latestSequenceNumber = `@${clock.now()}`;
    try {
      const listed = await this.#shards.list(arn);
      return listed.map((shard) => ({ ...shard, latestSequenceNumber }));
    } catch (error) {
      if (!isMissing(error)) log.warn('a stream elsewhere is not seen', { stream: arn, error });
      return undefined;
    }
  }

  async read(reading: Reading): Promise<StreamRead | undefined> {
    const { arn, after } = reading;
    try {
      const page = await this.#page(reading);
      const records = page.records.filter((record) => isWanted(record, after));
      this.#keep(keyOf(reading, records.at(-1)?.id ?? after), page.next);
      if (records.length === 0) this.#wakeIn(arn, page.isBehind ? BEHIND_MS : LOOK_MS);
      return { records, isAtEnd: page.next === undefined };
    } catch (error) {
      if (isMissing(error)) return undefined;
      this.#dependencies.log.warn('a stream elsewhere is not read', { stream: arn, error });
      this.#wakeIn(arn, PAUSE_MS);
      return { records: [], isAtEnd: false };
    }
  }

  async #page(reading: Reading): Promise<RemotePage> {
    const { arn, shardId, after, recordsMax } = reading;
    const key = keyOf(reading, after);
    const known = this.#iterators.get(key);
    this.#iterators.delete(key);
    const place = this.#placeOf(after);
    try {
      const iterator = known ?? (await this.#shards.iterator(arn, shardId, place));
      return await this.#shards.page(arn, iterator, recordsMax);
    } catch (error) {
      if (!STALE.has(nameOfError(error))) throw error;
      const isTrimmed = nameOfError(error) === 'TrimmedDataAccessException';
      const again = isTrimmed ? ({ kind: 'beginning' } as const) : place;
      const iterator = await this.#shards.iterator(arn, shardId, again);
      return await this.#shards.page(arn, iterator, recordsMax);
    }
  }

  #placeOf(after: string | undefined): Place {
    if (after === undefined) return { kind: 'beginning' };
    const atMs = timeOf(after);
    if (atMs === undefined) return { kind: 'after', sequence: after };
    return this.#shards.knowsTimes ? { kind: 'time', atMs } : { kind: 'beginning' };
  }

  #keep(key: string, iterator: string | undefined): void {
    if (iterator === undefined) return;
    this.#iterators.set(key, iterator);
    const [oldest] = this.#iterators.keys();
    if (this.#iterators.size > ITERATORS_MAX && oldest !== undefined) {
      this.#iterators.delete(oldest);
    }
  }

  #wakeIn(arn: string, delayMs: number): void {
    if (this.#waking.has(arn)) return;
    this.#waking.add(arn);
    this.#dependencies.clock.setTimer(delayMs, () => {
      this.#waking.delete(arn);
      this.#dependencies.wakeups.notify(topicOf(arn));
    });
  }
}

function keyOf({ arn, shardId }: Reading, after: string | undefined): string {
  return `${arn} ${shardId} ${after ?? ''}`;
}

function timeOf(place: string): number | undefined {
  return place.startsWith('@') ? Number(place.slice(1)) : undefined;
}

/** Whether a record belongs to what is read: times of records of DynamoDB are whole seconds. */
function isWanted({ arrivedAtMs }: EventRecord, after: string | undefined): boolean {
  const fromMs = after === undefined ? undefined : timeOf(after);
  return fromMs === undefined || arrivedAtMs >= fromMs - (fromMs % LOOK_MS);
}
