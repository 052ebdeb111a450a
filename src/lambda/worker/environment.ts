/*
 * One execution environment: the shell around the state machine of environment-state.ts.
 *
 * Owns: its sandbox, its Runtime API, its log, its timers; not its slot (pool), nor the right to run (admission).
 *
 * I1  Effects are carried out in the order in which the state machine names them.
 * I2  `initialised` and the promises of an invocation always settle: by the runtime, the deadline, or
 *     the sandbox's end.
 * I3  One that timed out, crashed or failed in its init leaves its sandbox, without processes, to another
 *     environment that is begun in it; one that is disposed of leaves nothing.
 */
import type { Duplex } from 'node:stream';
import { present, unreachable } from '#kernel/assert.ts';
import { EMPTY_BYTES } from '#kernel/bytes.ts';
import type { FunctionVersion } from '#lambda/model/function-version.ts';
import type { Clock } from '#ports/world/clock.ts';
import type { Log } from '#ports/world/log.ts';
import type { Sandbox, SandboxExit, SandboxLimits } from '#ports/world/sandbox.ts';
import { errorAnswer, extensionAnswer, tooLargeAnswer } from './answers.ts';
import type { Answer } from './answers.ts';
import { transition } from './environment-state.ts';
import type {
  EnvironmentEffect,
  EnvironmentEvent,
  EnvironmentState,
  InitEnd,
  InvocationEnd,
  ShutdownReason,
} from './environment-state.ts';
import type { EndedProcess } from './extension-launch.ts';
import type { ExtensionsApi } from './extensions-api.ts';
import { InHand, wholeAnswer } from './in-hand.ts';
import type { EndedInvocation, EnvironmentRequest } from './in-hand.ts';
import { SHUTDOWN_EXTERNAL_MS, SHUTDOWN_INTERNAL_MS } from './limits.ts';
import type { LogTap } from './log-tap.ts';
import { MovingTimer } from './moving-timer.ts';
import { OwnSandbox } from './own-sandbox.ts';
import type { InitPhase } from './platform-log.ts';
import type { BodyReader, HttpExchange } from './runtime-api/http-connection.ts';
import type { RuntimeApi, RuntimeError } from './runtime-api/runtime-api.ts';
import type { Telemetry } from './telemetry.ts';

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
  /** What began it, as the log tells it. */
  readonly phase: InitPhase;
  readonly initializationType: string;
  readonly extensions: ExtensionsApi;
  readonly telemetry: Telemetry;
}

export interface RunningInvocation {
  /** As soon as the function has answered, or will not. */
  readonly answer: Promise<Answer>;
  /** When the environment is quiet again, or gone. */
  readonly ended: Promise<EndedInvocation>;
}

export class Environment implements AsyncDisposable {
  readonly id: string;
  readonly version: FunctionVersion;
  readonly tap: LogTap;
  /** Set when its function changed: it runs what it has in hand, and nothing more. */
  isRetired = false;
  /** All that its function needs is mounted: another can be begun in what it leaves. */
  hasCode = false;
  /** What was compiled ahead of its code is mounted. */
  hasCompiled = false;
  /** What it costs to begin; told in the report of the first invocation. */
  initDurationMs: number | undefined;
  readonly #options: EnvironmentOptions;
  readonly #initialised = Promise.withResolvers<InitEnd>();
  readonly #gone = Promise.withResolvers<void>();
  #state: EnvironmentState;
  readonly #sandbox: OwnSandbox;
  #inHand: InHand | undefined;
  readonly #deadline: MovingTimer;
  readonly #quiet: MovingTimer;
  #grace: Disposable | undefined;
  #hasFailed = false;
  #isRuntimeReady = false;
  #hasInitLimits = false;

