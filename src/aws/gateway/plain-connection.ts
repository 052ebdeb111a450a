/**
 * One connection of HTTP/1.1 whose requests come plainly (see parsePlainHead), as nearly all do: node:http's streams,
 * events and timers cost several times what such a request needs. The first request that is not plain takes the
 * connection to node:http for good, with every byte that was not answered.
 * Owns: the connection until it is handed over; bytes that are not parsed yet; one timer.
 * I1 Requests are answered one at a time, in their order, and each after its client took the answers before it.
 * I2 Memory is bounded: a head, a body and what waits behind them by constants; then reading stops, or node:http judges.
 *    A body that is waited for is counted besides; where there is no room, it is node:http's to be refused.
 * I3 An answer that breaks off is cut, never ended.
 * I4 Requests that came together let others have their turn between them.
 */
import { Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import { streamOfBytes } from '#kernel/bytes.ts';
import { readQuickly, type QuickReads } from '#kernel/quick-reads.ts';
import { KIB } from '#kernel/units.ts';
import type { Clock } from '#ports/world/clock.ts';
import type { WireResponse } from '../wire.ts';
import type { BodyBudget, KeptBytes } from './body-budget.ts';
import type { Bounds } from './options.ts';
import { answerHead, type AnswerHead, type HttpDates } from './plain-answer.ts';
import { parsePlainHead, type HeaderNames, type PlainHead } from './plain-head.ts';
import { addressOf, receivedOf, type Received } from './receive.ts';
import {
  closeUnread,
  drained,
  writeBytes,
  writeStream,
  type WriteOptions,
} from './write-stream.ts';

export interface PlainOptions {
  readonly clock: Clock;
  readonly bounds: Bounds;
  readonly bodies: BodyBudget;
  readonly names: HeaderNames;
  readonly dates: HttpDates;
  /** Answers a request; rejects where nothing can be said any more. */
  readonly onRequest: (received: Received, signal: AbortSignal) => Promise<WireResponse>;
  /** Hears why an answer could not be given or went on no more; the connection is cut, if its client had not left. */
  readonly onCut: (received: Received, error: unknown, isGone: boolean) => void;
  /** Takes the connection, with the bytes that were read and not answered. */
  readonly onUnusual: (connection: Duplex, bytes: Buffer) => void;
  readonly onClosed: (plain: PlainConnection) => void;
  /** Whether connections end with their next answer. */
  readonly isClosing: () => boolean;
}

const HEAD_END = Buffer.from('\r\n\r\n');
const NO_BYTES = Buffer.alloc(0);
/** Bytes that wait behind a request that is being answered. */
const WAITING_BYTES_MAX = 64 * KIB;
/** Bodies up to here are sent with their head, as one piece. */
const SMALL_BODY_BYTES = 16 * KIB;

export class PlainConnection {
  readonly #connection: Duplex;
  readonly #options: PlainOptions;
  /** The body that is waited for. */
  readonly #kept: KeptBytes;
  readonly #reads: QuickReads | undefined;
  #pending: Buffer = NO_BYTES;
  /** The head whose body has not come whole. */
  #head: PlainHead | undefined;
  #running: AbortController | undefined;
  #sourceIp: string | undefined;
  #timer: Disposable | undefined;
  #timerAtMs = Infinity;
  #deadlineMs = Infinity;
  /** False once it is closed, or node:http's. */
  #isOurs = true;

  constructor(connection: Duplex, options: PlainOptions) {
    this.#connection = connection;
    this.#options = options;
    this.#kept = options.bodies.keep(connection);
    connection.on('data', this.#take);
    if (connection instanceof Socket) this.#reads = readQuickly(connection, this.#take);
    connection.on('end', this.cut);
    connection.on('close', this.#close);
    connection.on('error', this.cut);
    this.#expectWithin(options.bounds.headersTimeoutMs);
  }

  /** Whether nothing of a request has come. */
  get isIdle(): boolean {
    return this.#running === undefined && this.#head === undefined && this.#pending.length === 0;
  }

  /** Ends the connection and aborts what runs. */
  readonly cut = (): void => {
    if (this.#isOurs) this.#connection.destroy();
  };

  readonly #take = (data: Buffer): void => {
    this.#pending = this.#pending.length === 0 ? data : Buffer.concat([this.#pending, data]);
    if (this.#running === undefined) this.#advance();
    else if (this.#pending.length > WAITING_BYTES_MAX) {
      this.#reads?.end();
      this.#connection.pause();
    }
  };

  readonly #close = (): void => {
    this.#letGo();
    this.#running?.abort();
  };

  /** Begins the next request, if it is there whole. */
  #advance(): void {
    if (this.#pending.length === 0) {
      this.#expectWithin(this.#options.bounds.keepAliveMs);
      return;
    }
    const head = this.#head ?? this.#parse();
    if (head === undefined) return;
    if (this.#pending.length < head.bodyBytes) {
      if (this.#head === undefined) this.#kept.begin(this.cut);
      this.#head = head;
      this.#expectWithin(this.#options.bounds.idleTimeoutMs);
      return;
    }
    const body = this.#pending.subarray(0, head.bodyBytes);
    const rest = this.#pending.subarray(head.bodyBytes);
    this.#pending = rest.length === 0 ? NO_BYTES : rest;
    if (this.#head !== undefined) this.#kept.end();
    this.#head = undefined;
    this.#deadlineMs = Infinity;
    void this.#answer(head, body);
  }

  #parse(): PlainHead | undefined {
    const end = this.#pending.indexOf(HEAD_END);
    const head = end === -1 ? undefined : parsePlainHead(this.#pending, end, this.#options.names);
    const pending = this.#pending.subarray(end + HEAD_END.length);
    if (head === undefined || !this.#canTake(head, pending)) {
      this.#handOver();
      return undefined;
    }
    this.#pending = pending;
    return head;
  }

  /** Whether a body has come whole, or may be kept until it has (I2). */
  #canTake({ bodyBytes }: PlainHead, come: Buffer): boolean {
    return come.length >= bodyBytes || this.#kept.take(bodyBytes);
  }

  async #answer(head: PlainHead, body: Buffer): Promise<void> {
    const { clock, bounds, dates, names, onRequest, onCut, isClosing } = this.#options;
    this.#sourceIp ??= addressOf(this.#connection);
    const received = receivedOf(head, this.#sourceIp, streamOfBytes(body));
    const going = new AbortController();
    this.#running = going;
    try {
      const response = await onRequest(received, going.signal);
      if (!this.#isOurs) {
        if (!(response.body instanceof Uint8Array)) await closeUnread(response.body);
        return;
      }
      const isHead = head.method === 'HEAD';
      const { keepAliveMs } = bounds;
      const date = dates.at(clock.now());
      const written = { date, names, keepAliveMs, isHead, isLast: isClosing() };
      const begin = answerHead(response, written);
      const sending = this.#send(begin, response.body);
      if (sending !== undefined) await sending;
      this.#running = undefined;
      this.#kept.giveBack();
      if (!this.#isOurs) return;
      if (begin.isLast) this.#end();
      else this.#goOn();
    } catch (error) {
      this.#running = undefined;
      onCut(received, error, !this.#isOurs);
      this.cut();
    }
  }

  #goOn(): void {
    if (this.#connection.isPaused()) this.#connection.resume();
    if (this.#pending.length === 0) this.#advance();
    else setImmediate(this.#takeTurn);
  }

  /** Goes on with what is pending (I4), unless more came meanwhile and began the next request already. */
  readonly #takeTurn = (): void => {
    if (this.#isOurs && this.#running === undefined) this.#advance();
  };

  /** Sends an answer; `undefined` where the client took all of it at once. */
  #send(head: AnswerHead, body: WireResponse['body']): Promise<void> | undefined {
    if (!(body instanceof Uint8Array)) return this.#sendStream(head, body);
    const connection = this.#connection;
    const bytes = head.framing === 'none' ? NO_BYTES : body;
    if (bytes.byteLength <= SMALL_BODY_BYTES) {
      const message = Buffer.allocUnsafe(head.text.length + bytes.byteLength);
      message.write(head.text, 0, 'latin1');
      message.set(bytes, head.text.length);
      connection.write(message);
      return connection.writableNeedDrain ? drained(connection, this.#writing()) : undefined;
    }
    connection.cork();
    connection.write(head.text, 'latin1');
    const sending = writeBytes(connection, bytes, this.#writing());
    connection.uncork();
    return sending;
  }

  async #sendStream({ text, framing }: AnswerHead, body: AsyncIterable<Uint8Array>): Promise<void> {
    this.#connection.write(text, 'latin1');
    if (framing === 'none') {
      await closeUnread(body);
      return;
    }
    const coded = framing === 'chunked' ? chunked(body) : body;
    await writeStream(this.#connection, coded, this.#writing());
  }

  #writing(): WriteOptions {
    const { clock, bounds } = this.#options;
    return { clock, idleTimeoutMs: bounds.idleTimeoutMs, isGone: () => !this.#isOurs };
  }

  #end(): void {
    this.#letGo();
    this.#connection.on('error', () => undefined);
    this.#connection.resume();
    this.#connection.end();
  }

  #handOver(): void {
    this.#letGo();
    const bytes = this.#pending;
    this.#pending = NO_BYTES;
    this.#connection.pause();
    this.#options.onUnusual(this.#connection, bytes);
  }

  #letGo(): void {
    if (!this.#isOurs) return;
    this.#isOurs = false;
    this.#reads?.end();
    this.#timer?.[Symbol.dispose]();
    this.#kept.close();
    const connection = this.#connection;
    connection.off('data', this.#take).off('end', this.cut);
    connection.off('close', this.#close).off('error', this.cut);
    this.#options.onClosed(this);
  }

  /** Cuts the connection unless more is told within this time: one timer, moved only where it would come too late. */
  #expectWithin(ms: number): void {
    const { clock } = this.#options;
    this.#deadlineMs = clock.monotonicMs() + ms;
    if (this.#timerAtMs <= this.#deadlineMs) return;
    this.#timer?.[Symbol.dispose]();
    this.#timerAtMs = this.#deadlineMs;
    this.#timer = clock.setTimer(ms, this.#look);
  }

  readonly #look = (): void => {
    this.#timerAtMs = Infinity;
    const leftMs = this.#deadlineMs - this.#options.clock.monotonicMs();
    if (leftMs <= 0) this.cut();
    else if (leftMs !== Infinity) this.#expectWithin(leftMs);
  };
}

async function* chunked(body: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  for await (const chunk of body) {
    if (chunk.byteLength === 0) continue;
    yield Buffer.concat([Buffer.from(`${chunk.byteLength.toString(16)}\r\n`), chunk, LINE_END]);
  }
  yield LAST_CHUNK;
}

const LINE_END = Buffer.from('\r\n');
const LAST_CHUNK = Buffer.from('0\r\n\r\n');
