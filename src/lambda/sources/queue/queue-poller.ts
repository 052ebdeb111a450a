/**
 * Polls a queue for one mapping.
 * Owns the batches that it has received, until each is settled; the queue owns the messages.
 * I1 A message is deleted only after the function has handled it or the filter has dropped it.
 * I2 At most `#concurrency.limit` batches are in hand, and no slow one keeps the others from going on.
 * I3 Of a FIFO queue's batch, nothing is tried behind what failed.
 * I4 While nothing arrives there is one wait, and nothing else.
 * I5 An error of ours, or of the store's, is logged and waited out: what was received comes again after the queue's
 * visibility timeout.
 */
import { SECOND_MS } from '#kernel/units.ts';
import type { Batch, BatchLimits, EventSource } from '#ports/peers/event-source.ts';
import { StoreFailed, type Queries } from '#ports/world/database.ts';

import { createBell, type Bell } from '../bell.ts';
import type { InHand, Poller, SourcesDependencies } from '../dependencies.ts';
import { InvocationsInHand } from '../invocations-in-hand.ts';
import {
  BATCH_BYTES_MAX,
  IN_HAND_BYTES_MAX,
  MISSING_SOURCE_DELAY_MS,
  retryDelayMs,
} from '../limits.ts';
import type { MappingRecord } from '../model.ts';
import { grown, scalingOf, shrunk, type Concurrency } from './concurrency.ts';
import { handleBatch } from './handle-batch.ts';

/** Polls until it is stopped; `signal` ends what is in hand too. */
export class QueuePoller implements Poller {
  readonly finished: Promise<void>;
  readonly #dependencies: SourcesDependencies;
  readonly #inHand: InHand;
  readonly #signal: AbortSignal;
  readonly #source: EventSource;
  readonly #bell: Bell;
  readonly #running = new Set<Promise<void>>();
  readonly #invocations = new InvocationsInHand();
  readonly #failure = Promise.withResolvers<never>();
  #mapping: MappingRecord;
  /** None until something has come. */
  #concurrency: Concurrency | undefined;
  #refusals = 0;
  /** No poll before this, in ms of the monotonic clock. */
  #notBeforeMs = 0;
  #isMissing = false;
  /** Batches that have ever come. */
  #batches = 0;
  #isStopped = false;
  #polling: AbortController | undefined;