  constructor(options: EnvironmentOptions) {
    this.#options = options;
    this.id = options.id;
    this.version = options.version;
    this.tap = options.tap;
    this.#sandbox = new OwnSandbox(options.log);
    const startedAtMs = options.clock.monotonicMs();
    const deadlineMs = startedAtMs + options.initTimeoutMs;
    this.#state = { kind: 'starting', startedAtMs, deadlineMs };
    this.#deadline = new MovingTimer(options.clock, () => this.#dispatch({ kind: 'deadline' }));
    this.#quiet = new MovingTimer(options.clock, () => this.#dispatch({ kind: 'quiet' }));
    this.#deadline.set(deadlineMs);
    options.telemetry.onSubscribed = (record) => options.tap.record(record);
    options.extensions.listener = {
      onChange: () => this.#checkReady(),
      onFailure: (errorType, description) => this.#failExtension(errorType, description),
    };
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
    void sandbox.exited.then((exit) => this.#exit(exit));
    this.#options.telemetry.connect = sandbox.connect?.bind(sandbox);
    this.#sandbox.attach(sandbox);
  }

  get sandbox(): Sandbox | undefined {
    return this.#sandbox.handle;
  }

  /** Its processes are gone before their time: another environment may be begun in its place (I3). */
  get isReset(): boolean {
    return this.#state.kind === 'stopped' && this.#state.why !== 'retired' && !this.#hasFailed;
  }

  /**
   * Connects to a port that a process inside listens on.
   * @throws Error where nobody listens yet, or the driver cannot
   */
  async connect(port: number): Promise<Duplex> {
    const connecting = this.sandbox?.connect?.(port);
    if (connecting === undefined) throw new Error('nothing inside can be reached');
    return connecting;
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
    this.#isRuntimeReady = true;
    this.#tellRuntimeDone();
    this.#checkReady();
  }

  /** A process is gone that the sandbox's shell started: the runtime's, or an extension's. */
  onProcessEnd({ extension, ...ended }: EndedProcess): void {
    const { kind } = this.#state;
    if (kind === 'stopping' || kind === 'stopped') return;
    if (extension !== undefined) this.#options.extensions.end(extension, ended);
    // Perhaps of memory: the end of the sandbox tells.
    else if (ended.signal === 'SIG9') this.#sandbox.kill();
    else this.#dispatch({ kind: 'runtime-exit', exit: { ...ended, outOfMemory: false } });
  }

  onInitError(error: RuntimeError): void {
    this.#dispatch({ kind: 'init-error', error });
  }

  onResponse(payload: Uint8Array, contentType: string | undefined): void {
    this.#answer(wholeAnswer(payload, contentType));
  }

  onResponseTooLarge(bytes: number): void {
    this.#answer(tooLargeAnswer(bytes));
  }

  onError(error: RuntimeError): void {
    this.#answer(errorAnswer(error, this.#inHand?.request.event.requestId ?? ''));
  }

  onStream(exchange: HttpExchange): BodyReader {
    const inHand = present(this.#inHand, 'a response without an event');
    return inHand.stream(exchange, (answer) => this.#answer(answer));
  }

  /** Has its deadline stand still, or run on: a debugger stopped its process, or let it go. */
  hold(isHeld: boolean): void {
    this.#dispatch({ kind: isHeld ? 'hold' : 'resume' });
  }

  /** Gives the environment, which must be idle, one event. */
  invoke(request: EnvironmentRequest): RunningInvocation {
    const inHand = new InHand(request, this.#options.clock);
    this.#inHand = inHand;
    const { requestId } = request.event;
    this.#dispatch({ kind: 'invoke', requestId, timeoutMs: request.timeoutMs });
    return inHand;
  }

  /** Resolves once the log tap has what was written before. */
  outputSettled(): Promise<void> {
    return this.sandbox?.outputSettled?.() ?? Promise.resolve();
  }

  /** The most memory that it ever used, in bytes; 0 where the driver cannot tell. */
  async peakMemoryBytes(): Promise<number> {
    return (await this.sandbox?.peakMemoryBytes()) ?? 0;
  }

  /** Ends it, in its shutdown phase where it is idle; resolves once nothing is left of it. */
  async [Symbol.asyncDispose](): Promise<void> {
    const { kind } = this.#state;
    this.#sandbox.endKeeping();
    if (kind === 'busy') this.#sandbox.kill();
    else if (kind === 'idle' || kind === 'starting') this.#dispatch({ kind: 'retire' });
    await this.#gone.promise;
    await this.#sandbox[Symbol.asyncDispose]();
  }

  #dispatch(event: EnvironmentEvent): void {
    const { state, effects } = transition(this.#state, event, this.#options.clock.monotonicMs());
    const wasIdle = this.#state.kind === 'idle';
    this.#state = state;
    if (wasIdle && state.kind !== 'idle') this.#quiet.clear();
    if (!wasIdle && state.kind === 'idle') this.#becomeQuietLater();
    for (const effect of effects) this.#carryOut(effect);
    if (state.kind === 'stopped') this.#forget();
  }

  #carryOut(effect: EnvironmentEffect): void {
    switch (effect.kind) {
      case 'set-deadline':
        return this.#deadline.set(effect.atMs);
      case 'clear-deadline':
        return this.#deadline.clear();
      case 'end-init':
        return this.#endInit(effect.end);
      case 'deliver':
        return this.#deliver();
      case 'freeze':
        this.#options.telemetry.pause();
        this.#endInitLimits();
        return this.#sandbox.pass((sandbox) => sandbox.freeze());
      case 'thaw':
        this.#sandbox.pass((sandbox) => sandbox.thaw());
        return this.#options.telemetry.resume();
      case 'answer-cut':
        return this.#inHand?.settleCut(effect.end);
      case 'end-invocation':
        return this.#endInvocation(effect.end);
      case 'kill':
        return this.#sandbox.kill();
      case 'shut-down':
        return this.#shutDown(effect.reason);
      default:
        return unreachable(effect);
    }
  }

  #endInit(end: InitEnd): void {
    const { phase, initializationType, extensions } = this.#options;
    for (const status of extensions.statuses) this.tap.record({ kind: 'extension', ...status });
    if (end.kind === 'ready') {
      const { durationMs } = end;
      const about = { phase, initializationType, status: 'success' as const };
      this.tap.record({ kind: 'init-report', durationMs, ...about });
      this.initDurationMs = end.durationMs;
      this.#hasInitLimits = true;
    }
    this.#initialised.resolve(end);
  }

  /** From here on the function has the processor's share of its memory, not the init's; its event comes first. */
  #endInitLimits(): void {
    if (!this.#hasInitLimits) return;
    this.#hasInitLimits = false;
    const { limits } = this.#options;
    void this.sandbox?.bind({ mounts: [], limits }).catch((error: unknown) => {
      this.#options.log.warn('limits of a sandbox could not be set', { error });
      this.#sandbox.kill();
    });
  }

  #deliver(): void {
    const { event } = present(this.#inHand, 'nothing to deliver').request;
    const { api, extensions, telemetry } = this.#options;
    this.#isRuntimeReady = false;
    telemetry.endInit();
    if (!telemetry.hasSubscribers) this.tap.observer = undefined;
    const deliver = (): void => {
      extensions.deliver(event);
      api.deliver(event);
      this.#endInitLimits();
    };
    if (this.#sandbox.passing === undefined) deliver();
    else void this.#sandbox.passing.then(deliver);
  }

  /** An init, or an event, is over once the runtime and all extensions ask for the next. */
  #checkReady(): void {
    const { extensions } = this.#options;
    if (!this.#isRuntimeReady || !extensions.areReady) return;
    this.#dispatch({ kind: 'ready' });
  }

  /** The runtime is done with its init, or with an event; extensions may not be yet. */
  #tellRuntimeDone(): void {
    const { clock, phase, initializationType, telemetry } = this.#options;
    const state = this.#state;
    this.#inHand?.times.done();
    if (state.kind === 'starting') {
      const status = 'success';
      this.tap.record({ kind: 'init-runtime-done', phase, initializationType, status });
    } else if (state.kind === 'busy' && telemetry.hasSubscribers) {
      const durationMs = clock.monotonicMs() - state.startedAtMs;
      const record = this.#inHand?.runtimeDone(this.version, durationMs);
      if (record !== undefined) telemetry.onRecord(record, clock.now());
    }
  }

  #failExtension(errorType: string, description: string): void {
    if (this.#state.kind === 'starting') {
      const error = { errorType, payload: EMPTY_BYTES, description };
      this.#dispatch({ kind: 'init-error', error });
      return;
    }
    const requestId = this.#inHand?.request.event.requestId ?? '';
    this.#answer(extensionAnswer(requestId, errorType, description));
    this.#sandbox.kill();
  }

  #answer(answer: Answer): void {
    if (this.#state.kind !== 'busy' || this.#state.answer !== 'none') return;
    this.#dispatch({ kind: 'answered', answer: answer.kind });
    this.#inHand?.settle(answer);
  }

  #endInvocation(end: InvocationEnd): void {
    const inHand = this.#inHand;
    this.#inHand = undefined;
    inHand?.end(end);
  }

