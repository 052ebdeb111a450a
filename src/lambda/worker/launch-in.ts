import type { Sandbox, SandboxDriver, SandboxSpec } from '#ports/world/sandbox.ts';
import { SandboxUnavailable } from '#ports/world/sandbox.ts';

export interface LaunchedIn {
  readonly sandbox: Sandbox;
  /** What was mounted in `previous` is there. */
  readonly hasCode: boolean;
}

/**
 * A sandbox: what `previous` left, with new processes, where that can be; else another, once nothing of it is left.
 * @throws SandboxUnavailable where the machine refuses
 */
export async function launchIn(
  driver: SandboxDriver,
  previous: Sandbox | undefined,
  spec: SandboxSpec,
): Promise<LaunchedIn> {
  if (previous?.canRestart === true && previous.restart !== undefined) {
    try {
      return { sandbox: await previous.restart(spec), hasCode: true };
    } catch (error) {
      if (!(error instanceof SandboxUnavailable)) throw error;
    }
  }
  await previous?.[Symbol.asyncDispose]();
  return { sandbox: await driver.launch(spec), hasCode: false };
}
