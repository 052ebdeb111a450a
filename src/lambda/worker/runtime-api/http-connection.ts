/*
 * One HTTP/1.1 connection out of a sandbox.
 *
 * Owns: the duplex, the bytes that are not parsed yet, the order of replies.
 * Does not own: what a request means.
 *
 * I1  Requests are handed over one at a time: the next is parsed once the last is replied to and its
 *     body has ended, so that pipelined requests are answered in order.
 * I2  Memory is bounded: an unfinished head by HEAD_BYTES_MAX, bytes that wait behind a request by
 *     the same, a body by what its reader allows, replies that nobody reads by REPLIES_BYTES_MAX and one
 *     reply; then the duplex is paused or cut.
 * I3  After anything that could be read in two ways the connection is closed.
 * I4  A reply whose client has already sent its next request, and must wait for the answer, goes out
 *     together with that answer: one write and one wakeup of the function instead of two.
 */
import { Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import { readQuickly, type QuickReads } from '#kernel/quick-reads.ts';
import { ChunkedDecoder } from './chunked-body.ts';
import { HEAD_BYTES_MAX, HeadParser } from './http-head.ts';
import type { HttpHead } from './http-head.ts';
import { encodeReply, headOf } from './http-reply.ts';
import type { HttpReply } from './http-reply.ts';

export type { HttpReply };

/** One request, to be replied to once. */
export interface HttpExchange {
  readonly head: HttpHead;
  /** Sends the reply; a second one, or one to a connection that is gone, is dropped. */
  reply(reply: HttpReply): void;
  /** Reads on after a body reader answered `false`. */
  resume(): void;
  /** Cuts the connection: the request's sender learns that nobody will answer. */
  cut(): void;
  readonly isOpen: boolean;
}

/** Takes one request's body. */
export interface BodyReader {
  /** More bytes than this are read and dropped, up to DROPPED_BYTES_MAX. */
  readonly bytesMax: number;
  /** A piece of the body; `false` stops the reading until `exchange.resume()`. */
  onData(data: Buffer): boolean;
  onEnd(trailers: ReadonlyMap<string, string>): void;
  /** The body ended, but was longer than `bytesMax`. */
  onTooLarge(bytes: number): void;
  /** The connection went away before the body's end. */
  onCut(): void;
}

/** What of a body that is too large is read, for the sake of a client that reads no reply before it has sent all. */
const DROPPED_BYTES_MAX = 64 * 1024 * 1024;
const SMALL_BODY_BYTES = 32 * 1024;
/** Bytes of replies that wait for the answer to the request behind them. */
const HELD_BYTES_MAX = 4 * 1024;
/** Bytes of replies that their client has not read: no request of its is looked at before it has. */
const REPLIES_BYTES_MAX = 256 * 1024;
const HEAD_END = Buffer.from('\r\n\r\n');
const NO_BYTES = Buffer.alloc(0);
const NO_TRAILERS: ReadonlyMap<string, string> = new Map();
const CONTINUE = 'HTTP/1.1 100 Continue\r\n\r\n';
interface OpenBody {
  readonly reader: BodyReader;
  bytes: number;
  /** Bytes still to come, where the length is known. */
  remaining: number;
  readonly decoder: ChunkedDecoder | undefined;
}

export interface HttpConnectionOptions {
  readonly duplex: Duplex;
  /** A request's head has come; the answer takes its body, `undefined` drops it. */
  readonly onRequest: (exchange: HttpExchange) => BodyReader | undefined;
  readonly onClosed: (connection: HttpConnection) => void;
  /** A bug of ours while a request was handled; the connection is cut. */
  readonly onFault: (error: unknown) => void;
}

export class HttpConnection {
  readonly #duplex: Duplex;
  readonly #options: HttpConnectionOptions;
  readonly #heads = new HeadParser();
  readonly #reads: QuickReads | undefined;
  #pending: Buffer = NO_BYTES;
  #exchange: Exchange | undefined;
  #body: OpenBody | undefined;
  #isReading = true;
  /** Whether the client is to read first (I2). */
  #isClogged = false;
  #isClosed = false;
  #isParsing = false;
  /** Written replies that wait to be sent (I4). */
  #outgoing: Buffer[] = [];

  constructor(options: HttpConnectionOptions) {
    this.#options = options;
    this.#duplex = options.duplex;
    const take = (data: Buffer): void => this.#take(data);
    this.#duplex.on('data', take);
    if (this.#duplex instanceof Socket) this.#reads = readQuickly(this.#duplex, take);
    this.#duplex.on('end', () => this.close());
    this.#duplex.on('error', () => this.close());
    this.#duplex.on('close', () => this.close());
  }

  get isOpen(): boolean {
    return !this.#isClosed;
  }

  /** Cuts the connection; the reader of a body that has not ended hears of it. */
  close(): void {
    if (this.#isClosed) return;
    this.#duplex.destroy();
    this.#forget();
  }

  /** Sends what is written, then closes. */
  #end(): void {
    if (this.#isClosed) return;
    this.#duplex.end();
    this.#duplex.resume();
    this.#forget();
  }

  #forget(): void {
    this.#isClosed = true;
    this.#reads?.end();
    this.#pending = NO_BYTES;
    this.#outgoing = [];
    const body = this.#body;
    this.#body = undefined;
    body?.reader.onCut();
    this.#options.onClosed(this);
  }

  /** Called by the exchange. */
  send(exchange: Exchange, reply: HttpReply): void {
    if (this.#isClosed || this.#exchange !== exchange) return;
    this.#write(reply, exchange.head.keepsAlive);
    exchange.isReplied = true;
    this.#finishExchange();
    if (!this.#isParsing) this.#flush();
  }

  /** Called by the exchange. */
  resume(): void {
    if (this.#isClosed || this.#isReading) return;
    this.#isReading = true;
    if (!this.#isClogged) this.#duplex.resume();
    this.#parse();
  }

  #clog(): void {
    if (this.#isClogged || this.#duplex.writableLength <= REPLIES_BYTES_MAX) return;
    this.#isClogged = true;
    this.#stopReading();
    this.#duplex.once('drain', () => {
      this.#isClogged = false;
      if (this.#isReading) this.#duplex.resume();
      this.#parse();
    });
  }

  #take(data: Buffer): void {
    if (this.#isClosed) return;
    this.#pending = this.#pending.length === 0 ? data : Buffer.concat([this.#pending, data]);
    this.#parse();
    if (this.#pending.length > HEAD_BYTES_MAX && this.#isReading) this.#pause();
  }

  #pause(): void {
    this.#isReading = false;
    this.#stopReading();
  }

  #stopReading(): void {
    this.#reads?.end();
    this.#duplex.pause();
  }

  #parse(): void {
    if (this.#isParsing) return;
    this.#isParsing = true;
    try {
      while (!this.#isClosed && this.#parseOnce());
    } catch (error) {
      this.#options.onFault(error);
      this.close();
    } finally {
      this.#isParsing = false;
    }
    // The request that is in hand now came together with the one that was replied to.
    const isAwaited = this.#exchange !== undefined && this.#body === undefined;
    if (!isAwaited || bytesOf(this.#outgoing) > HELD_BYTES_MAX) this.#flush();
  }

  /** Makes one step; false when it needs more bytes, or must wait for a reply (I1). */
  #parseOnce(): boolean {
    if (this.#body !== undefined) return this.#parseBody(this.#body);
    if (this.#exchange !== undefined || this.#pending.length === 0) return false;
    if (this.#isClogged) return false;
    const end = this.#pending.indexOf(HEAD_END);
    if (end === -1) {
      if (this.#pending.length > HEAD_BYTES_MAX) this.#refuse(431);
      return false;
    }
    const result = this.#heads.parse(this.#pending.subarray(0, end));
    this.#pending = this.#pending.subarray(end + HEAD_END.length);
    if (result.kind === 'refused') {
      this.#refuse(result.status);
      return false;
    }
    this.#begin(result.head);
    return true;
  }

  #begin(head: HttpHead): void {
    const exchange = new Exchange(this, head);
    this.#exchange = exchange;
    const hasBody = head.framing.kind !== 'none';
    const reader = this.#options.onRequest(exchange) ?? new DroppingReader();
    if (this.#isClosed) return;
    if (!hasBody) {
      exchange.isBodyEnded = true;
      reader.onEnd(NO_TRAILERS);
      this.#finishExchange();
      return;
    }
    const body: OpenBody = {
      reader,
      bytes: 0,
      remaining: head.framing.kind === 'length' ? head.framing.bytes : 0,
      decoder:
        head.framing.kind === 'chunked'
          ? new ChunkedDecoder((data) => this.#takeBody(body, data))
          : undefined,
    };
    this.#body = body;
    if (head.expectsContinue && !exchange.isReplied) {
      this.#flush();
      this.#duplex.write(CONTINUE);
    }
  }

  #parseBody(body: OpenBody): boolean {
    if (this.#pending.length === 0 || !this.#isReading) return false;
    const bytes = this.#pending;
    if (body.decoder !== undefined) {
      this.#pending = NO_BYTES;
      const result = body.decoder.push(bytes);
      if (result.kind === 'more' || this.#isClosed) return false;
      if (result.kind === 'malformed') {
        this.#refuse(400);
        return false;
      }
      this.#pending = result.rest;
      this.#endBody(body, result.trailers);
      return true;
    }
    const data = bytes.subarray(0, body.remaining);
    this.#pending = bytes.subarray(data.length);
    body.remaining -= data.length;
    this.#takeBody(body, data);
    if (body.remaining === 0 && !this.#isClosed) this.#endBody(body, NO_TRAILERS);
    return true;
  }

  #takeBody(body: OpenBody, data: Buffer): void {
    body.bytes += data.length;
    if (body.bytes <= body.reader.bytesMax) {
      if (!body.reader.onData(data)) this.#pause();
      return;
    }
    if (body.bytes > body.reader.bytesMax + DROPPED_BYTES_MAX) {
      body.reader.onTooLarge(body.bytes);
      this.close();
    }
  }

  #endBody(body: OpenBody, trailers: ReadonlyMap<string, string>): void {
    this.#body = undefined;
    const exchange = this.#exchange;
    if (exchange !== undefined) exchange.isBodyEnded = true;
    if (body.bytes > body.reader.bytesMax) body.reader.onTooLarge(body.bytes);
    else body.reader.onEnd(trailers);
    this.#finishExchange();
  }

  #finishExchange(): void {
    const exchange = this.#exchange;
    if (exchange === undefined || !exchange.isReplied || !exchange.isBodyEnded) return;
    this.#exchange = undefined;
    if (!exchange.head.keepsAlive) {
      this.#flush();
      this.#end();
      return;
    }
    this.resume();
    this.#parse();
  }

  #refuse(status: number): void {
    if (this.#exchange === undefined || !this.#exchange.isReplied) {
      this.#write({ status, headerLines: '', body: NO_BYTES }, false);
    }
    this.#flush();
    this.#end();
  }

  #write(reply: HttpReply, keepsAlive: boolean): void {
    if (reply.encoded !== undefined && keepsAlive) {
      this.#outgoing.push(reply.encoded);
      return;
    }
    if (reply.body.byteLength <= SMALL_BODY_BYTES) {
      this.#outgoing.push(encodeReply(reply, keepsAlive));
      return;
    }
    const head = headOf(reply, keepsAlive);
    const { buffer, byteOffset, byteLength } = reply.body;
    this.#outgoing.push(Buffer.from(head, 'latin1'), Buffer.from(buffer, byteOffset, byteLength));
  }

  #flush(): void {
    const outgoing = this.#outgoing;
    if (outgoing.length === 0) return;
    this.#outgoing = [];
    if (this.#isClosed) return;
    if (bytesOf(outgoing) <= SMALL_BODY_BYTES) {
      this.#duplex.write(outgoing.length === 1 ? outgoing[0] : Buffer.concat(outgoing));
    } else {
      this.#duplex.cork();
      for (const message of outgoing) this.#duplex.write(message);
      this.#duplex.uncork();
    }
    this.#clog();
  }
}

function bytesOf(messages: readonly Buffer[]): number {
  return messages.reduce((sum, { length }) => sum + length, 0);
}

class Exchange implements HttpExchange {
  readonly #connection: HttpConnection;
  readonly head: HttpHead;
  isReplied = false;
  isBodyEnded = false;

  constructor(connection: HttpConnection, head: HttpHead) {
    this.#connection = connection;
    this.head = head;
  }

  reply(reply: HttpReply): void {
    this.#connection.send(this, reply);
  }

  resume(): void {
    this.#connection.resume();
  }

  cut(): void {
    this.#connection.close();
  }

  get isOpen(): boolean {
    return this.#connection.isOpen;
  }
}

/** Reads a body that nobody wants. */
class DroppingReader implements BodyReader {
  readonly bytesMax = 0;
  onData(): boolean {
    return true;
  }
  onEnd(): void {}
  onTooLarge(): void {}
  onCut(): void {}
}
