import { PIECE_BYTES, SHORT_PIECE_BYTES } from '#kernel/pieces.ts';
import type { Clock } from '#ports/world/clock.ts';
import { STREAMED_BURST_BYTES, STREAMED_BYTES_MAX, STREAMED_BYTES_PER_SECOND } from './limits.ts';
import type { BodyReader, HttpExchange } from './runtime-api/http-connection.ts';

/** How a streamed response ended. */
export type StreamEnd =
  | { readonly kind: 'whole' }
  /** The function told of an error in the trailers. */
  | { readonly kind: 'error'; readonly errorType: string; readonly errorBody: string }
  | { readonly kind: 'too-large' }
  | { readonly kind: 'cut' };

const WAITING_BYTES_MAX = 256 * 1024;

/**
 * A response on its way from the function to the caller: as many bytes wait here as
 * WAITING_BYTES_MAX, then the function is slowed down. After its burst it passes at AWS's speed.
 * What a caller that went away does not take is dropped, so that the function can end.
 * @see https://docs.aws.amazon.com/lambda/latest/dg/configuration-response-streaming.html
 */
export class ResponseStream implements BodyReader, AsyncIterable<Uint8Array> {
  readonly bytesMax = STREAMED_BYTES_MAX;
  readonly #exchange: HttpExchange;
  readonly #clock: Clock;
  readonly #onEnd: (end: StreamEnd) => void;
  readonly #chunks: Uint8Array[] = [];
  #waitingBytes = 0;
  #passedBytes = 0;
  #isEnded = false;
  #isAbandoned = false;
  #wake: (() => void) | undefined;

  constructor(exchange: HttpExchange, clock: Clock, onEnd: (end: StreamEnd) => void) {
    this.#exchange = exchange;
    this.#clock = clock;
    this.#onEnd = onEnd;
  }

  /** Bytes that the function sent so far. */
  get bytes(): number {
    return this.#passedBytes + this.#waitingBytes;
  }

  onData(data: Buffer): boolean {
    if (this.#isEnded) return true;
    if (this.#isAbandoned) {
      this.#passedBytes += data.length;
      return true;
    }
    this.#chunks.push(data.length < SHORT_PIECE_BYTES ? Buffer.from(data) : data);
    this.#waitingBytes += data.length;
    this.#wake?.();
    return this.#hasRoom();
  }

  onEnd(trailers: ReadonlyMap<string, string>): void {
    const errorType = trailers.get('lambda-runtime-function-error-type') ?? '';
    const body = trailers.get('lambda-runtime-function-error-body') ?? '';
    if (errorType === '' && body === '') this.#end({ kind: 'whole' });
    else {
      const errorBody = Buffer.from(body, 'base64').toString();
      this.#end({ kind: 'error', errorType, errorBody });
    }
  }

  onTooLarge(): void {
    this.#end({ kind: 'too-large' });
  }

  onCut(): void {
    this.#end({ kind: 'cut' });
  }

  /** Ends the stream for the caller: the environment was stopped. */
  stop(): void {
    this.#isEnded = true;
    this.#wake?.();
  }

  async *[Symbol.asyncIterator](): AsyncGenerator<Uint8Array, void> {
    try {
      while (true) {
        const chunk = this.#take();
        if (chunk === undefined && this.#isEnded) return;
        if (chunk === undefined) await this.#arrival();
        else {
          yield chunk;
          await this.#slowDown(chunk.length);
        }
      }
    } finally {
      this.#abandon();
    }
  }

  #end(end: StreamEnd): void {
    if (this.#isEnded) return;
    this.#isEnded = true;
    this.#wake?.();
    this.#onEnd(end);
  }

  #take(): Uint8Array | undefined {
    const chunk = this.#chunks.shift();
    if (chunk === undefined) return undefined;
    this.#waitingBytes -= chunk.length;
    this.#passedBytes += chunk.length;
    if (this.#hasRoom()) this.#exchange.resume();
    return chunk;
  }

  #hasRoom(): boolean {
    return this.#waitingBytes + this.#chunks.length * PIECE_BYTES < WAITING_BYTES_MAX;
  }

  #abandon(): void {
    this.#isAbandoned = true;
    this.#passedBytes += this.#waitingBytes;
    this.#waitingBytes = 0;
    this.#chunks.length = 0;
    this.#exchange.resume();
  }

  async #slowDown(bytes: number): Promise<void> {
    if (this.#passedBytes <= STREAMED_BURST_BYTES) return;
    await this.#clock.sleep((bytes / STREAMED_BYTES_PER_SECOND) * 1000);
  }

  async #arrival(): Promise<void> {
    const { promise, resolve } = Promise.withResolvers<void>();
    this.#wake = resolve;
    await promise;
    this.#wake = undefined;
  }
}
