/*
 * The life of one execution environment, as a pure state machine: state and event give the next state
 * and what is to be done.
 *
 * I1  One event is in hand at a time, and it is answered once.
 * I2  A deadline is set in every state that waits for the function, and cleared when it stops waiting.
 * I3  After a timeout, a crash or a failed init the environment is never idle again.
 * I4  An event ends once: when the runtime asks for the next, or when the last process is gone.
 * I5  While a debugger has the process stopped no deadline is set; each hold moves it by as long as it took.
 *
 * Times are milliseconds of the monotonic clock.
 * @see https://docs.aws.amazon.com/lambda/latest/dg/lambda-runtime-environment.html
 */
import { assert, unreachable } from '#kernel/assert.ts';
import type { SandboxExit } from '#ports/world/sandbox.ts';
import type { RuntimeError } from './runtime-api/runtime-api.ts';

export type EnvironmentState =
  | {
      readonly kind: 'starting';
      readonly startedAtMs: number;
      readonly deadlineMs: number;
      readonly heldSinceMs?: number;
    }
  | { readonly kind: 'idle'; readonly sinceMs: number; readonly isFrozen: boolean }
  | {
      readonly kind: 'busy';
      readonly requestId: string;
      readonly startedAtMs: number;
      readonly deadlineMs: number;
      readonly heldSinceMs?: number;
      readonly answer: AnswerKind;
    }
  /** Its processes were told to end; `invocation` is what was in hand then. */
  | { readonly kind: 'stopping'; readonly why: StopReason; readonly invocation?: CutInvocation }
  | { readonly kind: 'stopped'; readonly why: StopReason };

/** What the function has said of the event in hand so far. */
export type AnswerKind = 'none' | 'returned' | 'failed';

export type StopReason = 'timeout' | 'crash' | 'init-error' | 'init-timeout' | 'retired';

/** As extensions are told. @see https://docs.aws.amazon.com/lambda/latest/dg/runtimes-extensions-api.html */
export type ShutdownReason = 'spindown' | 'timeout' | 'failure';

interface CutInvocation {
  readonly requestId: string;
  readonly end: Exclude<InvocationEnd, { kind: 'done' }>;
}

export type EnvironmentEvent =
  /** The runtime, and every extension that takes part, asks for the next event. */
  | { readonly kind: 'ready' }
  | { readonly kind: 'init-error'; readonly error: RuntimeError }
  | { readonly kind: 'invoke'; readonly requestId: string; readonly timeoutMs: number }
  | { readonly kind: 'answered'; readonly answer: 'returned' | 'failed' }
  | { readonly kind: 'deadline' }
  /** A debugger has stopped the process, or lets it go on. */
  | { readonly kind: 'hold' | 'resume' }
  /** It has been idle for a moment. */
  | { readonly kind: 'quiet' }
  | { readonly kind: 'exit'; readonly exit: SandboxExit }
  /** The runtime's process is gone, while extensions are still there. */
  | { readonly kind: 'runtime-exit'; readonly exit: SandboxExit }
  | { readonly kind: 'retire' };

export type InitEnd =
  | { readonly kind: 'ready'; readonly durationMs: number }
  | { readonly kind: 'error'; readonly durationMs: number; readonly error: RuntimeError }
  | { readonly kind: 'exit'; readonly durationMs: number; readonly exit: SandboxExit }
  | { readonly kind: 'timeout'; readonly durationMs: number };

/** How the event in hand ended for the environment; the function's own answer is told apart. */
export type InvocationEnd =
  | { readonly kind: 'done'; readonly durationMs: number }
  | { readonly kind: 'timeout'; readonly durationMs: number }
  | { readonly kind: 'exit'; readonly durationMs: number; readonly exit: SandboxExit };

