import { errorAnswer, initExitAnswer, timeoutAnswer } from '#lambda/worker/index.ts';
import type {
  Answer,
  EndedInvocation,
  FailedAnswer,
  HeldEnvironment,
  InitEnd,
  InitPhase,
} from '#lambda/worker/index.ts';
import type { Invocation } from '#ports/peers/invoker.ts';
import type { Clock } from '#ports/world/clock.ts';
import { tracingOf } from '#lambda/model/trace-header.ts';
import { environmentUnavailable } from './errors.ts';
import type { Target } from './resolve.ts';
import { runtimeEvent } from './runtime-event.ts';

export interface RunDependencies {
  readonly clock: Clock;
}

export interface Run {
  readonly target: Target;
  readonly invocation: Invocation;
  readonly traceHeader: string;
  /** Called once, as soon as the function has answered. */
  readonly onAnswer: (answer: Answer) => void;
}

/** What a run came to. */
export interface RunEnd extends EndedInvocation {
  /** Wall clock at the handler's start, in ms since 1970. */
  readonly startedAtMs: number;
  /** Only where the environment began for this event, and its init did not have to be repeated. */
  readonly initDurationMs?: number;
  readonly traceHeader: string;
  /** It never came to the event: its init failed twice. */
  readonly isInitFailure?: boolean;
}

/**
 * Runs one event in an environment: waits for its init, repeats it under the function's timeout where
 * it failed, or where the event before reset the environment, delivers, and resolves when the environment is quiet again.
 * @throws AwsError ServiceException where the machine made no sandbox
 */
export async function run(
  dependencies: RunDependencies,
  held: HeldEnvironment,
  request: Run,
): Promise<RunEnd> {
  const { clock } = dependencies;
  const { target, invocation, traceHeader, onAnswer } = request;
  const { version } = target;
  const { requestId } = invocation;
  const init = held.environment.isIdle
    ? WARM
    : await initialise(held, version.timeoutMs, requestId);
  const startedAtMs = clock.now();
  const { environment } = held;
  const { tap } = environment;
  // It is open since the init began; an init that was not for this event is not told.
  if (init === WARM || invocation.isLogTailWanted !== true) tap.dropTail();
  if (invocation.isLogTailWanted === true) tap.openTail();
  tap.record({
    kind: 'start',
    requestId,
    version: version.version,
    functionArn: target.invokedFunctionArn,
    ...(version.tenantId === undefined ? {} : { tenantId: version.tenantId }),
    ...tracingOf(version, traceHeader),
  });
  if (init.kind === 'failed') {
    onAnswer(init.answer);
    const { failure, errorType } = init.answer;
    const { durationMs } = init;
    return { durationMs, failure, errorType, startedAtMs, traceHeader, isInitFailure: true };
  }
  const timeoutMs = Math.max(1, version.timeoutMs - init.repeatedMs);
  const running = environment.invoke({
    event: runtimeEvent({
      invocation,
      invokedFunctionArn: target.invokedFunctionArn,
      deadlineMs: startedAtMs + timeoutMs,
      traceHeader,
    }),
    timeoutMs,
    timeoutToldMs: version.timeoutMs,
    acceptsStream: invocation.responseMode === 'streaming',
  });
  const answer = await running.answer;
  held.beginFinish();
  onAnswer(answer);
  const ended = await running.ended;
  await environment.outputSettled();
  return {
    ...ended,
    durationMs: ended.durationMs + init.repeatedMs,
    startedAtMs,
    traceHeader,
    ...(init.initDurationMs === undefined ? {} : { initDurationMs: init.initDurationMs }),
  };
}

type Initialised =
  | {
      readonly kind: 'ready';
      readonly initDurationMs?: number;
      /** Time of a repeated init, which the function's timeout pays. */
      readonly repeatedMs: number;
    }
  | { readonly kind: 'failed'; readonly durationMs: number; readonly answer: FailedAnswer };

const WARM: Initialised = { kind: 'ready', repeatedMs: 0 };

async function initialise(
  held: HeldEnvironment,
  timeoutMs: number,
  requestId: string,
): Promise<Initialised> {
  if (!held.isReset) {
    const first = await held.environment.initialised;
    if (first.kind === 'ready' && held.environment.isIdle) {
      return { kind: 'ready', initDurationMs: first.durationMs, repeatedMs: 0 };
    }
    if (held.environment.hasNoSandbox) throw environmentUnavailable();
    // A process that ended between two events, just now, is begun anew without a word.
    if (first.kind !== 'ready') reportInit(held, first, 'init');
    await held.environment.gone;
  }
  const second = await held.restart(timeoutMs).initialised;
  if (second.kind === 'ready') return { kind: 'ready', repeatedMs: second.durationMs };
  if (held.environment.hasNoSandbox) throw environmentUnavailable();
  reportInit(held, second, 'invoke');
  // The runtime's own last words belong before the platform's.
  await held.environment.gone;
  return {
    kind: 'failed',
    durationMs: Math.min(second.durationMs, timeoutMs),
    answer: answerOf(second, requestId, timeoutMs),
  };
}

export type FailedInit = Exclude<InitEnd, { kind: 'ready' }>;

/** Writes the line of an init that failed. */
export function reportInit(held: HeldEnvironment, end: FailedInit, phase: InitPhase): void {
  const { tap } = held.environment;
  const { initializationType } = held;
  const failed =
    end.kind === 'timeout'
      ? { status: 'timeout' as const }
      : { status: 'error' as const, errorType: answerOf(end, '', 0).errorType };
  tap.flush();
  tap.record(
    { kind: 'init-runtime-done', phase, initializationType, ...failed },
    { kind: 'init-report', durationMs: end.durationMs, phase, initializationType, ...failed },
  );
}

function answerOf(end: FailedInit, requestId: string, timeoutMs: number): FailedAnswer {
  switch (end.kind) {
    case 'error':
      return errorAnswer(end.error, requestId);
    case 'timeout':
      return timeoutAnswer(requestId, timeoutMs);
    default:
      return initExitAnswer(requestId, end.exit);
  }
}
