import type { DurableDoor } from '#lambda/model/durable-door.ts';
import type { Answer, HeldEnvironment } from '#lambda/worker/index.ts';
import type { InvocationReport } from '#ports/peers/invocation-report.ts';
import type { Invocation, Invoker, Outcome } from '#ports/peers/invoker.ts';
import type { Log } from '#ports/world/log.ts';
import { admit, isRateLimited } from './admit.ts';
import type { AdmitDependencies } from './admit.ts';
import { assign, assignIdle } from './assign.ts';
import type { AssignDependencies } from './assign.ts';
import type { ProvisionedConcurrency } from './provisioned.ts';
import { debugTarget, openDoor } from './debug.ts';
import type { DebugDependencies } from './debug.ts';
import { record } from './record.ts';
import type { RecordDependencies } from './record.ts';
import { resolve } from './resolve.ts';
import type { ResolveDependencies, Target } from './resolve.ts';
import { run } from './run.ts';
import type { RunDependencies } from './run.ts';
import { traceHeaderOf } from './runtime-event.ts';

export type InvokeDependencies = ResolveDependencies &
  AdmitDependencies &
  AssignDependencies &
  RunDependencies &
  RecordDependencies &
  DebugDependencies & {
    readonly log: Log;
    readonly provisioned: ProvisionedConcurrency;
    readonly durable?: DurableDoor;
  };

/** The one door to run a function. */
export function createInvoker(dependencies: InvokeDependencies): Invoker {
  return { invoke: (invocation, signal) => invoke(dependencies, invocation, signal) };
}

/**
 * Resolves as soon as the function has answered; the lease and the environment are held until it is
 * quiet again, which the report tells.
 */
async function invoke(
  dependencies: InvokeDependencies,
  invocation: Invocation,
  signal: AbortSignal,
): Promise<Outcome> {
  const resolved = resolve(dependencies, invocation);
  const found = resolved instanceof Promise ? await resolved : resolved;
  if (found.version.durable !== undefined && invocation.isOfExecution !== true) {
    const { durable } = dependencies;
    if (durable !== undefined) return durable.invoke(found.version, invocation, signal);
  }
  const target = debugTarget(found, invocation);
  const outcome = Promise.withResolvers<Outcome>();
  perform(dependencies, { target, invocation, signal, settle: outcome.resolve }).catch(
    (error: unknown) => {
      // The caller may have its answer already: then nobody else hears of it.
      dependencies.log.error('an invocation failed', { requestId: invocation.requestId, error });
      outcome.reject(error);
    },
  );
  return outcome.promise;
}

interface Performance {
  readonly target: Target;
  readonly invocation: Invocation;
  readonly signal: AbortSignal;
  readonly settle: (outcome: Outcome) => void;
}

async function perform(dependencies: InvokeDependencies, performance: Performance): Promise<void> {
  const { target, invocation, signal, settle } = performance;
  if (target.provisioned !== undefined && (await performProvisioned(dependencies, performance)))
    return;
  const admitted = admit(dependencies, target, invocation);
  if (admitted.kind === 'throttled') return settle(throttled(dependencies, target, admitted));
  // V8 has no fast way through `using` yet, and this is walked for every event.
  try {
    const assigned =
      assignIdle(dependencies, target) ?? (await assign(dependencies, target, signal));
    if (assigned.kind === 'throttled') return settle(throttled(dependencies, target, assigned));
    const { held } = assigned;
    try {
      const { debugPort } = invocation;
      if (debugPort === undefined) await runIn(dependencies, held, performance);
      else await runDebugged(dependencies, held, performance, debugPort);
    } finally {
      await held[Symbol.asyncDispose]();
    }
  } finally {
    admitted.lease[Symbol.dispose]();
  }
}

/** Runs it with a door for its debugger. */
async function runDebugged(
  dependencies: InvokeDependencies,
  held: HeldEnvironment,
  performance: Performance,
  debugPort: number,
): Promise<void> {
  await using _door = await openDoor(dependencies, held, debugPort);
  await runIn(dependencies, held, performance);
}

/** False where none of the environments that are kept ready is free. */
async function performProvisioned(
  dependencies: InvokeDependencies,
  performance: Performance,
): Promise<boolean> {
  const { target, invocation, settle } = performance;
  await using ready = await dependencies.provisioned.take(target, isRateLimited(invocation));
  if (ready === undefined) return false;
  const admitted = admit(dependencies, target, invocation, true);
  if (admitted.kind === 'throttled') {
    settle(throttled(dependencies, target, admitted));
    return true;
  }
  using _lease = admitted.lease;
  await runIn(dependencies, ready, performance);
  return true;
}

async function runIn(
  dependencies: InvokeDependencies,
  held: HeldEnvironment,
  { target, invocation, settle }: Performance,
): Promise<void> {
  const reported = Promise.withResolvers<InvocationReport>();
  reported.promise.catch(() => {});
  const isTraced = target.version.tracingMode === 'Active';
  const { clock, random } = dependencies;
  const traceHeader = traceHeaderOf(invocation, isTraced, { random, nowMs: clock.now() });
  const onAnswer = (answer: Answer): void => {
    const about = { traceHeader, report: reported.promise };
    settle(
      answer.kind === 'returned' ? returned(answer, target, about) : failed(answer, target, about),
    );
  };
  try {
    const end = await run(dependencies, held, { target, invocation, traceHeader, onAnswer });
    reported.resolve(await record(dependencies, held, { target, invocation, end }));
  } catch (error) {
    reported.reject(error);
    throw error;
  }
}

interface AboutOutcome {
  readonly traceHeader: string;
  readonly report: Promise<InvocationReport>;
}

function returned(
  answer: Extract<Answer, { kind: 'returned' }>,
  target: Target,
  about: AboutOutcome,
): Outcome {
  return {
    kind: 'returned',
    executedVersion: target.version.version,
    payload: answer.payload,
    ...(answer.contentType === undefined ? {} : { contentType: answer.contentType }),
    ...about,
  };
}

function failed(
  answer: Extract<Answer, { kind: 'failed' }>,
  target: Target,
  about: AboutOutcome,
): Outcome {
  return {
    kind: 'failed',
    executedVersion: target.version.version,
    functionError: 'Unhandled',
    payload: answer.payload,
    ...about,
  };
}

type Throttled = Pick<Extract<Outcome, { kind: 'throttled' }>, 'kind' | 'reason'>;

function throttled(dependencies: InvokeDependencies, target: Target, refusal: Throttled): Outcome {
  dependencies.invocationMetrics.throttle(target);
  const { reason } = refusal;
  // Where nothing is reserved, no waiting helps; elsewhere a lease may end at any moment, and rates are a second's.
  const isShut = target.reservedConcurrency === 0;
  return { kind: 'throttled', reason, ...(isShut ? {} : { retryAfterSeconds: 1 }) };
}
