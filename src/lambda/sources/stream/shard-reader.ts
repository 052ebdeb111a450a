/**
 * Reads one shard for one mapping and hands its records to lanes.
 * Owns the place in the shard: the row of lambda_stream_positions, and the records read beyond it.
 * I1 The stored place never passes a record that is not done: after a crash each such record is read again.
 * I2 Records of one key are in one lane, and a lane has one batch in hand: their order holds.
 * I3 No more than two batches a lane wait in memory, nor much more than one payload a lane.
 * I4 While nothing is written to the stream there is one wait, and nothing else.
 * I5 Windows have one lane: a window ends, with an event of its own, before a record of the next is tried.
 */
import { SECOND_MS } from '#kernel/units.ts';
import type { EventRecord } from '#ports/peers/event-source.ts';
import type { StreamReader } from '#ports/peers/stream-reader.ts';
import type { Queries, Transaction } from '#ports/world/database.ts';
import { untilDone } from '#ports/world/until-done.ts';

import { fittingCount, pack, type PackedRecord } from '../batch-payload.ts';
import { createBell, type Bell } from '../bell.ts';
import type { SourcesDependencies } from '../dependencies.ts';
import { InvocationsInHand } from '../invocations-in-hand.ts';
import { compileFilter, type RecordFilter } from '../filter/index.ts';
import { BATCH_BYTES_MAX, LOOK_INTERVAL_MS } from '../limits.ts';
import { countEvents } from '../metrics.ts';
import { sourceKind, type MappingRecord } from '../model.ts';
import { putPosition, putResult } from '../store.ts';
import { laneOfKey, orderingKey } from './ordering-key.ts';
import { processRecords, type Lane } from './process-records.ts';
import {
  hasState,
  parseWindow,
  windowAt,
  windowMembers,
  withAnswer,
  type OpenWindow,
} from './tumbling-window.ts';

export interface ShardReading {
  readonly reader: StreamReader;
  readonly mapping: MappingRecord;
  readonly shardId: string;
  /** The last record that is done; empty for the shard's beginning. */
  readonly after: string;
  /** A tumbling window that was open, as it was stored. */
  readonly windowState?: string;
  /** Members that the mapping adds to each record. */
  readonly extra: Readonly<Record<string, unknown>>;
  readonly signal: AbortSignal;
}

interface LaneState {
  readonly queue: PackedRecord[];
  /** When the first of the queue was read, in ms of the monotonic clock. */
  sinceMs: number;
  isBusy: boolean;
}

/** Reads until the shard's end, or until it is stopped. */
export class ShardReader {
  /** Resolves when the shard has ended, or the reader was stopped and nothing is in hand. */
  readonly finished: Promise<void>;
  readonly #dependencies: SourcesDependencies;
  readonly #reading: ShardReading;
  readonly #passes: RecordFilter;
  readonly #bell: Bell;
  readonly #lanes: readonly LaneState[];
  readonly #running = new Set<Promise<void>>();
  readonly #invocations = new InvocationsInHand();
  /** What ends each, and when it ends by itself, in ms of the monotonic clock. */
  readonly #pauses = new Map<() => void, number>();
  readonly #failure = Promise.withResolvers<never>();
  /** Read and beyond the stored place, in order, with whether they are done. */
  readonly #beyond = new Map<string, boolean>();
  #readUpTo: string;
  #doneUpTo: string;
  /** Of all lanes' queues. */
  #waitingBytes = 0;
  #mayHaveMore = true;
  #isAtEnd = false;
  /** The shard is no longer there: what is stored of it stays as it is. */
  #isGone = false;
  #isStopped = false;
  #lastResult = '';
  #window: OpenWindow | undefined;
  /** When it was opened, in ms of the monotonic clock. */
  #windowSinceMs = 0;
  /** True while the open window's last event is in hand. */
  #isClosing = false;

