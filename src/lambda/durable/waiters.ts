/**
 * Callers who wait for an execution to end. They are hints to nobody: an execution goes on without them, and those
 * that a crash took are told nothing.
 */
import type { InvocationReport } from '#ports/peers/invocation-report.ts';
import type { Outcome } from '#ports/peers/invoker.ts';

import type { Execution } from './model.ts';

export type End =
  | {
      readonly kind: 'over';
      readonly execution: Execution;
      /** Of the last invocation here, where there was one. */
      readonly report?: Promise<InvocationReport>;
    }
  /** The first invocation was refused: there is no execution. */
  | { readonly kind: 'throttled'; readonly outcome: Outcome & { readonly kind: 'throttled' } }
  | { readonly kind: 'refused'; readonly error: unknown };

export interface Waiters {
  /** Resolves once an execution has ended; rejects with the signal's reason. */
  waitFor(executionId: string, signal: AbortSignal): Promise<End>;
  /** The report of an invocation, for who waits for its execution. */
  noteReport(executionId: string, report: Promise<InvocationReport>): void;
  settle(executionId: string, end: End): void;
}

interface Waited {
  readonly resolve: Set<(end: End) => void>;
  report?: Promise<InvocationReport>;
}

/** Nobody waits yet. */
export function createWaiters(): Waiters {
  const waited = new Map<string, Waited>();
  return {
    async waitFor(executionId, signal) {
      signal.throwIfAborted();
      const entry = waited.get(executionId) ?? { resolve: new Set() };
      waited.set(executionId, entry);
      const { promise, resolve, reject } = Promise.withResolvers<End>();
      const onAbort = (): void => reject(signal.reason);
      entry.resolve.add(resolve);
      signal.addEventListener('abort', onAbort);
      try {
        return await promise;
      } finally {
        signal.removeEventListener('abort', onAbort);
        entry.resolve.delete(resolve);
        if (entry.resolve.size === 0) waited.delete(executionId);
      }
    },
    noteReport(executionId, report) {
      const entry = waited.get(executionId);
      if (entry !== undefined) entry.report = report;
    },
    settle(executionId, end) {
      const entry = waited.get(executionId);
      if (entry === undefined) return;
      const { report } = entry;
      const whole = end.kind === 'over' && report !== undefined ? { ...end, report } : end;
      for (const resolve of entry.resolve) resolve(whole);
    },
  };
}
