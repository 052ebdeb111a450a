/**
 * The sink of functions' lines: gathers each stream's lines for a moment and stores them, one batch of a
 * stream at a time. Batches of many streams are transactions of their own that share the store's disk sync.
 * I1 A stream's lines are stored in the order in which they came, each once. I2 A batch that fails is tried
 * again, before anything that came later. I3 All that waits is at most `SINK_SIZE_MAX`: a function cannot be
 * slowed down from here, so lines beyond are dropped, and a line in their place tells how many.
 */
import { SECOND_MS } from '#kernel/units.ts';
import type { LogLine, LogSink, LogStreamName } from '#ports/peers/log-sink.ts';
import type { Transaction } from '#ports/world/database.ts';
import type { LogsDependencies } from './dependencies.ts';
import {
  EVENT_OVERHEAD_BYTES,
  SINK_BUSY_DELAY_MS,
  SINK_BUSY_LINES,
  SINK_BUSY_STREAMS,
  SINK_DELAY_MS,
  SINK_SIZE_MAX,
} from './limits.ts';
import type { NewEvent } from './model.ts';
import { findGroup, insertGroup, nextNumber } from './store-groups.ts';
import { findStream, insertStream } from './store-streams.ts';
import type { Destination, EventWriter } from './write-events.ts';

/** Of one batch; the rest of a burst follows in the next. */
const BATCH_SIZE_MAX = 1024 * 1024;

interface Stream {
  readonly name: LogStreamName;
  waiting: NewEvent[];
  /** Lines dropped since the last that waits. */
  dropped: number;
  lastMs: number;
  isWriting: boolean;
  /** Lines that ever waited, and those of them that are stored. */
  taken: number;
  stored: number;
}

export class BufferingLogSink implements LogSink {
  readonly #dependencies: LogsDependencies;
  readonly #writer: EventWriter;
  readonly #streams = new Map<string, Stream>();
  /** Keys of names: whoever writes often gives the same object again. */
  readonly #keys = new WeakMap<LogStreamName, string>();
  /** Of all that waits (I3). */
  #size = 0;
  /** Lines that came since the last writing, and those that came before it. */
  #lines = 0;
  #linesBefore = 0;
  #timer: Disposable | undefined;
  #onStored: (() => void)[] = [];

  constructor(dependencies: LogsDependencies, writer: EventWriter) {
    this.#dependencies = dependencies;
    this.#writer = writer;
  }

  append(name: LogStreamName, lines: readonly LogLine[]): void {
    const key = this.#keyOf(name);
    let stream = this.#streams.get(key);
    if (stream === undefined) {
      stream = { name, waiting: [], dropped: 0, lastMs: 0, isWriting: false, taken: 0, stored: 0 };
      this.#streams.set(key, stream);
    }
    for (const line of lines) this.#add(stream, line);
    this.#lines += lines.length;
    this.#writeSoon();
  }

  async flush(): Promise<void> {
    const ends = [...this.#streams.values()].map((stream) => ({ stream, end: stream.taken }));
    while (ends.some(({ stream, end }) => stream.stored < end)) {
      const stored = new Promise<void>((resolve) => this.#onStored.push(resolve));
      this.#writeAll();
      await stored;
    }
  }

  #add(stream: Stream, { timestampMs, message }: LogLine): void {
    // AWS stores no empty message.
    if (message === '') return;
    const event = { timestamp: Math.max(stream.lastMs, Math.floor(timestampMs)), message };
    if (this.#size + sizeOf(event) > SINK_SIZE_MAX) {
      stream.dropped += 1;
      return;
    }
    if (stream.dropped > 0) this.#tellDropped(stream, event.timestamp);
    stream.lastMs = event.timestamp;
    this.#wait(stream, event);
  }

  #keyOf(name: LogStreamName): string {
    const known = this.#keys.get(name);
    if (known !== undefined) return known;
    const key = `${name.accountId}/${name.region}/${name.logGroup}:${name.logStream}`;
    this.#keys.set(name, key);
    return key;
  }

