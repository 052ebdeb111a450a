/*
 * The Runtime API of one execution environment: what its runtime asks, and in which order it may.
 *
 * Owns: the connections, the request for the next event while it waits, the phase of the runtime.
 * Does not own: time, the sandbox, what becomes of a result.
 *
 * I1  An event is given to one request only; the result of an event is taken once.
 * I2  One body is collected at a time: a second response or error is refused by its head.
 * I3  Nothing but the id of the event in hand names an event.
 *
 * @see https://docs.aws.amazon.com/lambda/latest/dg/runtimes-api.html
 */
import { Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import { EMPTY_BYTES } from '#kernel/bytes.ts';
import { Pieces } from '#kernel/pieces.ts';
import type { Log } from '#ports/world/log.ts';
import { RESPONSE_BYTES_MAX, RUNTIME_CONNECTIONS_MAX } from '../limits.ts';
import { HttpConnection } from './http-connection.ts';
import type { BodyReader, HttpExchange, HttpReply } from './http-connection.ts';
import {
  ACCEPTED,
  INVALID_REQUEST_ID,
  INVALID_RESPONSE_MODE,
  invalidTransition,
  METHOD_NOT_ALLOWED,
  NOT_FOUND,
  RESPONSE_TOO_LARGE,
} from './replies.ts';

/** An event on its way to the runtime. */
export interface RuntimeEvent {
  readonly requestId: string;
  /** The headers of the answer to `next`, as lines. */
  readonly headerLines: string;
  readonly payload: Uint8Array;
  /** What extensions are told of it. Wall clock, in ms since 1970. */
  readonly deadlineMs: number;
  readonly invokedFunctionArn: string;
  readonly traceHeader: string;
}

/** What a runtime said about the event in hand, or about its own start. */
export interface RuntimeError {
  /** `Lambda-Runtime-Function-Error-Type`, unchecked; empty where the runtime named none. */
  readonly errorType: string;
  readonly payload: Uint8Array;
  /** What the platform says of it, where that is another word than the type. */
  readonly description?: string;
}

/** Hears what the runtime says. Called synchronously, while a connection is read. */
export interface RuntimeListener {
  /** The runtime asks for an event: its init, or the event before, is over. */
  onReady(): void;
  onResponse(payload: Uint8Array, contentType: string | undefined): void;
  /** The response was `bytes` long, more than a buffered response may be. */
  onResponseTooLarge(bytes: number): void;
  /** A streamed response begins; the answer takes its bytes. */
  onStream(exchange: HttpExchange): BodyReader;
  onError(error: RuntimeError): void;
  onInitError(error: RuntimeError): void;
  /** A stem cell waits for what it is to become. */
  onBindRequest(exchange: HttpExchange): void;
}

/** Answers paths that are not the Runtime API's: extensions, telemetry. */
export type OtherRoutes = (exchange: HttpExchange) => BodyReader | undefined;

type Phase =
  | { readonly kind: 'init' }
  | { readonly kind: 'failed' }
  | { readonly kind: 'ready'; readonly exchange: HttpExchange }
  | { readonly kind: 'running'; readonly requestId: string }
  | { readonly kind: 'responding'; readonly requestId: string }
  | { readonly kind: 'responded'; readonly requestId: string };

/** AWS's own names of the phases, which its messages show. */
const PHASE_NAMES: Readonly<Record<Phase['kind'], string>> = {
  init: 'Started',
  failed: 'InitError',
  ready: 'Ready',
  running: 'Running',
  responding: 'InvocationResponse',
  responded: 'ResponseSent',
};

const NEXT_PATH = '/2018-06-01/runtime/invocation/next';
const INIT_ERROR_PATH = '/2018-06-01/runtime/init/error';
const BIND_PATH = '/hearth/bind';
const RESULT_PATH = /^\/2018-06-01\/runtime\/invocation\/([^/]+)\/(response|error)$/;
const ERROR_TYPE = 'lambda-runtime-function-error-type';
const RESPONSE_MODE = 'lambda-runtime-function-response-mode';

export class RuntimeApi {
  readonly #listener: RuntimeListener;
  readonly #log: Log;
  /** Answers what is not the Runtime API's own. */
  otherRoutes: OtherRoutes | undefined;
  readonly #connections = new Set<HttpConnection>();
  #phase: Phase = { kind: 'init' };
  #event: RuntimeEvent | undefined;
  #isClosed = false;

  constructor(listener: RuntimeListener, log: Log) {
    this.#listener = listener;
    this.#log = log;
  }

  /** Takes a connection out of the sandbox; past the bound it is cut. */
  accept(duplex: Duplex): void {
    if (this.#isClosed || this.#connections.size >= RUNTIME_CONNECTIONS_MAX) {
      duplex.on('error', () => {});
      duplex.destroy();
      return;
    }
    // A short answer that waits for the acknowledgement of the one before is 40 ms late.
    if (duplex instanceof Socket) duplex.setNoDelay(true);
    const connection = new HttpConnection({
      duplex,
      onRequest: (exchange) => this.#route(exchange),
      onClosed: (closed) => this.#connections.delete(closed),
      onFault: (error) => this.#log.error('a call of the Runtime API failed', { error }),
    });
    this.#connections.add(connection);
  }

  /** Gives an event to the runtime, now or when it asks. */
  deliver(event: RuntimeEvent): void {
    this.#event = event;
    if (this.#phase.kind === 'ready') this.#handOver(this.#phase.exchange, event);
  }

  /** Cuts every connection. */
  close(): void {
    this.#isClosed = true;
    for (const connection of this.#connections) connection.close();
  }

  #route(exchange: HttpExchange): BodyReader | undefined {
    const { method, path } = exchange.head;
    if (path === NEXT_PATH) return only('GET', exchange, () => this.#next(exchange));
    const result = method === 'POST' ? RESULT_PATH.exec(path) : null;
    if (result !== null) {
      const requestId = result[1] ?? '';
      return result[2] === 'error'
        ? this.#error(exchange, requestId)
        : this.#response(exchange, requestId);
    }
    if (path === INIT_ERROR_PATH) return only('POST', exchange, () => this.#initError(exchange));
    if (path === BIND_PATH) return only('GET', exchange, () => this.#bind(exchange));
    if (this.otherRoutes !== undefined) return this.otherRoutes(exchange);
    return answer(exchange, NOT_FOUND);
  }

  #next(exchange: HttpExchange): BodyReader | undefined {
    const phase = this.#phase;
    const mayAsk =
      phase.kind === 'init' ||
      phase.kind === 'responded' ||
      (phase.kind === 'ready' && !phase.exchange.isOpen);
    if (!mayAsk) return answer(exchange, invalidTransition(PHASE_NAMES[phase.kind], 'Ready'));
    this.#phase = { kind: 'ready', exchange };
    if (phase.kind !== 'ready') this.#listener.onReady();
    const event = this.#event;
    if (event !== undefined && this.#phase.kind === 'ready') this.#handOver(exchange, event);
    return undefined;
  }

  #handOver(exchange: HttpExchange, event: RuntimeEvent): void {
    if (!exchange.isOpen) return;
    this.#event = undefined;
    this.#phase = { kind: 'running', requestId: event.requestId };
    exchange.reply({ status: 200, headerLines: event.headerLines, body: event.payload });
  }

  #response(exchange: HttpExchange, requestId: string): BodyReader | undefined {
    const refusal = this.#refusalOf(requestId, 'InvocationResponse');
    if (refusal !== undefined) return answer(exchange, refusal);
    const mode = exchange.head.headers.get(RESPONSE_MODE) ?? '';
    if (mode !== '' && mode !== 'streaming') {
      this.#phase = { kind: 'responded', requestId };
      this.#listener.onError({
        errorType: 'Runtime.InvalidResponseModeHeader',
        payload: EMPTY_BYTES,
      });
      return answer(exchange, INVALID_RESPONSE_MODE);
    }
    this.#phase = { kind: 'responding', requestId };
    if (mode === 'streaming') return this.#streamed(exchange, requestId);
    return collect(RESPONSE_BYTES_MAX, {
      done: (payload) => {
        this.#phase = { kind: 'responded', requestId };
        exchange.reply(ACCEPTED);
        this.#listener.onResponse(payload, exchange.head.headers.get('content-type'));
      },
      tooLarge: (bytes) => {
        this.#phase = { kind: 'responded', requestId };
        exchange.reply(RESPONSE_TOO_LARGE);
        this.#listener.onResponseTooLarge(bytes);
      },
      cut: () => {
        this.#phase = { kind: 'running', requestId };
      },
    });
  }

  #streamed(exchange: HttpExchange, requestId: string): BodyReader {
    const reader = this.#listener.onStream(exchange);
    const end = (reply: HttpReply): void => {
      this.#phase = { kind: 'responded', requestId };
      exchange.reply(reply);
    };
    return {
      bytesMax: reader.bytesMax,
      onData: (data) => reader.onData(data),
      onEnd: (trailers) => {
        end(ACCEPTED);
        reader.onEnd(trailers);
      },
      onTooLarge: (bytes) => {
        end(RESPONSE_TOO_LARGE);
        reader.onTooLarge(bytes);
      },
      onCut: () => {
        this.#phase = { kind: 'responded', requestId };
        reader.onCut();
      },
    };
  }

  #error(exchange: HttpExchange, requestId: string): BodyReader | undefined {
    const refusal = this.#refusalOf(requestId, 'InvocationErrorResponse');
    if (refusal !== undefined) return answer(exchange, refusal);
    this.#phase = { kind: 'responding', requestId };
    const errorType = exchange.head.headers.get(ERROR_TYPE) ?? '';
    return collect(RESPONSE_BYTES_MAX, {
      done: (payload) => {
        this.#phase = { kind: 'responded', requestId };
        exchange.reply(ACCEPTED);
        this.#listener.onError({ errorType, payload });
      },
      tooLarge: (bytes) => {
        this.#phase = { kind: 'responded', requestId };
        exchange.reply(RESPONSE_TOO_LARGE);
        this.#listener.onResponseTooLarge(bytes);
      },
      cut: () => {
        this.#phase = { kind: 'running', requestId };
      },
    });
  }

  #initError(exchange: HttpExchange): BodyReader | undefined {
    if (this.#phase.kind !== 'init') {
      return answer(exchange, invalidTransition(PHASE_NAMES[this.#phase.kind], 'InitError'));
    }
    this.#phase = { kind: 'failed' };
    const errorType = exchange.head.headers.get(ERROR_TYPE) ?? '';
    const fail = (payload: Uint8Array): void => {
      exchange.reply(ACCEPTED);
      this.#listener.onInitError({ errorType, payload });
    };
    return collect(RESPONSE_BYTES_MAX, {
      done: fail,
      tooLarge: () => fail(EMPTY_BYTES),
      cut: () => fail(EMPTY_BYTES),
    });
  }

  #bind(exchange: HttpExchange): BodyReader | undefined {
    if (this.#phase.kind !== 'init') return answer(exchange, NOT_FOUND);
    this.#listener.onBindRequest(exchange);
    return undefined;
  }

  #refusalOf(requestId: string, to: string): HttpReply | undefined {
    const phase = this.#phase;
    if (!('requestId' in phase) || phase.requestId !== requestId) return INVALID_REQUEST_ID;
    if (phase.kind === 'running') return undefined;
    return invalidTransition(PHASE_NAMES[phase.kind], to);
  }
}

interface Collected {
  done(payload: Uint8Array): void;
  tooLarge(bytes: number): void;
  cut(): void;
}

/** Gathers a body of at most `bytesMax` bytes. */
export function collect(bytesMax: number, collected: Collected): BodyReader {
  const pieces = new Pieces();
  return {
    bytesMax,
    onData: (data) => {
      pieces.add(data);
      return true;
    },
    onEnd: () => collected.done(pieces.whole()),
    onTooLarge: (bytes) => collected.tooLarge(bytes),
    onCut: () => collected.cut(),
  };
}

function answer(exchange: HttpExchange, reply: HttpReply): undefined {
  exchange.reply(reply);
  return undefined;
}

function only(
  method: string,
  exchange: HttpExchange,
  then: () => BodyReader | undefined,
): BodyReader | undefined {
  return exchange.head.method === method ? then() : answer(exchange, METHOD_NOT_ALLOWED);
}
