/**
 * Polls a stream for one mapping: a reader for each of its shards.
 * I1 A shard is read once those that it came from have been read to their end.
 * I2 Changed settings hold from the next batch on: readers end what they have in hand, and others begin where
 *    they stopped.
 */
import { present } from '#kernel/assert.ts';
import type { StreamReader, StreamShard } from '#ports/peers/stream-reader.ts';
import type { Queries } from '#ports/world/database.ts';
import { untilDone } from '#ports/world/until-done.ts';

import { createBell, type Bell } from '../bell.ts';
import type { Poller, SourcesDependencies } from '../dependencies.ts';
import { LOOK_INTERVAL_MS, MISSING_SOURCE_DELAY_MS } from '../limits.ts';
import { sourceKind, type MappingRecord } from '../model.ts';
import { positionsOf, putResult, type StreamPosition } from '../store.ts';
import { ShardReader } from './shard-reader.ts';

/** @see https://docs.aws.amazon.com/lambda/latest/api/API_EventSourceMappingConfiguration.html LastProcessingResult */
const STREAM_GONE = 'PROBLEM: Stream not found';

/** Polls until it is stopped; `signal` ends what is in hand too. */
export class StreamPoller implements Poller {
  readonly finished: Promise<void>;
  readonly #dependencies: SourcesDependencies;
  readonly #signal: AbortSignal;
  readonly #reader: StreamReader;
  readonly #bell: Bell;
  readonly #readers = new Map<string, ShardReader>();
  readonly #failure = Promise.withResolvers<never>();
  #mapping: MappingRecord;
  #isStopped = false;
  #isChanged = false;
  /** False until the shards were looked at for the first time. */
  #hasLooked = false;

  constructor(dependencies: SourcesDependencies, mapping: MappingRecord, signal: AbortSignal) {
    this.#dependencies = dependencies;
    this.#mapping = mapping;
    this.#signal = signal;
    const kind = sourceKind(mapping.eventSourceArn) ?? '';
    this.#reader = present(dependencies.streamReaders[kind], `no reader of ${kind}`);
    this.#bell = createBell(dependencies.clock);
    this.finished = Promise.race([this.#run(), this.#failure.promise]);
  }

  update(mapping: MappingRecord): void {
    this.#mapping = mapping;
    this.#isChanged = true;
    this.#bell.ring();
  }

  stop(): void {
    this.#isStopped = true;
    for (const reader of this.#readers.values()) reader.stop();
    this.#bell.ring();
  }

  async agenda(queries: Queries): Promise<number | undefined> {
    if (!this.#hasLooked) return 0;
    let earliestMs = Infinity;
    for (const reader of this.#readers.values()) {
      earliestMs = Math.min(earliestMs, (await reader.nextDueAt(queries)) ?? Infinity);
    }
    return earliestMs === Infinity ? undefined : earliestMs;
  }

  async #run(): Promise<void> {
    const topic = this.#reader.wakeupTopic(this.#mapping.eventSourceArn);
    using _subscription = this.#dependencies.wakeups.subscribe(topic, () => {
      for (const reader of this.#readers.values()) reader.wake();
    });
    const { clock, log } = this.#dependencies;
    const patience = {
      clock,
      log,
      signal: this.#signal,
      what: 'to look at the shards of a stream',
    };
    while (!this.#isStopped) {
      this.#isChanged = false;
      const isThere = await untilDone(patience, () => this.#startReaders());
      this.#hasLooked = true;
      await this.#bell.wait(isThere ? LOOK_INTERVAL_MS : MISSING_SOURCE_DELAY_MS);
      if (this.#isChanged) await this.#endReaders();
    }
    await this.#endReaders();
  }

  /** Starts a reader for each shard that can be read and is not; answers whether there is a stream. */
  async #startReaders(): Promise<boolean> {
    const { database } = this.#dependencies;
    const mapping = this.#mapping;
    // A reader that ends meanwhile may have stored more than is read here: its shard is looked at again.
    const isBeingRead = new Set(this.#readers.keys());
    const shards = await this.#reader.getShards(mapping.eventSourceArn);
    if (shards === undefined) {
      await database.transact((tx) => putResult(tx, mapping, STREAM_GONE));
      return false;
    }
    const stored = await database.read((queries) => positionsOf(queries, mapping));
    const positions = new Map(stored.map((position) => [position.shardId, position]));
    const extra = await this.#extraMembers();
    for (const shard of shards) {
      if (isBeingRead.has(shard.shardId) || this.#isStopped) continue;
      if (isReadable(shard, shards, positions)) {
        this.#startReader(shard, positions.get(shard.shardId), extra);
      }
    }
    return true;
  }

  #startReader(
    { shardId }: StreamShard,
    position: StreamPosition | undefined,
    extra: Readonly<Record<string, unknown>>,
  ): void {
    const mapping = this.#mapping;
    const after = position?.sequenceNumber ?? mapping.startAfter?.[shardId] ?? '';
    const signal = this.#signal;
    const { windowState } = position ?? {};
    const stored = windowState === undefined ? {} : { windowState };
    const reading = { reader: this.#reader, mapping, shardId, after, extra, signal, ...stored };
    const reader = new ShardReader(this.#dependencies, reading);
    this.#readers.set(shardId, reader);
    reader.finished
      .then(() => {
        this.#readers.delete(shardId);
        this.#bell.ring();
      })
      .catch((error: unknown) => this.#failure.reject(error));
  }

  async #endReaders(): Promise<void> {
    const readers = [...this.#readers.values()];
    for (const reader of readers) reader.stop();
    await Promise.all(readers.map(({ finished }) => finished));
    this.#readers.clear();
  }

  /** Kinesis tells the function's role in each record. */
  async #extraMembers(): Promise<Readonly<Record<string, unknown>>> {
    const { target, eventSourceArn } = this.#mapping;
    if (sourceKind(eventSourceArn) !== 'kinesis') return {};
    const found = await this.#dependencies.catalog.resolve(target, 1);
    return found.kind === 'found' ? { invokeIdentityArn: found.version.roleArn } : {};
  }
}

/** True where a shard has not been read to its end, and those that it came from have (I1). */
function isReadable(
  { shardId, parentShardIds = [] }: StreamShard,
  shards: readonly StreamShard[],
  positions: ReadonlyMap<string, StreamPosition>,
): boolean {
  if (positions.get(shardId)?.isAtEnd === true) return false;
  const listed = new Set(shards.map((shard) => shard.shardId));
  return parentShardIds.every((id) => !listed.has(id) || positions.get(id)?.isAtEnd === true);
}
