/*
 * One execution environment: the shell around the state machine of environment-state.ts.
 *
 * Owns: its sandbox, its Runtime API, its log, its timers.
 * Does not own: its slot on the machine (pool), the right to run (admission).
 *
 * I1  Effects are carried out in the order in which the state machine names them; freezing and
 *     thawing never overlap.
 * I2  `initialised` and the promises of an invocation always settle: by the runtime, the deadline, or
 *     the sandbox's end.
 */
import { assert, present, unreachable } from '#kernel/assert.ts';
import type { FunctionVersion } from '#lambda/model/function-version.ts';
import type { Clock } from '#ports/world/clock.ts';
import type { Log } from '#ports/world/log.ts';
import type { Sandbox, SandboxExit, SandboxLimits } from '#ports/world/sandbox.ts';
import { errorAnswer, errorTypeOf, exitAnswer, timeoutAnswer, tooLargeAnswer } from './answers.ts';
import type { Answer, FailedAnswer } from './answers.ts';
import { transition } from './environment-state.ts';
import type {
  EnvironmentEffect,
  EnvironmentEvent,
  EnvironmentState,
  InitEnd,
  InvocationEnd,
} from './environment-state.ts';
import { RESPONSE_BYTES_MAX } from './limits.ts';
import type { LogTap } from './log-tap.ts';
import { ResponseStream, streamOf } from './response-stream.ts';
import type { StreamEnd } from './response-stream.ts';
import type { BodyReader, HttpExchange } from './runtime-api/http-connection.ts';
import { collect, RuntimeApi } from './runtime-api/runtime-api.ts';
import type { RuntimeError, RuntimeEvent } from './runtime-api/runtime-api.ts';

export interface EnvironmentOptions {
  readonly id: string;
  readonly version: FunctionVersion;
  readonly clock: Clock;
  readonly log: Log;
  readonly tap: LogTap;
  readonly api: RuntimeApi;
  /** How long it stays thawed after an event, in ms; a busy function is not frozen between events. */
  readonly freezeAfterMs: number;
  /** Time for the init phase, in ms. */
  readonly initTimeoutMs: number;
  /** What holds once the init phase is over. */
  readonly limits: SandboxLimits;
}

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

export interface RunningInvocation {
  /** As soon as the function has answered, or will not. */
  readonly answer: Promise<Answer>;
  /** When the environment is quiet again, or gone. */
  readonly ended: Promise<EndedInvocation>;
}

export interface EndedInvocation {
  readonly durationMs: number;
  readonly failure?: FailedAnswer['failure'];
  readonly errorType?: string;
  /** The error's JSON where a streamed response broke off. */
  readonly errorDetails?: string;
  readonly streamedBytes?: number;
}

interface InHand {
  readonly request: EnvironmentRequest;
  readonly answer: PromiseWithResolvers<Answer>;
  readonly ended: PromiseWithResolvers<EndedInvocation>;
  failed?: FailedAnswer;
  stream?: ResponseStream;
  streamEnd?: StreamEnd;
}

export class Environment implements AsyncDisposable {
  readonly id: string;
  readonly version: FunctionVersion;
  readonly tap: LogTap;
  /** Set when its function changed: it runs what it has in hand, and nothing more. */
  isRetired = false;
  /** What it costs to begin; told in the report of the first invocation. */
  initDurationMs: number | undefined;
  readonly #options: EnvironmentOptions;
  readonly #initialised = Promise.withResolvers<InitEnd>();
  readonly #gone = Promise.withResolvers<void>();
  #state: EnvironmentState;
  #sandbox: Sandbox | undefined;
  #inHand: InHand | undefined;
  #deadline: Disposable | undefined;
  #quiet: Disposable | undefined;
  #gate: Promise<void> | undefined;
  #isKilled = false;
  #hasFailed = false;

  constructor(options: EnvironmentOptions) {
    this.#options = options;
    this.id = options.id;
    this.version = options.version;
    this.tap = options.tap;
    const startedAtMs = options.clock.monotonicMs();
    const deadlineMs = startedAtMs + options.initTimeoutMs;
    this.#state = { kind: 'starting', startedAtMs, deadlineMs };
    this.#setDeadline(deadlineMs);
  }

  get state(): EnvironmentState {
    return this.#state;
  }

  get isIdle(): boolean {
    return this.#state.kind === 'idle';
  }

  /** How the init phase ended. */
  get initialised(): Promise<InitEnd> {
    return this.#initialised.promise;
  }

  /** Resolves once its last process is gone. */
  get gone(): Promise<void> {
    return this.#gone.promise;
  }