  #exit(exit: SandboxExit): void {
    this.#dispatch({ kind: 'exit', exit });
  }

  /** The shutdown phase: extensions are told, and have the time that AWS gives them. */
  #shutDown(reason: ShutdownReason): void {
    const { clock, extensions, telemetry } = this.#options;
    const kind = extensions.shutdownKind;
    if (kind === 'none') return this.#sandbox.kill();
    const graceMs = kind === 'external' ? SHUTDOWN_EXTERNAL_MS : SHUTDOWN_INTERNAL_MS;
    telemetry.resume();
    telemetry.flush();
    const tell = async (): Promise<void> => {
      extensions.shutDown(reason, Math.floor(clock.now() + graceMs));
      await this.sandbox?.terminate();
    };
    const thawed = this.#sandbox.passing ?? Promise.resolve();
    void thawed.then(tell).catch(() => this.#sandbox.kill());
    this.#deadline.clear();
    this.#grace = clock.setTimer(graceMs, () => this.#sandbox.kill());
  }

  #forget(): void {
    for (const timer of [this.#deadline, this.#quiet, this.#grace]) timer?.[Symbol.dispose]();
    this.#options.api.close();
    this.#options.telemetry.close();
    this.#gone.resolve();
  }

  #becomeQuietLater(): void {
    const { clock, freezeAfterMs } = this.#options;
    this.#quiet.set(clock.monotonicMs() + freezeAfterMs);
  }
}