  constructor(
    dependencies: SourcesDependencies,
    mapping: MappingRecord,
    inHand: InHand,
    signal: AbortSignal,
  ) {
    this.#dependencies = dependencies;
    this.#mapping = mapping;
    this.#inHand = inHand;
    this.#signal = signal;
    this.#source = dependencies.sqsSource(mapping.eventSourceArn);
    this.#bell = createBell(dependencies.clock);
    this.finished = Promise.race([this.#poll(), this.#failure.promise]);
  }

  update(mapping: MappingRecord): void {
    this.#mapping = mapping;
    this.#polling?.abort();
    this.#bell.ring();
  }

  stop(): void {
    this.#isStopped = true;
    this.#polling?.abort();
    this.#bell.ring();
  }

  async agenda(queries: Queries): Promise<number | undefined> {
    const batches = this.#batches;
    const waiting = await this.#invocations.countWaiting(queries);
    if (this.#running.size > waiting) return 0;
    const { clock } = this.#dependencies;
    const leftMs = this.#notBeforeMs - clock.monotonicMs();
    if (leftMs > 0) return this.#isMissing ? undefined : clock.now() + leftMs;
    const nextMs = await this.#source.agenda?.(queries);
    if (this.#batches !== batches) return 0;
    const roomMs = this.#roomMs();
    if (nextMs === undefined || roomMs === undefined) return undefined;
    return roomMs === 0 ? nextMs : Math.max(nextMs, clock.now() + roomMs);
  }

  async #poll(): Promise<void> {
    while (!this.#isStopped) {
      const waitMs = this.#waitMs();
      if (waitMs > 0) await this.#bell.wait(waitMs);
      else await this.#pollOnce().catch((error: unknown) => this.#stumble(error));
    }
    await Promise.all(this.#running);
  }

  /** How long to wait before it is worth looking again whether a batch may be taken (I2). */
  #waitMs(): number {
    const { clock } = this.#dependencies;
    const leftMs = this.#notBeforeMs - clock.monotonicMs();
    if (leftMs > 0) return leftMs;
    const { size } = this.#running;
    const scaling = scalingOf(this.#mapping.settings);
    const concurrency = grown(this.#concurrency, size, clock.monotonicMs(), scaling);
    this.#concurrency = concurrency;
    const hasMemory = this.#inHand.bytes < IN_HAND_BYTES_MAX || size === 0;
    return size < concurrency.limit && hasMemory ? 0 : scaling.stepMs;
  }

  /** In how many ms one more batch may be taken; `undefined` where another has to end for that. */
  #roomMs(): number | undefined {
    const { size } = this.#running;
    if (this.#concurrency === undefined || size === 0) return 0;
    if (this.#inHand.bytes >= IN_HAND_BYTES_MAX) return undefined;
    const { limit, fullSinceMs } = this.#concurrency;
    if (size < limit) return 0;
    const nowMs = this.#dependencies.clock.monotonicMs();
    const { max, stepMs } = scalingOf(this.#mapping.settings);
    return limit < max ? (fullSinceMs ?? nowMs) + stepMs - nowMs : undefined;
  }

  async #pollOnce(): Promise<void> {
    const polling = new AbortController();
    this.#polling = polling;
    const limits = limitsOf(this.#mapping);
    const batch = await this.#source.poll(undefined, limits, polling.signal);
    this.#isMissing = false;
    if (batch.records.length > 0) this.#start(batch);
    else if (!polling.signal.aborted) await this.#rest();
  }

  /** Nothing came in a whole wait: the next batches begin anew, unless the queue is gone. */
  async #rest(): Promise<void> {
    this.#concurrency = undefined;
    if ((await this.#source.describe()) !== undefined) return;
    this.#isMissing = true;
    this.#notBeforeMs = this.#dependencies.clock.monotonicMs() + MISSING_SOURCE_DELAY_MS;
  }

  #start(batch: Batch): void {
    const bytes = batch.records.reduce((sum, record) => sum + record.bytes, 0);
    this.#inHand.bytes += bytes;
    this.#batches += 1;
    const run = this.#handle(batch)
      .catch((error: unknown) => this.#stumble(error))
      .catch((error: unknown) => this.#failure.reject(error))
      .finally(() => {
        this.#inHand.bytes -= bytes;
        this.#running.delete(run);
        this.#bell.ring();
      });
    this.#running.add(run);
  }

  async #handle(batch: Batch): Promise<void> {
    let wasRefused = false;
    const onRefused = (): void => {
      wasRefused = true;
      this.#slowDown();
    };
    const dependencies = {
      ...this.#dependencies,
      source: this.#source,
      invocations: this.#invocations,
      onRefused,
    };
    await handleBatch(dependencies, this.#mapping, batch, this.#signal);
    if (!wasRefused) this.#refusals = 0;
  }

  /** @throws StoreFailed, since nothing will work any more (I5) */
  #stumble(error: unknown): void {
    if (this.#signal.aborted) return;
    if (error instanceof StoreFailed) throw error;
    const { uuid, eventSourceArn } = this.#mapping;
    this.#dependencies.log.error('a queue could not be polled', { uuid, eventSourceArn, error });
    this.#slowDown();
  }

  #slowDown(): void {
    this.#refusals += 1;
    this.#notBeforeMs = this.#dependencies.clock.monotonicMs() + retryDelayMs(this.#refusals);
    this.#concurrency = this.#concurrency && shrunk(this.#concurrency);
    // What is given back must not be taken before the wait.
    this.#polling?.abort();
  }
}

function limitsOf({ settings }: MappingRecord): BatchLimits {
  return {
    recordsMax: settings.BatchSize,
    bytesMax: BATCH_BYTES_MAX,
    windowMs: settings.MaximumBatchingWindowInSeconds * SECOND_MS,
  };
}
