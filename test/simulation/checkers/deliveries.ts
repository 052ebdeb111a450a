/*
 * What a source took reaches its function: each record is handled or given up, in the order of its key.
 *
 * D1  A record whose sending was acknowledged was handled, or is where goes what is given up; nothing waits
 *     when all is quiet.
 * D2  Of one key no record is tried while an earlier one is neither handled nor given up nor too old, unless
 *     in the same batch and in order.
 * D3  What is no longer in the queue is not tried again, where the source is a FIFO queue.
 */
import { isObject } from '#kernel/json.ts';
import type { Clock } from '#ports/world/clock.ts';
import { nameOf, type Note, type SeenRecord, type StreamPlace } from '../deliveries.ts';
import type { Answer } from '../host.ts';

/** Where records are now. */
export interface Places {
  /** Those that wait in their queue, by name; absent where the source keeps what is done. */
  readonly waiting?: ReadonlySet<string>;
  isGivenUp(note: Note & { readonly place?: StreamPlace }): boolean;
}

export interface DeliveriesOptions {
  readonly clock: Clock;
  /** Of the source, for complaints. */
  readonly name: string;
  readonly isOrdered: boolean;
  /** Records may be given up untold by their key's order once they are older, in ms. */
  readonly ageMsMax?: number;
  readonly places: () => Promise<Places>;
  readonly complain: (text: string) => void;
}

interface Sent extends Note {
  readonly sentAtMs: number;
  isAcknowledged: boolean;
  isHandled: boolean;
  place?: StreamPlace;
}

export class DeliveriesChecker {
  readonly #options: DeliveriesOptions;
  /** By key, in the order of their numbers. */
  readonly #sent = new Map<string, Sent[]>();
  /** When a function was last called, in ms of the monotonic clock. */
  lastCallMs = 0;
  /** When the wall clock jumped ahead: records of before are too old since. */
  #jumpedAtMs = -Infinity;

  constructor(options: DeliveriesOptions) {
    this.#options = options;
  }

  /** The next note of a key, which is about to be sent. */
  next(key: string): Note {
    const all = this.#of(key);
    const sentAtMs = this.#options.clock.monotonicMs();
    const fresh = { key, number: all.length, sentAtMs, isAcknowledged: false, isHandled: false };
    all.push(fresh);
    return { key, number: fresh.number };
  }

  answered(note: Note, answer: Answer<unknown>): void {
    const sent = this.#find(note);
    if (sent === undefined || answer.kind !== 'done') return;
    sent.isAcknowledged = true;
    // A record may be given up whose function died before it was seen to be called.
    const place = placeIn(answer.output);
    if (place !== undefined) sent.place ??= place;
  }

  /** The wall clock jumps ahead by more than records may be old. */
  clockJumpsAhead(): void {
    this.#jumpedAtMs = this.#options.clock.monotonicMs();
  }

  /** A function is called with a batch. */
  async called(batch: readonly SeenRecord[]): Promise<void> {
    const { clock, isOrdered, places } = this.#options;
    this.lastCallMs = clock.monotonicMs();
    const earlier = isOrdered ? this.#unresolvedBefore(batch) : [];
    for (const record of batch) this.#note(record);
    if (!isOrdered) return;
    const { waiting, isGivenUp } = await places();
    for (const [record, before] of earlier) {
      if (isGivenUp(before)) continue;
      this.#complain(`${nameOf(record)} is tried before ${nameOf(before)} has ended`);
    }
    if (waiting === undefined) return;
    for (const name of batch.map(nameOf)) {
      if (!waiting.has(name)) this.#complain(`${name} is tried again after its end`);
    }
  }

  /** A function answers that these are done. */
  handled(records: readonly SeenRecord[]): void {
    for (const record of records) {
      const sent = this.#find(record);
      if (sent !== undefined) sent.isHandled = true;
    }
  }

  /** When all is quiet; `found` are the places of records in a stream, by name. */
  async check(found: ReadonlyMap<string, StreamPlace> = new Map()): Promise<void> {
    const { waiting, isGivenUp } = await this.#options.places();
    for (const name of waiting ?? []) this.#complain(`${name} waits for ever`);
    for (const sent of [...this.#sent.values()].flat()) {
      const name = nameOf(sent);
      const place = found.get(name) ?? sent.place;
      const isEnded = sent.isHandled || isGivenUp({ ...sent, ...(place && { place }) });
      if (sent.isAcknowledged && !isEnded) {
        this.#complain(`${name} was acknowledged and is neither handled nor given up`);
      }
    }
  }

  /** Pairs of a record of the batch and an earlier one of its key that has not ended (D2). */
  #unresolvedBefore(batch: readonly SeenRecord[]): readonly (readonly [SeenRecord, Sent])[] {
    const { clock, ageMsMax = Infinity } = this.#options;
    const agedMs = clock.monotonicMs() - ageMsMax;
    const oldMs = ageMsMax === Infinity ? -Infinity : Math.max(agedMs, this.#jumpedAtMs);
    const inBatch = new Set<string>();
    return batch.flatMap((record) => {
      const before = this.#of(record.key).slice(0, record.number);
      const open = before.filter(
        (sent) => !sent.isHandled && sent.sentAtMs > oldMs && !inBatch.has(nameOf(sent)),
      );
      inBatch.add(nameOf(record));
      return open
        .filter(({ isAcknowledged }) => isAcknowledged)
        .map((sent) => [record, sent] as const);
    });
  }

  #note(record: SeenRecord): void {
    const sent = this.#find(record);
    if (sent === undefined) this.#complain(`${nameOf(record)} was never sent`);
    else if (record.place !== undefined) sent.place = record.place;
  }

  #of(key: string): Sent[] {
    const known = this.#sent.get(key);
    if (known !== undefined) return known;
    const fresh: Sent[] = [];
    this.#sent.set(key, fresh);
    return fresh;
  }

  #find({ key, number }: Note): Sent | undefined {
    return this.#of(key)[number];
  }

  #complain(text: string): void {
    this.#options.complain(`${this.#options.name}: ${text}`);
  }
}

/** Where PutRecord says that it put a record. */
function placeIn(output: unknown): StreamPlace | undefined {
  if (!isObject(output)) return undefined;
  const { ShardId: shardId, SequenceNumber: sequence } = output;
  const isPlace = typeof shardId === 'string' && typeof sequence === 'string';
  return isPlace ? { shardId, sequence } : undefined;
}
