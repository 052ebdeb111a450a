import type { Sandbox, SandboxDriver, SandboxSpec } from '#ports/world/sandbox.ts';
import { SandboxUnavailable } from '#ports/world/sandbox.ts';

/** What was begun before in the same place, and is over. */
export interface Previous {
  readonly sandbox: Sandbox | undefined;
  /** All that its function needs was mounted. */
  readonly hasCode: boolean;
}

export interface LaunchedIn {
  readonly sandbox: Sandbox;
  /** What was mounted in `previous` is there. */
  readonly hasCode: boolean;
}

/**
 * A sandbox: what `previous` left, with new processes, where that can be and nothing is missing in it; else another,
 * once nothing of it is left.
 * @throws SandboxUnavailable where the machine refuses
 */
export async function launchIn(
  driver: SandboxDriver,
  previous: Previous | undefined,
  spec: SandboxSpec,
): Promise<LaunchedIn> {
  const left = previous?.sandbox;
  if (previous?.hasCode === true && left?.canRestart === true && left.restart !== undefined) {
    try {
      return { sandbox: await left.restart(spec), hasCode: true };
    } catch (error) {
      if (!(error instanceof SandboxUnavailable)) throw error;
    }
  }
  await left?.[Symbol.asyncDispose]();
  return { sandbox: await driver.launch(spec), hasCode: false };
}
