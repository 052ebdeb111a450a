/** The body of a request, as it comes over the connection. */
import type { IncomingMessage } from 'node:http';
import {
  collectBytes,
  concatBytes,
  EMPTY_BYTES,
  TooManyBytes,
  type Collectable,
} from '#kernel/bytes.ts';
import { PIECE_BYTES } from '#kernel/pieces.ts';
import { KIB } from '#kernel/units.ts';
import type { Clock } from '#ports/world/clock.ts';
import type { KeptBytes } from './body-budget.ts';
import { serviceUnavailable } from './failures.ts';
import type { HttpRequest, HttpResponse } from './http-message.ts';

export interface BodyOptions {
  readonly clock: Clock;
  /** How long the next bytes may take to come. */
  readonly idleTimeoutMs: number;
  /** Counts what is collected; closed by whoever made it. */
  readonly kept: KeptBytes;
}

/** A body that has come whole and is no longer is not counted: it is read at once, and no larger than what may wait. */
const WHOLE_BYTES_MAX = 64 * KIB;

/** The client went away, or was too slow, before its body had ended. */
export class ClientGone extends Error {
  override readonly name = 'ClientGone';
}

/**
 * A body that is read once: chunk by chunk with back pressure, or whole, which costs a fraction of that
 * and is what most requests are. Its reading tells a client that waits to go on.
 * @throws ClientGone from both ways, where the client leaves or pauses too long before the end
 * @throws AwsError ServiceUnavailable where there is no room to collect it
 */
export class RequestBody implements Collectable {
  readonly #message: IncomingMessage;
  readonly #response: HttpResponse;
  readonly #options: BodyOptions;

  constructor(message: HttpRequest, response: HttpResponse, options: BodyOptions) {
    // The two kinds declare the same calls in ways that TypeScript cannot unite.
    this.#message = message as IncomingMessage;
    this.#response = response;
    this.#options = options;
  }

  collect(bytesMax: number): Promise<Uint8Array> {
    this.#goOn();
    const message = this.#message;
    const { readableLength } = message;
    if (message.complete && !message.destroyed && readableLength <= bytesMax) {
      // A small body comes with its head: there is nothing to wait for, nor to listen to.
      const isKept = readableLength <= WHOLE_BYTES_MAX || this.#keeps(readableLength);
      if (!isKept) return Promise.reject(serviceUnavailable());
      const bytes: Buffer | null = message.read();
      return Promise.resolve(bytes ?? EMPTY_BYTES);
    }
    const { promise, resolve, reject } = Promise.withResolvers<Uint8Array>();
    const chunks: Uint8Array[] = [];
    let bytes = 0;
    const watch = this.#watch();
    const { kept } = this.#options;
    const stop = (): void => {
      kept.end();
      watch[Symbol.dispose]();
      message.off('data', take).off('end', end).off('close', cut).off('error', cut);
    };
    const take = (chunk: Uint8Array): void => {
      bytes += chunk.byteLength;
      chunks.push(chunk);
      watch.seen();
      if (bytes > bytesMax) refuse(new TooManyBytes(`more than ${bytesMax} bytes`));
      else if (!this.#keeps(chunk.byteLength)) refuse(serviceUnavailable());
    };
    const refuse = (error: Error): void => {
      stop();
      message.pause();
      chunks.length = 0;
      kept.giveBack();
      reject(error);
    };
    const end = (): void => {
      stop();
      resolve(concatBytes(chunks));
    };
    const cut = (cause?: Error): void => {
      stop();
      reject(gone(cause));
    };
    kept.begin(() => refuse(serviceUnavailable()));
    message.on('end', end).on('close', cut).on('error', cut).on('data', take);
    if (message.destroyed) cut();
    return promise;
  }

  async *[Symbol.asyncIterator](): AsyncGenerator<Uint8Array> {
    this.#goOn();
    let watch = this.#watch();
    try {
      for await (const chunk of this.#message.iterator({ destroyOnReturn: false })) {
        watch[Symbol.dispose]();
        yield chunk;
        watch = this.#watch();
      }
    } catch (error) {
      if (this.#message.complete) throw error;
      throw gone(error);
    } finally {
      watch[Symbol.dispose]();
    }
  }

  /** What these bytes are decoded into, counted as they are where it is collected. */
  decodedTo(decoded: AsyncIterable<Uint8Array>): Collectable {
    return {
      collect: (bytesMax) => collectBytes(this.#counted(decoded), bytesMax),
      [Symbol.asyncIterator]: () => decoded[Symbol.asyncIterator](),
    };
  }

  async *#counted(chunks: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
    const { kept } = this.#options;
    kept.begin(() => this.#message.destroy());
    try {
      for await (const chunk of chunks) {
        if (!this.#keeps(chunk.byteLength)) throw serviceUnavailable();
        yield chunk;
      }
    } finally {
      kept.end();
    }
  }

  #keeps(bytes: number): boolean {
    return this.#options.kept.take(bytes + PIECE_BYTES);
  }

  #goOn(): void {
    const isAwaited = this.#message.headers.expect !== undefined;
    if (isAwaited && !this.#response.headersSent) this.#response.writeContinue();
  }

  /** Cuts the client off once nothing was seen for too long: one timer, however many chunks come. */
  #watch(): Disposable & { seen(): void } {
    const { clock, idleTimeoutMs } = this.#options;
    let seenAtMs = clock.monotonicMs();
    const look = (): void => {
      const leftMs = seenAtMs + idleTimeoutMs - clock.monotonicMs();
      if (leftMs <= 0) this.#message.destroy();
      else timer = clock.setTimer(leftMs, look);
    };
    let timer = clock.setTimer(idleTimeoutMs, look);
    return {
      seen: () => {
        seenAtMs = clock.monotonicMs();
      },
      [Symbol.dispose]: () => timer[Symbol.dispose](),
    };
  }
}

function gone(cause: unknown): ClientGone {
  return new ClientGone('the request body did not end', { cause });
}