export type EnvironmentEffect =
  | { readonly kind: 'set-deadline'; readonly atMs: number }
  | { readonly kind: 'clear-deadline' }
  | { readonly kind: 'end-init'; readonly end: InitEnd }
  | { readonly kind: 'deliver' }
  | { readonly kind: 'freeze' }
  | { readonly kind: 'thaw' }
  /** The caller gets the error now; what the function still says is too late. */
  | { readonly kind: 'answer-cut'; readonly end: InvocationEnd }
  | { readonly kind: 'end-invocation'; readonly end: InvocationEnd }
  | { readonly kind: 'kill' }
  | { readonly kind: 'shut-down'; readonly reason: ShutdownReason };

export interface Transition {
  readonly state: EnvironmentState;
  readonly effects: readonly EnvironmentEffect[];
}

/** The next state, and what is to be done, when `event` comes at `nowMs`. */
export function transition(
  state: EnvironmentState,
  event: EnvironmentEvent,
  nowMs: number,
): Transition {
  if (event.kind === 'hold') return hold(state, nowMs);
  if (event.kind === 'resume') return resume(state, nowMs);
  switch (state.kind) {
    case 'starting':
      return whileStarting(state, event, nowMs);
    case 'idle':
      return whileIdle(state, event, nowMs);
    case 'busy':
      return whileBusy(state, event, nowMs);
    case 'stopping':
      return whileStopping(state, event);
    case 'stopped':
      return stay(state);
    default:
      return unreachable(state);
  }
}

/** Time that stands still counts from `heldSinceMs` on (I5). */
function hold(state: EnvironmentState, nowMs: number): Transition {
  if (state.kind !== 'starting' && state.kind !== 'busy') return stay(state);
  if (state.heldSinceMs !== undefined) return stay(state);
  return { state: { ...state, heldSinceMs: nowMs }, effects: [{ kind: 'clear-deadline' }] };
}

function resume(state: EnvironmentState, nowMs: number): Transition {
  if (state.kind !== 'starting' && state.kind !== 'busy') return stay(state);
  const { heldSinceMs, ...running } = state;
  if (heldSinceMs === undefined) return stay(state);
  const deadlineMs = running.deadlineMs + nowMs - heldSinceMs;
  const effects: readonly EnvironmentEffect[] = [{ kind: 'set-deadline', atMs: deadlineMs }];
  return { state: { ...running, deadlineMs }, effects };
}

function whileStarting(
  state: Extract<EnvironmentState, { kind: 'starting' }>,
  event: EnvironmentEvent,
  nowMs: number,
): Transition {
  const durationMs = nowMs - state.startedAtMs;
  const failInit = (why: StopReason, end: InitEnd): Transition => ({
    state: { kind: 'stopping', why },
    effects: [{ kind: 'clear-deadline' }, { kind: 'kill' }, { kind: 'end-init', end }],
  });
  switch (event.kind) {
    case 'ready':
      return {
        state: { kind: 'idle', sinceMs: nowMs, isFrozen: false },
        effects: [
          { kind: 'clear-deadline' },
          { kind: 'end-init', end: { kind: 'ready', durationMs } },
        ],
      };
    case 'init-error':
      return failInit('init-error', { kind: 'error', durationMs, error: event.error });
    case 'deadline':
      return failInit('init-timeout', { kind: 'timeout', durationMs });
    case 'exit':
      return {
        state: { kind: 'stopped', why: 'crash' },
        effects: [
          { kind: 'clear-deadline' },
          { kind: 'end-init', end: { kind: 'exit', durationMs, exit: event.exit } },
        ],
      };
    case 'runtime-exit':
      return failInit('crash', { kind: 'exit', durationMs, exit: event.exit });
    case 'retire':
      return failInit('retired', { kind: 'timeout', durationMs });
    default:
      assert(event.kind !== 'invoke', 'an environment is invoked before its init is over');
      return stay(state);
  }
}