  #tellDropped(stream: Stream, timestamp: number): void {
    const message = `[hearth] ${stream.dropped} lines were dropped here: the store could not keep up`;
    stream.dropped = 0;
    this.#wait(stream, { timestamp, message });
  }

  #wait(stream: Stream, event: NewEvent): void {
    stream.waiting.push(event);
    stream.taken += 1;
    this.#size += sizeOf(event);
  }

  #writeSoon(): void {
    this.#timer ??= this.#dependencies.clock.setTimer(this.#delayMs(), () => this.#writeAll());
  }

  #delayMs(): number {
    const isBusy = this.#streams.size > SINK_BUSY_STREAMS || this.#linesBefore > SINK_BUSY_LINES;
    return isBusy ? SINK_BUSY_DELAY_MS : SINK_DELAY_MS;
  }

  #writeAll(): void {
    this.#timer?.[Symbol.dispose]();
    this.#timer = undefined;
    this.#linesBefore = this.#lines;
    this.#lines = 0;
    for (const [key, stream] of this.#streams) {
      if (!stream.isWriting) void this.#write(key, stream);
    }
  }

  /** Stores what waits in a stream now; what comes meanwhile waits for company of its own. */
  async #write(key: string, stream: Stream): Promise<void> {
    stream.isWriting = true;
    if (stream.dropped > 0) this.#tellDropped(stream, stream.lastMs);
    for (let left = stream.waiting.length; left > 0;) {
      const batch = takeBatch(stream.waiting.slice(0, left));
      if (!(await this.#tryToStore(stream.name, batch))) continue;
      left -= batch.length;
      stream.waiting.splice(0, batch.length);
      stream.stored += batch.length;
      for (const event of batch) this.#size -= sizeOf(event);
    }
    stream.isWriting = false;
    if (stream.waiting.length === 0 && stream.dropped === 0) this.#streams.delete(key);
    else this.#writeSoon();
    for (const resolve of this.#onStored.splice(0)) resolve();
  }

  /** False, after a while, where the store refused. */
  async #tryToStore(name: LogStreamName, batch: readonly NewEvent[]): Promise<boolean> {
    const { database, clock, log } = this.#dependencies;
    try {
      await database.transact((tx) => this.#store(tx, name, batch));
      return true;
    } catch (error) {
      log.error('log lines could not be stored, and are tried again', { ...name, error });
      await clock.sleep(SECOND_MS);
      return false;
    }
  }

  async #store(tx: Transaction, name: LogStreamName, batch: readonly NewEvent[]): Promise<void> {
    await this.#writer.write(tx, await this.#find(tx, name), batch);
  }

  /** The group and the stream, made where they are missing. */
  async #find(
    tx: Transaction,
    { accountId, region, logGroup, logStream }: LogStreamName,
  ): Promise<Destination> {
    const createdAtMs = Math.floor(this.#dependencies.clock.now());
    let group = await findGroup(tx, { accountId, region }, logGroup);
    if (group === undefined) {
      const groupId = await nextNumber(tx, 'group');
      group = {
        groupId,
        accountId,
        region,
        name: logGroup,
        createdAtMs,
        class: 'STANDARD',
        isProtected: false,
        tags: {},
      };
      await insertGroup(tx, group);
    }
    const { groupId } = group;
    const stream =
      (await findStream(tx, groupId, logStream)) ??
      (await insertStream(tx, { groupId, name: logStream, createdAtMs }));
    return { group, stream };
  }
}

/** What waits as the heap holds it: its characters are one byte each, or two. Bytes of UTF-8 cost a look at each. */
function sizeOf({ message }: NewEvent): number {
  return message.length + EVENT_OVERHEAD_BYTES;
}

function takeBatch(waiting: readonly NewEvent[]): readonly NewEvent[] {
  let size = 0;
  const end = waiting.findIndex((event) => {
    size += sizeOf(event);
    return size > BATCH_SIZE_MAX;
  });
  return end === -1 ? waiting.slice() : waiting.slice(0, Math.max(1, end));
}
