/** How long the creation of a stack may take, where whoever asked for it has said so. */
import type { Deployment } from './deployment.ts';
import { tellCancelled, type PhaseResult } from './failures.ts';

/** What is under way when the time is over is left where it is: the way back looks for what it has made. */
export async function withinTime(
  deployment: Deployment,
  work: (deployment: Deployment) => Promise<PhaseResult>,
): Promise<PhaseResult> {
  const { operation, dependencies, signal } = deployment;
  if (operation.untilSteadyMs === undefined) return await work(deployment);
  const { clock } = dependencies;
  const over = new AbortController();
  const leftMs = Math.max(0, operation.untilSteadyMs - clock.steadyMs());
  using _timer = clock.setTimer(leftMs, () => over.abort());
  try {
    return await work({ ...deployment, signal: AbortSignal.any([signal, over.signal]) });
  } catch (error) {
    signal.throwIfAborted();
    if (error !== over.signal.reason) throw error;
    await tellCancelled(deployment);
    return { reason: 'Stack creation time exceeded the specified timeout. ' };
  }
}