  constructor(dependencies: SourcesDependencies, reading: ShardReading) {
    this.#dependencies = dependencies;
    this.#reading = reading;
    const { settings, eventSourceArn } = reading.mapping;
    this.#passes = compileFilter(settings.FilterCriteria, sourceKind(eventSourceArn) ?? 'dynamodb');
    this.#bell = createBell(dependencies.clock);
    const lanes = settings.TumblingWindowInSeconds > 0 ? 1 : settings.ParallelizationFactor;
    this.#window = parseWindow(reading.windowState);
    this.#windowSinceMs = dependencies.clock.monotonicMs();
    this.#lanes = Array.from({ length: lanes }, () => ({
      queue: [],
      sinceMs: 0,
      isBusy: false,
    }));
    this.#readUpTo = reading.after;
    this.#doneUpTo = reading.after;
    this.finished = Promise.race([this.#run(), this.#failure.promise]);
  }

  /** Something may have been written to the stream. */
  wake(): void {
    this.#mayHaveMore = true;
    this.#bell.ring();
  }

  stop(): void {
    this.#isStopped = true;
    for (const end of this.#pauses.keys()) end();
    this.#bell.ring();
  }

  /** As its poller's. */
  async nextDueAt(queries: Queries): Promise<number | undefined> {
    if (this.#isStopped) return undefined;
    const waiting = await this.#invocations.countWaiting(queries);
    if (this.#running.size > this.#pauses.size + waiting) return 0;
    if (this.#running.size === 0 && this.#mayHaveMore && !this.#isAtEnd) return 0;
    const { clock } = this.#dependencies;
    const { MaximumBatchingWindowInSeconds: windowSeconds } = this.#reading.mapping.settings;
    const windows = this.#lanes
      .filter(({ queue, isBusy }) => !isBusy && queue.length > 0)
      .map(({ sinceMs }) => sinceMs + windowSeconds * SECOND_MS);
    const lastingMs = Math.min(...this.#pauses.values(), ...windows) - clock.monotonicMs();
    const atMs = Math.min(clock.now() + lastingMs, this.#window?.endMs ?? Infinity);
    return atMs === Infinity ? undefined : atMs;
  }

  async #run(): Promise<void> {
    while (!this.#isStopped) {
      const hasRead = await this.#fill();
      const waitMs = this.#dispatch();
      const isDone = this.#beyond.size === 0 && this.#window === undefined;
      if (this.#isAtEnd && isDone) return this.#end();
      if (hasRead) continue;
      await this.#bell.wait(waitMs);
      if (waitMs === LOOK_INTERVAL_MS) this.#mayHaveMore = true;
    }
    await Promise.all(this.#running);
  }

  /** Reads more where there is room (I3); answers true where something came. */
  async #fill(): Promise<boolean> {
    const { reader, mapping, shardId } = this.#reading;
    const { BatchSize, ParallelizationFactor } = mapping.settings;
    const room = 2 * BatchSize * ParallelizationFactor - this.#beyond.size;
    const hasMemory = this.#waitingBytes < BATCH_BYTES_MAX * this.#lanes.length;
    if (!this.#mayHaveMore || this.#isAtEnd || room <= 0 || !hasMemory) return false;
    this.#mayHaveMore = false;
    const after = this.#readUpTo === '' ? undefined : this.#readUpTo;
    const read = await this.#untilDone(() =>
      reader.read(mapping.eventSourceArn, shardId, after, room),
    );
    this.#isGone = read === undefined;
    this.#isAtEnd = read?.isAtEnd ?? true;
    if (read === undefined || read.records.length === 0) return false;
    this.#mayHaveMore = true;
    this.#readUpTo = read.records.at(-1)?.id ?? this.#readUpTo;
    const passing = read.records.filter((record) => this.#isWanted(record));
    const wanted = new Set(passing);
    for (const record of read.records) this.#beyond.set(record.id, !wanted.has(record));
    for (const record of passing) this.#enqueue(record);
    const dropped = read.records.length - passing.length;
    countEvents(this.#dependencies, mapping, {
      PolledEventCount: read.records.length,
      FilteredOutEventCount: dropped,
    });
    if (dropped > 0) await this.#settle([]);
    return true;
  }

  #isWanted({ event, arrivedAtMs }: EventRecord): boolean {
    const { StartingPositionTimestamp: fromMs = 0 } = this.#reading.mapping.settings;
    return arrivedAtMs >= fromMs && this.#passes(event);
  }

  #enqueue(record: EventRecord): void {
    const { extra } = this.#reading;
    const lane = this.#lanes[laneOfKey(orderingKey(record.event), this.#lanes.length)];
    if (lane === undefined) return;
    if (lane.queue.length === 0) lane.sinceMs = this.#dependencies.clock.monotonicMs();
    // Every source's records are objects.
    const event = { ...(record.event as object), ...extra };
    const packed = pack({ ...record, event });
    lane.queue.push(packed);
    this.#waitingBytes += packed.bytes;
  }

  /** Starts what is due; answers how long nothing more will be, in ms. */
  #dispatch(): number {
    const { BatchSize, MaximumBatchingWindowInSeconds } = this.#reading.mapping.settings;
    const nowMs = this.#dependencies.clock.monotonicMs();
    let waitMs = LOOK_INTERVAL_MS;
    for (const lane of this.#lanes) {
      if (lane.isBusy) continue;
      waitMs = Math.min(waitMs, this.#turnWindow(lane));
      if (lane.isBusy || lane.queue.length === 0) continue;
      const fitting = fittingCount(lane.queue, BatchSize, BATCH_BYTES_MAX);
      const count = Math.min(fitting, this.#countInWindow(lane.queue));
      const isFull = count === BatchSize || count < lane.queue.length;
      const leftMs = lane.sinceMs + MaximumBatchingWindowInSeconds * SECOND_MS - nowMs;
      if (isFull || leftMs <= 0 || this.#isAtEnd) this.#start(lane, lane.queue.splice(0, count));
      else waitMs = Math.min(waitMs, leftMs);
    }
    return waitMs;
  }

  /** Ends the open window where its time is over (I5), or opens the first record's; answers when to look again. */
  #turnWindow(lane: LaneState): number {
    const sizeMs = this.#reading.mapping.settings.TumblingWindowInSeconds * SECOND_MS;
    if (sizeMs === 0) return LOOK_INTERVAL_MS;
    const next = lane.queue[0]?.record.arrivedAtMs;
    const open = this.#window;
    if (open === undefined) {
      if (next !== undefined) this.#window = windowAt(next, sizeMs);
      this.#windowSinceMs = this.#dependencies.clock.monotonicMs();
      return LOOK_INTERVAL_MS;
    }
    const { clock } = this.#dependencies;
    // It is open for no longer than its size, though the clock was set back.
    const lastingMs = this.#windowSinceMs + sizeMs - clock.monotonicMs();
    const leftMs = Math.min(open.endMs - clock.now(), lastingMs);
    const isOver = next === undefined ? this.#isAtEnd || leftMs <= 0 : next >= open.endMs;
    if (isOver || open.isTerminatedEarly) {
      this.#isClosing = true;
      this.#start(lane, []);
    }
    return Math.max(1, leftMs);
  }

  /** How many of the first records are in the open window; all where there are no windows. */
  #countInWindow(queue: readonly PackedRecord[]): number {
    const endMs = this.#window?.endMs ?? Infinity;
    const beyond = queue.findIndex(({ record }) => record.arrivedAtMs >= endMs);
    return beyond === -1 ? queue.length : beyond;
  }

  #membersOfWindow(): Readonly<Record<string, unknown>> {
    const { mapping, shardId } = this.#reading;
    if (this.#window === undefined) return {};
    const source = { shardId, eventSourceARN: mapping.eventSourceArn };
    return windowMembers(this.#window, source, this.#isClosing);
  }

  #start(state: LaneState, records: readonly PackedRecord[]): void {
    state.isBusy = true;
    for (const { bytes } of records) this.#waitingBytes -= bytes;
    const { mapping, shardId, signal } = this.#reading;
    const lane: Lane = {
      mapping,
      shardId,
      signal,
      isStopped: () => this.#isStopped,
      members: () => this.#membersOfWindow(),
      // Who gets the window's end has nothing to hand on.
      isWhole: (payload) => this.#window === undefined || this.#isClosing || hasState(payload),
      answered: (payload) => {
        this.#window = this.#window && withAnswer(this.#window, payload);
      },
      pause: (delayMs) => this.#pause(delayMs),
      settle: (done, result, also) => this.#settle(done, result, also),
      note: (result) => this.#note(result),
    };
    const dependencies = { ...this.#dependencies, invocations: this.#invocations };
    const run = processRecords(dependencies, lane, records)
      .catch((error: unknown) => {
        if (!signal.aborted) this.#failure.reject(error);
      })
      .finally(() => {
        state.isBusy = false;
        this.#isClosing = false;
        state.sinceMs = this.#dependencies.clock.monotonicMs();
        this.#running.delete(run);
        this.#bell.ring();
      });
    this.#running.add(run);
  }

  async #pause(delayMs: number): Promise<void> {
    if (this.#isStopped) return;
    await new Promise<void>((resolve) => {
      const end = (): void => {
        timer[Symbol.dispose]();
        this.#pauses.delete(end);
        resolve();
      };
      const { clock } = this.#dependencies;
      const timer = clock.setTimer(delayMs, end);
      this.#pauses.set(end, clock.monotonicMs() + delayMs);
    });
  }

  /** Marks records as done and stores the place up to which all are (I1). */
  async #settle(
    records: readonly PackedRecord[],
    result?: string,
    also?: (tx: Transaction) => Promise<void>,
  ): Promise<void> {
    for (const { record } of records) this.#beyond.set(record.id, true);
    for (const [id, isDone] of this.#beyond) {
      if (!isDone) break;
      this.#doneUpTo = id;
      this.#beyond.delete(id);
    }
    // Only the event in hand tells a result.
    if (this.#isClosing && result !== undefined) this.#window = undefined;
    const { mapping } = this.#reading;
    const isNews = result !== undefined && result !== this.#lastResult;
    if (isNews) this.#lastResult = result;
    await this.#transact(async (tx) => {
      await this.#store(tx, false);
      if (isNews) await putResult(tx, mapping, result);
      await also?.(tx);
    });
  }

  async #note(result: string): Promise<void> {
    if (result === this.#lastResult) return;
    this.#lastResult = result;
    await this.#transact((tx) => putResult(tx, this.#reading.mapping, result));
  }

  async #end(): Promise<void> {
    if (this.#isGone) return;
    await this.#transact((tx) => this.#store(tx, true));
  }

  #transact(body: (tx: Transaction) => Promise<void>): Promise<void> {
    return this.#untilDone(() => this.#dependencies.database.transact(body));
  }

  /** What fails is tried again: memory is ahead of the store, and goes on only with it (I1). */
  #untilDone<T>(work: () => Promise<T>): Promise<T> {
    const { clock, log } = this.#dependencies;
    const { signal, shardId } = this.#reading;
    return untilDone({ clock, log, signal, what: `to read the shard ${shardId}` }, work);
  }

  #store(tx: Transaction, isAtEnd: boolean): Promise<void> {
    const { mapping, shardId } = this.#reading;
    const windowState = this.#window && JSON.stringify(this.#window);
    return putPosition(tx, mapping, {
      shardId,
      sequenceNumber: this.#doneUpTo,
      isAtEnd,
      ...(windowState === undefined ? {} : { windowState }),
    });
  }
}