function whileIdle(
  state: Extract<EnvironmentState, { kind: 'idle' }>,
  event: EnvironmentEvent,
  nowMs: number,
): Transition {
  const { isFrozen } = state;
  switch (event.kind) {
    case 'invoke': {
      const { requestId, timeoutMs } = event;
      const deadlineMs = nowMs + timeoutMs;
      const thaw: readonly EnvironmentEffect[] = isFrozen ? [{ kind: 'thaw' }] : [];
      return {
        state: { kind: 'busy', requestId, startedAtMs: nowMs, deadlineMs, answer: 'none' },
        effects: [...thaw, { kind: 'set-deadline', atMs: deadlineMs }, { kind: 'deliver' }],
      };
    }
    case 'quiet':
      return isFrozen
        ? stay(state)
        : { state: { ...state, isFrozen: true }, effects: [{ kind: 'freeze' }] };
    case 'exit':
      return { state: { kind: 'stopped', why: 'crash' }, effects: [] };
    case 'runtime-exit':
    case 'retire': {
      const isRetired = event.kind === 'retire';
      const thaw: readonly EnvironmentEffect[] = isFrozen ? [{ kind: 'thaw' }] : [];
      const reason = isRetired ? 'spindown' : 'failure';
      return {
        state: { kind: 'stopping', why: isRetired ? 'retired' : 'crash' },
        effects: [...thaw, { kind: 'shut-down', reason }],
      };
    }
    default:
      return stay(state);
  }
}

function whileBusy(
  state: Extract<EnvironmentState, { kind: 'busy' }>,
  event: EnvironmentEvent,
  nowMs: number,
): Transition {
  const durationMs = nowMs - state.startedAtMs;
  switch (event.kind) {
    case 'answered':
      assert(state.answer === 'none', 'an event is answered twice');
      return { state: { ...state, answer: event.answer }, effects: [] };
    case 'ready':
      assert(state.answer !== 'none', 'the runtime is ready with an event unanswered');
      return {
        state: { kind: 'idle', sinceMs: nowMs, isFrozen: false },
        effects: [
          { kind: 'clear-deadline' },
          { kind: 'end-invocation', end: { kind: 'done', durationMs } },
        ],
      };
    case 'deadline':
      return cut(state, 'timeout', {
        kind: 'timeout',
        durationMs: state.deadlineMs - state.startedAtMs,
      });
    case 'runtime-exit':
      return cut(state, 'crash', { kind: 'exit', durationMs, exit: event.exit });
    case 'exit':
      return {
        state: { kind: 'stopped', why: 'crash' },
        effects: [
          { kind: 'clear-deadline' },
          { kind: 'end-invocation', end: { kind: 'exit', durationMs, exit: event.exit } },
        ],
      };
    default:
      assert(event.kind !== 'invoke' && event.kind !== 'retire', `${event.kind} while busy`);
      return stay(state);
  }
}

/** Ends what is in hand before its time: the answer now, the end once the last process is gone. */
function cut(
  { requestId, answer }: Extract<EnvironmentState, { kind: 'busy' }>,
  why: 'timeout' | 'crash',
  end: Exclude<InvocationEnd, { kind: 'done' }>,
): Transition {
  const answered: readonly EnvironmentEffect[] =
    answer === 'none' ? [{ kind: 'answer-cut', end }] : [];
  const reason = why === 'timeout' ? 'timeout' : 'failure';
  return {
    state: { kind: 'stopping', why, invocation: { requestId, end } },
    effects: [{ kind: 'clear-deadline' }, ...answered, { kind: 'shut-down', reason }],
  };
}

function whileStopping(
  state: Extract<EnvironmentState, { kind: 'stopping' }>,
  event: EnvironmentEvent,
): Transition {
  if (event.kind !== 'exit') return stay(state);
  const { why, invocation } = state;
  const ended: readonly EnvironmentEffect[] =
    invocation === undefined ? [] : [{ kind: 'end-invocation', end: invocation.end }];
  return { state: { kind: 'stopped', why }, effects: ended };
}

function stay(state: EnvironmentState): Transition {
  return { state, effects: [] };
}
