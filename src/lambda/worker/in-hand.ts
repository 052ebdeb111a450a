/*
 * The event that an environment has in hand: what was asked, and what becomes of it.
 *
 * I1  The answer settles once: by the function, the deadline, or the sandbox's end, whichever is first.
 * I2  The end settles once, after the answer.
 */
import { EMPTY_BYTES, streamOfBytes } from '#kernel/bytes.ts';
import type { FunctionVersion } from '#lambda/model/function-version.ts';
import { tracingOf } from '#lambda/model/trace-header.ts';
import type { Clock } from '#ports/world/clock.ts';
import { errorAnswer, errorTypeOf, exitAnswer, timeoutAnswer, tooLargeAnswer } from './answers.ts';
import type { Answer, FailedAnswer } from './answers.ts';
import type { InvocationEnd } from './environment-state.ts';
import { RESPONSE_BYTES_MAX } from './limits.ts';
import type { PlatformRecord } from './platform-log.ts';
import { ResponseStream } from './response-stream.ts';
import type { StreamEnd } from './response-stream.ts';
import { ResponseTimes } from './response-times.ts';
import type { BodyReader, HttpExchange } from './runtime-api/http-connection.ts';
import { collect } from './runtime-api/runtime-api.ts';
import type { RuntimeEvent } from './runtime-api/runtime-api.ts';

/** One event for the function. */
export interface EnvironmentRequest {
  readonly event: RuntimeEvent;
  /** Time that the function has, in ms. */
  readonly timeoutMs: number;
  /** The function's timeout, as the error tells it: a repeated init takes from the time that it has. */
  readonly timeoutToldMs: number;
  /** The caller takes the response as it is written. */
  readonly acceptsStream: boolean;
}

/** How it ended, once the environment is quiet again, or gone. */
export interface EndedInvocation {
  readonly durationMs: number;
  readonly failure?: FailedAnswer['failure'];
  readonly errorType?: string;
  /** The error's JSON where a streamed response broke off. */
  readonly errorDetails?: string;
  readonly streamedBytes?: number;
  readonly times?: ResponseTimes;
}

export class InHand {
  readonly request: EnvironmentRequest;
  readonly times: ResponseTimes;
  readonly #clock: Clock;
  readonly #answer = Promise.withResolvers<Answer>();
  readonly #ended = Promise.withResolvers<EndedInvocation>();
  #failed: FailedAnswer | undefined;
  #stream: ResponseStream | undefined;
  #streamEnd: StreamEnd | undefined;

  constructor(request: EnvironmentRequest, clock: Clock) {
    this.request = request;
    this.times = new ResponseTimes(clock);
    this.#clock = clock;
  }

  get answer(): Promise<Answer> {
    return this.#answer.promise;
  }

  get ended(): Promise<EndedInvocation> {
    return this.#ended.promise;
  }

  settle(answer: Answer): void {
    if (answer.kind === 'failed') this.#failed = answer;
    else if (answer.bytes === undefined) this.times.begin();
    else this.times.end(answer.bytes);
    if (answer.kind === 'failed' && answer.failure === 'error') {
      this.times.end(answer.payload.byteLength);
    }
    this.#answer.resolve(answer);
  }

  /** What telemetry hears as soon as the runtime is done. */
  runtimeDone(version: FunctionVersion, durationMs: number): PlatformRecord {
    const { requestId, traceHeader } = this.request.event;
    return {
      kind: 'runtime-done',
      requestId,
      durationMs,
      producedBytes: this.times.bytes,
      spans: this.times.spans(),
      status: 'success',
      ...tracingOf(version, traceHeader),
    };
  }

  /** Answers with the error of an event that ends before its time. */
  settleCut(end: InvocationEnd): void {
    const failed = this.#failureOf(end);
    if (failed !== undefined) this.settle(failed);
  }

  /** Takes a streamed response; `onAnswer` is called when there is something to answer with. */
  stream(exchange: HttpExchange, onAnswer: (answer: Answer) => void): BodyReader {
    const contentType = exchange.head.headers.get('content-type');
    if (!this.request.acceptsStream) return this.#gather(contentType, onAnswer);
    const stream = new ResponseStream(exchange, this.#clock, (end) => {
      this.#streamEnd = end;
      this.times.end(stream.bytes);
    });
    this.#stream = stream;
    onAnswer(returned(stream, contentType));
    return stream;
  }

  end(end: InvocationEnd): void {
    const failed = this.#failed ?? this.#failureOf(end);
    if (failed !== undefined) this.settle(failed);
    const stream = this.#stream;
    stream?.stop();
    this.#ended.resolve({
      durationMs: end.durationMs,
      times: this.times,
      ...(failed === undefined ? streamFailure(this.#streamEnd) : failure(failed)),
      ...(stream === undefined ? {} : { streamedBytes: stream.bytes }),
      ...(stream === undefined || failed === undefined
        ? {}
        : { errorDetails: Buffer.from(failed.payload).toString() }),
    });
  }

  #failureOf(end: InvocationEnd): FailedAnswer | undefined {
    const { event, timeoutToldMs } = this.request;
    if (end.kind === 'done') return undefined;
    return end.kind === 'exit'
      ? exitAnswer(event.requestId, end.exit)
      : timeoutAnswer(event.requestId, timeoutToldMs);
  }

  /** A streamed response for a caller who wants it whole. */
  #gather(contentType: string | undefined, onAnswer: (answer: Answer) => void): BodyReader {
    const fail = (errorType: string, payload: Uint8Array): void =>
      onAnswer(errorAnswer({ errorType, payload }, this.request.event.requestId));
    const reader = collect(RESPONSE_BYTES_MAX, {
      done: (payload) => onAnswer(wholeAnswer(payload, contentType)),
      tooLarge: (bytes) => onAnswer(tooLargeAnswer(bytes)),
      cut: () => fail('Runtime.TruncatedResponse', EMPTY_BYTES),
    });
    return {
      ...reader,
      onEnd: (trailers) => {
        const errorType = trailers.get('lambda-runtime-function-error-type') ?? '';
        const body = trailers.get('lambda-runtime-function-error-body') ?? '';
        if (errorType === '' && body === '') reader.onEnd(trailers);
        else fail(errorType, Buffer.from(body, 'base64'));
      },
    };
  }
}

/** The answer of a function that returned all of it. */
export function wholeAnswer(payload: Uint8Array, contentType: string | undefined): Answer {
  return { ...returned(streamOfBytes(payload), contentType), bytes: payload.byteLength };
}

function returned(
  payload: AsyncIterable<Uint8Array>,
  contentType: string | undefined,
): Answer & { readonly kind: 'returned' } {
  return { kind: 'returned', payload, ...(contentType === undefined ? {} : { contentType }) };
}

function failure(failed: FailedAnswer): Partial<EndedInvocation> {
  return { failure: failed.failure, errorType: failed.errorType };
}

function streamFailure(end: StreamEnd | undefined): Partial<EndedInvocation> {
  switch (end?.kind) {
    case undefined:
    case 'whole':
      return {};
    case 'error': {
      const errorType = errorTypeOf(end.errorType);
      return { failure: 'error', errorType, errorDetails: end.errorBody };
    }
    case 'too-large':
      return { failure: 'error', errorType: 'Function.ResponseSizeTooLarge' };
    default:
      return { failure: 'error', errorType: 'Runtime.TruncatedResponse' };
  }
}
