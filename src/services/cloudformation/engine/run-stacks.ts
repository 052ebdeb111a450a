/**
 * Works on all stacks that have something to be done, side by side.
 * I1 At most one operation runs on a stack. I2 Another one that is stored meanwhile ends the one that runs.
 */
import { SECOND_MS } from '#kernel/units.ts';
import { StoreFailed } from '#ports/world/database.ts';
import { runDueLoop } from '#ports/world/due-loop.ts';
import type { CloudformationDependencies, EngineDependencies } from '../dependencies.ts';
import { stackOfId, STACKS_TOPIC, workingStacks } from '../store-stacks.ts';
import { HeldNames } from './held-names.ts';

const INTERVAL_MS = 30 * SECOND_MS;

interface Running {
  readonly operationId: string;
  readonly stop: AbortController;
  readonly ended: Promise<void>;
}

/** Runs until the signal aborts; what is half done then goes on with the next server. */
export async function runStacks(
  dependencies: CloudformationDependencies,
  signal: AbortSignal,
): Promise<void> {
  const { clock, wakeups, database } = dependencies;
  const engine = { ...dependencies, names: new HeldNames() };
  const running = new Map<string, Running>();
  const failed = Promise.withResolvers<never>();
  const begin = (stackId: string, operationId: string): void => {
    const stop = new AbortController();
    const either = AbortSignal.any([signal, stop.signal]);
    const ended = runOne(engine, stackId, either)
      .catch(failed.reject)
      .finally(() => {
        running.delete(stackId);
        // Its successor may wait for its end.
        wakeups.notify(STACKS_TOPIC);
      });
    running.set(stackId, { operationId, stop, ended });
  };
  const loop = runDueLoop({
    clock,
    wakeups,
    topic: STACKS_TOPIC,
    intervalMs: INTERVAL_MS,
    signal,
    work: async () => {
      for (const stackId of await database.read(workingStacks)) {
        const stack = await database.read((queries) => stackOfId(queries, stackId));
        const operationId = stack?.operation?.id;
        const known = running.get(stackId);
        if (operationId === undefined || known?.operationId === operationId) continue;
        if (known === undefined) begin(stackId, operationId);
        else known.stop.abort();
      }
      return undefined;
    },
  });
  try {
    await Promise.race([loop, failed.promise]);
  } finally {
    for (const { stop } of running.values()) stop.abort();
    await Promise.all([...running.values()].map(({ ended }) => ended));
  }
}

/** A bug is logged, and the operation is tried again at the next look. @throws StoreFailed */
async function runOne(
  dependencies: EngineDependencies,
  stackId: string,
  signal: AbortSignal,
): Promise<void> {
  try {
    const { runOperation } = await import('./run-operation.ts');
    await runOperation(dependencies, stackId, signal);
  } catch (error) {
    if (signal.aborted) return;
    if (error instanceof StoreFailed) throw error;
    const stack = error instanceof Error ? (error.stack ?? error.message) : String(error);
    dependencies.log.error('the work on a stack stopped because of a bug', { stackId, stack });
    await dependencies.clock.sleep(SECOND_MS, signal).catch(() => undefined);
  }
}