  /** Called once, when the sandbox is there. */
  attach(sandbox: Sandbox): void {
    assert(this.#sandbox === undefined, 'an environment has one sandbox');
    this.#sandbox = sandbox;
    void sandbox.exited.then((exit) => this.#exit(exit));
    if (this.#isKilled) this.#kill();
  }

  /** The machine did not make its sandbox. */
  get hasNoSandbox(): boolean {
    return this.#hasFailed;
  }

  /** Called where no sandbox could be had: the environment ends as if it had crashed. */
  fail(reason: string): void {
    this.#hasFailed = true;
    this.#exit({ description: reason, exitCode: 1, signal: undefined, outOfMemory: false });
  }

  /** Listener of the Runtime API. */
  onReady(): void {
    this.#dispatch({ kind: 'ready' });
  }

  onInitError(error: RuntimeError): void {
    this.#dispatch({ kind: 'init-error', error });
  }

  onResponse(payload: Uint8Array, contentType: string | undefined): void {
    this.#answer({
      kind: 'returned',
      payload: streamOf(payload),
      ...(contentType === undefined ? {} : { contentType }),
    });
  }

  onResponseTooLarge(bytes: number): void {
    this.#answer(tooLargeAnswer(bytes));
  }

  onError(error: RuntimeError): void {
    this.#answer(errorAnswer(error, this.#requestId()));
  }

  onStream(exchange: HttpExchange): BodyReader {
    const inHand = present(this.#inHand, 'a response without an event');
    if (!inHand.request.acceptsStream) return this.#gatherStream(exchange);
    const contentType = exchange.head.headers.get('content-type');
    const stream = new ResponseStream(exchange, this.#options.clock, (end) => {
      inHand.streamEnd = end;
    });
    inHand.stream = stream;
    this.#answer({
      kind: 'returned',
      payload: stream,
      ...(contentType === undefined ? {} : { contentType }),
    });
    return stream;
  }

  /** Gives the environment, which must be idle, one event. */
  invoke(request: EnvironmentRequest): RunningInvocation {
    const inHand: InHand = {
      request,
      answer: Promise.withResolvers<Answer>(),
      ended: Promise.withResolvers<EndedInvocation>(),
    };
    this.#inHand = inHand;
    const { requestId } = request.event;
    this.#dispatch({ kind: 'invoke', requestId, timeoutMs: request.timeoutMs });
    return { answer: inHand.answer.promise, ended: inHand.ended.promise };
  }

  /** The most memory that it ever used, in bytes; 0 where the driver cannot tell. */
  async peakMemoryBytes(): Promise<number> {
    return (await this.#sandbox?.peakMemoryBytes()) ?? 0;
  }

  /** Ends it, in its shutdown phase where it is idle; resolves once nothing is left of it. */
  async [Symbol.asyncDispose](): Promise<void> {
    const { kind } = this.#state;
    if (kind === 'busy') this.#kill();
    else if (kind === 'idle' || kind === 'starting') this.#dispatch({ kind: 'retire' });
    await this.#gone.promise;
    await this.#sandbox?.[Symbol.asyncDispose]();
  }

  #dispatch(event: EnvironmentEvent): void {
    const { state, effects } = transition(this.#state, event, this.#options.clock.monotonicMs());
    const wasIdle = this.#state.kind === 'idle';
    this.#state = state;
    if (wasIdle && state.kind !== 'idle') this.#quiet?.[Symbol.dispose]();
    if (!wasIdle && state.kind === 'idle') this.#becomeQuietLater();
    for (const effect of effects) this.#carryOut(effect);
    if (state.kind === 'stopped') this.#forget();
  }

  #carryOut(effect: EnvironmentEffect): void {
    switch (effect.kind) {
      case 'set-deadline':
        return this.#setDeadline(effect.atMs);
      case 'clear-deadline':
        return this.#deadline?.[Symbol.dispose]();
      case 'end-init':
        return this.#endInit(effect.end);
      case 'deliver':
        return this.#deliver();
      case 'freeze':
        return this.#passGate((sandbox) => sandbox.freeze());
      case 'thaw':
        return this.#passGate((sandbox) => sandbox.thaw());
      case 'answer-timeout': {
        const { request } = present(this.#inHand, 'a timeout without an event');
        return this.#settle(timeoutAnswer(request.event.requestId, request.timeoutToldMs));
      }
      case 'end-invocation':
        return this.#endInvocation(effect.end);
      case 'kill':
      case 'shut-down':
        return this.#kill();
      default:
        return unreachable(effect);
    }
  }

  #endInit(end: InitEnd): void {
    if (end.kind === 'ready') {
      this.initDurationMs = end.durationMs;
      // From here on the function has the processor's share of its memory, not the init's.
      const { limits } = this.#options;
      void this.#sandbox?.bind({ mounts: [], limits }).catch((error: unknown) => {
        this.#options.log.warn('limits of a sandbox could not be set', { error });
        this.#kill();
      });
    }
    this.#initialised.resolve(end);
  }

  #deliver(): void {
    const { event } = present(this.#inHand, 'nothing to deliver').request;
    if (this.#gate === undefined) this.#options.api.deliver(event);
    else void this.#gate.then(() => this.#options.api.deliver(event));
  }

  #passGate(pass: (sandbox: Sandbox) => Promise<void>): void {
    const sandbox = this.#sandbox;
    if (sandbox === undefined) return;
    const gate = (this.#gate ?? Promise.resolve())
      .then(async () => pass(sandbox))
      .catch((error: unknown) => {
        this.#options.log.warn('a sandbox could not be frozen or thawed', {
          sandbox: sandbox.id,
          error,
        });
        this.#kill();
      })
      .finally(() => {
        if (this.#gate === gate) this.#gate = undefined;
      });
    this.#gate = gate;
  }

  #answer(answer: Answer): void {
    if (this.#state.kind !== 'busy' || this.#state.answer !== 'none') return;
    this.#dispatch({ kind: 'answered', answer: answer.kind });
    this.#settle(answer);
  }

  #settle(answer: Answer): void {
    const inHand = present(this.#inHand, 'an answer without an event');
    if (answer.kind === 'failed') inHand.failed = answer;
    inHand.answer.resolve(answer);
  }

  /** A streamed response for a caller who wants it whole. */
  #gatherStream(exchange: HttpExchange): BodyReader {
    const contentType = exchange.head.headers.get('content-type');
    const reader = collect(RESPONSE_BYTES_MAX, {
      done: (payload) => this.onResponse(payload, contentType),
      tooLarge: (bytes) => this.onResponseTooLarge(bytes),
      cut: () =>
        this.onError({ errorType: 'Runtime.TruncatedResponse', payload: new Uint8Array(0) }),
    });
    return {
      ...reader,
      onEnd: (trailers) => {
        const errorType = trailers.get('lambda-runtime-function-error-type') ?? '';
        const body = trailers.get('lambda-runtime-function-error-body') ?? '';
        if (errorType === '' && body === '') reader.onEnd(trailers);
        else this.onError({ errorType, payload: Buffer.from(body, 'base64') });
      },
    };
  }

  #endInvocation(end: InvocationEnd): void {
    const inHand = present(this.#inHand, 'the end of no event');
    this.#inHand = undefined;
    const requestId = inHand.request.event.requestId;
    const isUnanswered = inHand.failed === undefined && end.kind !== 'done';
    const failed =
      end.kind === 'exit' && isUnanswered
        ? exitAnswer(requestId, end.exit)
        : isUnanswered
          ? timeoutAnswer(requestId, inHand.request.timeoutToldMs)
          : inHand.failed;
    if (failed !== undefined) inHand.answer.resolve(failed);
    const { stream, streamEnd } = inHand;
    stream?.stop();
    inHand.ended.resolve({
      durationMs: end.durationMs,
      ...(failed === undefined
        ? streamFailure(streamEnd)
        : {
            failure: failed.failure,
            errorType: failed.errorType,
            ...(stream === undefined
              ? {}
              : { errorDetails: Buffer.from(failed.payload).toString() }),
          }),
      ...(stream === undefined ? {} : { streamedBytes: stream.bytes }),
    });
  }

  #exit(exit: SandboxExit): void {
    this.#dispatch({ kind: 'exit', exit });
  }

  #kill(): void {
    this.#isKilled = true;
    void this.#sandbox?.[Symbol.asyncDispose]();
  }

  #forget(): void {
    this.#deadline?.[Symbol.dispose]();
    this.#quiet?.[Symbol.dispose]();
    this.#options.api.close();
    this.#gone.resolve();
  }

  #setDeadline(atMs: number): void {
    this.#deadline?.[Symbol.dispose]();
    const { clock } = this.#options;
    this.#deadline = clock.setTimer(Math.max(0, atMs - clock.monotonicMs()), () =>
      this.#dispatch({ kind: 'deadline' }),
    );
  }

  #becomeQuietLater(): void {
    const { clock, freezeAfterMs } = this.#options;
    this.#quiet?.[Symbol.dispose]();
    this.#quiet = clock.setTimer(freezeAfterMs, () => this.#dispatch({ kind: 'quiet' }));
  }

  #requestId(): string {
    return this.#inHand?.request.event.requestId ?? '';
  }
}

function streamFailure(end: StreamEnd | undefined): Partial<EndedInvocation> {
  switch (end?.kind) {
    case undefined:
    case 'whole':
      return {};
    case 'error':
      return {
        failure: 'error',
        errorType: errorTypeOf(end.errorType),
        errorDetails: end.errorBody,
      };
    case 'too-large':
      return { failure: 'error', errorType: 'Function.ResponseSizeTooLarge' };
    default:
      return { failure: 'error', errorType: 'Runtime.TruncatedResponse' };
  }
}
