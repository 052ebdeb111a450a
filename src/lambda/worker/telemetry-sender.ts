/*
 * The way of telemetry to one subscriber inside of a sandbox.
 *
 * Owns: what waits for it, the connection of the batch that is on its way.
 *
 * I1  Events go out in the order in which they came, one batch at a time; a batch that was not taken
 *     is sent again with the next, so that an event may come twice but is not lost.
 * I2  What waits is bounded: past that the oldest are dropped, and the subscriber is told how many.
 * I3  Nothing begins while the sandbox stands still.
 * I4  No batch is larger than the subscriber's bounds, but for one event that is larger by itself.
 */
import type { Duplex } from 'node:stream';
import { utf8 } from '#kernel/bytes.ts';
import { MIB } from '#kernel/units.ts';
import type { Clock } from '#ports/world/clock.ts';
import type { TelemetrySubscription } from './telemetry-subscription.ts';

/** One event, as it is sent. */
export interface TelemetryEvent {
  readonly time: string;
  readonly type: string;
  readonly record: unknown;
}

export type Connect = (port: number) => Promise<Duplex>;

const WAITING_BYTES_MAX = 4 * MIB;
/** A subscriber that does not listen yet, or refused, is tried again after so long. */
const RETRY_MS = 100;

export class TelemetrySender {
  readonly #subscription: TelemetrySubscription;
  readonly #clock: Clock;
  readonly #connect: Connect;
  #waiting: string[] = [];
  #waitingBytes = 0;
  #dropped = { records: 0, bytes: 0 };
  #timer: Disposable | undefined;
  #connection: Duplex | undefined;
  #isSending = false;
  #isHurried = false;
  #isPaused = false;
  #isClosed = false;

  constructor(subscription: TelemetrySubscription, clock: Clock, connect: Connect) {
    this.#subscription = subscription;
    this.#clock = clock;
    this.#connect = connect;
  }

  push(event: TelemetryEvent): void {
    if (this.#isClosed) return;
    this.#keep(JSON.stringify(event));
    if (this.#isBatchFull) this.#begin();
    else this.#beginAfter(this.#subscription.buffering.timeoutMs);
  }

  /** Sends all that waits, now or once the batch before is through: the end is near. */
  flush(): void {
    this.#isHurried = true;
    this.#begin();
  }

  get #isBatchFull(): boolean {
    const { maxItems, maxBytes } = this.#subscription.buffering;
    return this.#waiting.length >= maxItems || this.#waitingBytes >= maxBytes;
  }

  #begin(): void {
    this.#timer?.[Symbol.dispose]();
    this.#timer = undefined;
    if (this.#isSending || this.#isPaused || this.#isClosed || this.#waiting.length === 0) return;
    this.#isSending = true;
    void this.#sendBatch().finally(() => {
      this.#isSending = false;
    });
  }

  pause(): void {
    this.#isPaused = true;
  }

  resume(): void {
    this.#isPaused = false;
    if (this.#waiting.length > 0) this.#beginAfter(0);
  }

  close(): void {
    this.#isClosed = true;
    this.#timer?.[Symbol.dispose]();
    this.#connection?.destroy();
  }

  #keep(text: string): void {
    this.#waiting.push(text);
    this.#waitingBytes += Buffer.byteLength(text);
    while (this.#waitingBytes > WAITING_BYTES_MAX) {
      const oldest = this.#waiting.shift() ?? '';
      const bytes = Buffer.byteLength(oldest);
      this.#waitingBytes -= bytes;
      this.#dropped.records += 1;
      this.#dropped.bytes += bytes;
    }
  }

  #beginAfter(delayMs: number): void {
    this.#timer ??= this.#clock.setTimer(delayMs, () => this.#begin());
  }

  async #sendBatch(): Promise<void> {
    const batch = this.#takeBatch();
    try {
      this.#connection = await this.#connect(this.#subscription.destination.port);
      await deliver(this.#connection, this.#subscription, batch);
      if (this.#waiting.length > 0) {
        const isDue = this.#isHurried || this.#isBatchFull;
        this.#beginAfter(isDue ? 0 : this.#subscription.buffering.timeoutMs);
      }
    } catch {
      // Not there yet, or not willing: the subscriber's own affair. Nothing is lost before the bound.
      this.#waiting = [...batch, ...this.#waiting];
      this.#waitingBytes += bytesOf(batch);
      if (!this.#isClosed) this.#beginAfter(RETRY_MS);
    } finally {
      this.#connection?.destroy();
      this.#connection = undefined;
    }
  }

  #takeBatch(): readonly string[] {
    const { maxItems, maxBytes } = this.#subscription.buffering;
    let count = 0;
    let batchBytes = 0;
    for (const text of this.#waiting) {
      const bytes = Buffer.byteLength(text);
      if (count === maxItems || (count > 0 && batchBytes + bytes > maxBytes)) break;
      count += 1;
      batchBytes += bytes;
    }
    const batch = this.#waiting.splice(0, count);
    this.#waitingBytes -= batchBytes;
    const { records, bytes } = this.#dropped;
    if (records === 0) return batch;
    this.#dropped = { records: 0, bytes: 0 };
    const record = {
      reason: `Consumer seems to have fallen behind as it has not acknowledged receipt of logs.`,
      droppedRecords: records,
      droppedBytes: bytes,
    };
    const time = new Date(this.#clock.now()).toISOString();
    return [JSON.stringify({ time, type: 'platform.logsDropped', record }), ...batch];
  }
}

/** Resolves once the subscriber has taken the batch; rejects where it did not. */
async function deliver(
  connection: Duplex,
  { destination }: TelemetrySubscription,
  batch: readonly string[],
): Promise<void> {
  const { promise, resolve, reject } = Promise.withResolvers<void>();
  connection.on('error', reject);
  if (destination.protocol === 'TCP') {
    connection.end(utf8(`${batch.join('\n')}\n`), resolve);
    return promise;
  }
  const body = utf8(`[${batch.join(',')}]`);
  const head =
    `POST ${destination.path} HTTP/1.1\r\nHost: sandbox.localdomain:${destination.port}\r\n` +
    `Content-Type: application/json\r\nContent-Length: ${body.length}\r\nConnection: close\r\n\r\n`;
  let answer = '';
  connection.on('data', (data: Buffer) => {
    answer = `${answer}${data.toString('latin1')}`.slice(0, 32);
    if (answer.length < 'HTTP/1.1 200'.length) return;
    if (/^HTTP\/1\.[01] 2/.test(answer)) resolve();
    else reject(new Error(`a subscriber answered ${answer}`));
  });
  connection.on('close', () => reject(new Error('a subscriber closed without an answer')));
  connection.write(Buffer.concat([utf8(head), body]));
  return promise;
}

function bytesOf(batch: readonly string[]): number {
  return batch.reduce((sum, text) => sum + Buffer.byteLength(text), 0);
}
