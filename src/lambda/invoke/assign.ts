import { revisionKey } from '#lambda/worker/index.ts';
import type { EnvironmentPool, HeldEnvironment } from '#lambda/worker/index.ts';
import type { ThrottleReason } from '#ports/peers/invoker.ts';
import type { Admission } from './admission.ts';
import type { Target } from './resolve.ts';
import type { WaitingLine } from './waiting-line.ts';

export interface AssignDependencies {
  readonly pool: EnvironmentPool;
  readonly line: WaitingLine;
  readonly admission: Admission;
}

export type Assigned =
  | { readonly kind: 'assigned'; readonly held: HeldEnvironment }
  | { readonly kind: 'throttled'; readonly reason: ThrottleReason };

/** An idle environment for one invocation, where there is one. */
export function assignIdle(
  { pool }: AssignDependencies,
  { version }: Target,
): Assigned | undefined {
  const held = pool.take(version);
  return held && { kind: 'assigned', held };
}

/**
 * An environment for one invocation: an idle one, or a new one, at once or when the machine has room.
 * Throttled where the function grows faster than it may, or the machine stays full.
 */
export async function assign(
  dependencies: AssignDependencies,
  { version, runtime }: Target,
  signal: AbortSignal,
): Promise<Assigned> {
  const { pool, line, admission } = dependencies;
  const { functionArn } = version;
  const idle = pool.take(version) ?? (await pool.takeSoon(revisionKey(version)));
  if (idle !== undefined) return { kind: 'assigned', held: idle };
  const reason = 'ConcurrentInvocationLimitExceeded';
  if (!admission.mayGrow(functionArn)) return { kind: 'throttled', reason };
  const started = line.count === 0 ? pool.start(version, runtime) : undefined;
  const held = started ?? (await line.wait(version, runtime, signal));
  // Who waited in vain, or for an environment that was there already, did not grow.
  if (held === undefined || held.isStanding) admission.didNotGrow(functionArn);
  return held === undefined ? { kind: 'throttled', reason } : { kind: 'assigned', held };
}
