/** What a function has not been told yet of its operations: with each checkpoint, as much as an answer carries. */
import type { Operation } from '#aws/models/lambda.types.gen.ts';
import type { Queries } from '#ports/world/database.ts';

import type { Draft } from './draft.ts';
import { PAGE_BYTES_MAX } from './limits.ts';
import type { StoredOperation } from './model.ts';
import { findOperation, operationsChanged } from './store-operations.ts';

interface News {
  /** In the order in which they began. */
  readonly operations: readonly Operation[];
  /** The last change that is told, where there are more than an answer carries. */
  readonly cutAfter?: number;
}

/**
 * What changed after a change: what the function itself has just changed, whatever its size, which it may need at
 * once, and of the rest what has waited longest.
 */
export async function newsOf(
  queries: Queries,
  executionId: string,
  after: number,
  ownIds: ReadonlySet<string>,
): Promise<News> {
  const shown = new Map<string, StoredOperation>();
  for (const id of ownIds) {
    const stored = await findOperation(queries, executionId, id);
    if (stored !== undefined && stored.changed > after) shown.set(id, stored);
  }
  let bytes = 0;
  let last: number | undefined;
  for await (const stored of operationsChanged(queries, executionId, after)) {
    const { operation, changed } = stored;
    if (!ownIds.has(operation.Id)) bytes += Buffer.byteLength(JSON.stringify(operation));
    if (bytes > PAGE_BYTES_MAX && last !== undefined) {
      return { operations: told(shown), cutAfter: last };
    }
    shown.set(operation.Id, stored);
    last = changed;
  }
  return { operations: told(shown) };
}

function told(shown: ReadonlyMap<string, StoredOperation>): readonly Operation[] {
  return [...shown.values()]
    .toSorted((left, right) => left.order - right.order)
    .map(({ operation }) => operation);
}

/** Tells the function what has changed; what an answer does not carry is told the next time, and its own again. */
export async function tellNews(
  draft: Draft,
  ownIds: ReadonlySet<string>,
): Promise<readonly Operation[]> {
  const { id, details } = draft.execution;
  const { seenChanges, changes } = details;
  const { operations, cutAfter } = await newsOf(draft.tx, id, seenChanges, ownIds);
  draft.note({ seenChanges: cutAfter ?? changes });
  return operations;
}
