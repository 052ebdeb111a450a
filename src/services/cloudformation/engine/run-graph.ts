/** Works on what depends on one another, side by side where it does not. */
import { PARALLEL_RESOURCES } from '../limits.ts';

export interface GraphOptions {
  readonly ids: readonly string[];
  /** What has to be done before; ids that are not among those above are done. */
  needsOf(id: string): readonly string[];
  work(id: string): Promise<void>;
  readonly signal: AbortSignal;
}

export interface GraphResult {
  /** What was worked on and failed, with what it threw. */
  readonly failed: ReadonlyMap<string, unknown>;
  /** What was never begun. */
  readonly skipped: readonly string[];
}

/**
 * Begins each as soon as what it needs is done. After a failure nothing more is begun, but what was begun ends.
 * Rejects with the signal's reason once that has aborted and nothing runs any more.
 */
export async function runGraph({ ids, needsOf, work, signal }: GraphOptions): Promise<GraphResult> {
  const waiting = new Set(ids);
  const done = new Set<string>();
  const failed = new Map<string, unknown>();
  const running = new Map<string, Promise<void>>();
  const isReady = (id: string): boolean =>
    needsOf(id).every(
      (need) => done.has(need) || !(waiting.has(need) || running.has(need) || failed.has(need)),
    );
  const begin = async (id: string): Promise<void> => {
    try {
      await work(id);
      done.add(id);
    } catch (error) {
      failed.set(id, error);
    } finally {
      running.delete(id);
    }
  };
  for (;;) {
    const mayBegin = failed.size === 0 && !signal.aborted;
    const ready = mayBegin ? [...waiting].filter(isReady) : [];
    for (const id of ready.slice(0, PARALLEL_RESOURCES - running.size)) {
      waiting.delete(id);
      running.set(id, begin(id));
    }
    if (running.size === 0) break;
    await Promise.race(running.values());
  }
  signal.throwIfAborted();
  return { failed, skipped: [...waiting] };
}
