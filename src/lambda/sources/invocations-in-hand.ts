/**
 * The invocations that a poller waits for. Those of durable functions wait for executions, which have times of their
 * own: a clock that is moved goes on to these, and does not stop for the batch.
 */
import type { Queries } from '#ports/world/database.ts';

import { isExecutionUnderWay } from '../durable/index.ts';
import type { FunctionAddress } from '../model/address.ts';

export class InvocationsInHand {
  /** By their requests' ids. */
  readonly #targets = new Map<string, FunctionAddress>();

  /** Counts an invocation in until it has ended. */
  async during<T>(
    { target, requestId }: { readonly target: FunctionAddress; readonly requestId: string },
    invoke: () => Promise<T>,
  ): Promise<T> {
    this.#targets.set(requestId, target);
    try {
      return await invoke();
    } finally {
      this.#targets.delete(requestId);
    }
  }

  /** How many of them wait for executions that are under way. */
  async countWaiting(queries: Queries): Promise<number> {
    let count = 0;
    for (const [requestId, target] of this.#targets) {
      if (await isExecutionUnderWay(queries, target, requestId)) count += 1;
    }
    return count;
  }
}
