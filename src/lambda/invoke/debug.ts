/**
 * An invocation under a debugger: an environment of its own, which waits for the debugger before the function's
 * code is loaded. Its timeouts stand still while the debugger has it stopped, and run on otherwise; the init phase
 * has the time that a person takes to bring a debugger.
 */
import type { Duplex } from 'node:stream';
import { MINUTE_MS } from '#kernel/units.ts';
import type { FunctionVersion } from '#lambda/model/function-version.ts';
import type { HeldEnvironment } from '#lambda/worker/index.ts';
import type { Invocation } from '#ports/peers/invoker.ts';
import type { Clock } from '#ports/world/clock.ts';
import type { DebugDoor } from '#ports/world/debug-door.ts';
import { readDebugpy } from './debugpy-pauses.ts';
import { notDebuggable, portTaken } from './errors.ts';
import { readInspector } from './inspector-pauses.ts';
import { followPauses } from './pauses.ts';
import type { Target } from './resolve.ts';

/** Where the debugger's other side listens in the sandbox. */
const PORT_INSIDE = 9229;
/** In which a debugger has to come. */
const ARRIVAL_MS = 5 * MINUTE_MS;
const CONNECT_PAUSE_MS = 20;

export interface DebugDependencies {
  readonly clock: Clock;
  /** Absent where nobody may debug. */
  readonly debugDoor?: DebugDoor;
}

/**
 * The target as it is run under a debugger, where the invocation asks for one.
 * @throws AwsError InvalidParameterValueException for a runtime whose debugger is not known
 */
export function debugTarget(target: Target, { debugPort }: Invocation): Target {
  if (debugPort === undefined) return target;
  const { provisioned: _onlyAsItWas, version, ...rest } = target;
  return { ...rest, version: debugVersion(version) };
}

function debugVersion(version: FunctionVersion): FunctionVersion {
  const { environmentVariables, revisionId, runtime } = version;
  return {
    ...version,
    environmentVariables: { ...environmentVariables, ...debugVariables(version, runtime) },
    // No environment serves both, nor is one that was used before taken.
    revisionId: `${revisionId} debug`,
    initTimeoutMs: ARRIVAL_MS,
  };
}

function debugVariables(version: FunctionVersion, runtime: string): Record<string, string> {
  const address = `127.0.0.1:${PORT_INSIDE}`;
  if (runtime.startsWith('python')) return { HEARTH_DEBUG_ADDRESS: address };
  if (!runtime.startsWith('nodejs')) throw notDebuggable(runtime);
  const before = version.environmentVariables['NODE_OPTIONS'] ?? '';
  return { NODE_OPTIONS: `${before} --inspect-wait=${address}`.trim() };
}

/**
 * Opens the door to what an environment runs, until it is disposed of; the environment ends with it.
 * @throws AwsError InvalidParameterValueException where the port is taken or there is no door
 */
export async function openDoor(
  { clock, debugDoor }: DebugDependencies,
  held: HeldEnvironment,
  debugPort: number,
): Promise<AsyncDisposable> {
  held.environment.isRetired = true;
  if (debugDoor === undefined) throw portTaken(debugPort);
  const { environment } = held;
  const connect = (): Promise<Duplex> => connectWithin(clock, held);
  const isPython = environment.version.runtime.startsWith('python');
  const read = isPython ? readDebugpy : readInspector;
  const tap = followPauses(read, (isPaused) => environment.hold(isPaused));
  return debugDoor.open(debugPort, connect, tap).catch(() => {
    throw portTaken(debugPort);
  });
}

/** A debugger may come before the process listens. */
async function connectWithin(clock: Clock, held: HeldEnvironment): Promise<Duplex> {
  const endMs = clock.monotonicMs() + ARRIVAL_MS;
  for (;;) {
    try {
      return await held.environment.connect(PORT_INSIDE);
    } catch (error) {
      const isOver = held.isEnding || clock.monotonicMs() > endMs;
      if (isOver) throw error;
      await clock.sleep(CONNECT_PAUSE_MS);
    }
  }
}
