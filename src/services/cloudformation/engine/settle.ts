/** What operations have reached becomes what there is. */
import type { Leftover, Resource } from '../model.ts';
import { ownOf } from '../own.ts';
import { addEvent, addLeftover, saveResource } from '../store-stacks.ts';
import { dropResource, resourceEvent, type Deployment } from './deployment.ts';
import { leftoverOf, replacedBy } from './leftovers.ts';
import { isSame } from './resolve-properties.ts';

/** Makes final what an update has done: what is not needed any more waits for its deletion. */
export async function settle(deployment: Deployment): Promise<void> {
  const { template, scope, resources } = deployment;
  for (const row of resources.values()) {
    const definition = ownOf(template.resources, row.logicalId);
    if (definition === undefined || !scope.includes(definition)) {
      const { current } = row;
      const last = current === undefined ? [] : [leftoverOf(row, current, row.deletion)];
      await dropResource(deployment, row, [...last, ...replacedBy(row)]);
    } else {
      await putSettled(deployment, row, replacedBy(row));
    }
  }
}

/**
 * What an earlier update reached that failed with its rollback disabled is what there is from here on: its resources
 * are neither made anew nor, once they are to be deleted, forgotten over those that they replaced. As long as there is
 * something to go back to, what a resource was there stays in its row.
 */
export async function settleReached(deployment: Deployment): Promise<void> {
  const { operation, resources } = deployment;
  for (const row of resources.values()) {
    const isReached = row.doneBy !== undefined && row.doneBy !== operation.id;
    const isEnding = operation.kind === 'delete' || operation.kind === 'create';
    const isHalfMade = isEnding && (row.before ?? row.stable) !== undefined;
    if (!isReached && !isHalfMade) continue;
    if (isEnding || operation.before === undefined) {
      await putSettled(deployment, row, replacedBy(row));
    } else {
      const { stable } = stableOf(row);
      const between = replacedBy(row).filter(
        (one) => stable === undefined || !isSame(row.type, one, stable),
      );
      await putSettled(deployment, row, between, { kept: stableOf(row) });
    }
  }
}

/** What a resource was in the state to which a rollback goes. */
export function stableOf(row: Resource): Pick<Resource, 'stable' | 'isAddedSinceStable'> {
  if (row.isAdded || row.isAddedSinceStable === true) return { isAddedSinceStable: true };
  const stable = row.stable ?? row.before;
  return stable === undefined ? {} : { stable };
}

interface Settling {
  readonly isTold?: boolean;
  readonly kept?: Pick<Resource, 'stable' | 'isAddedSinceStable'>;
}

/** Forgets what was before; what stood in its place, or it in that of another, waits for its deletion. */
export async function putSettled(
  deployment: Deployment,
  row: Resource,
  leftovers: readonly Leftover[],
  { kept, isTold = false }: Settling = {},
): Promise<void> {
  const { dependencies, stack, resources } = deployment;
  const { before: _, doneBy: __, attempted: ___, begunBy: ____, ...others } = row;
  const { stable: _____, isAddedSinceStable: ______, ...rest } = others;
  const settled: Resource = { ...rest, ...kept, isAdded: false };
  await dependencies.database.transact(async (tx) => {
    for (const leftover of leftovers) await addLeftover(tx, stack.id, leftover);
    await saveResource(tx, stack.id, settled);
    if (isTold) await addEvent(tx, stack.id, resourceEvent(deployment, settled));
  });
  resources.set(row.logicalId, settled);
}
