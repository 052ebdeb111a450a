/** What resources were, or became for a while, and waits for its deletion. */
import { AwsError } from '#aws/errors.ts';
import { present } from '#kernel/assert.ts';
import type { Existing, Leftover, Policies, Resource } from '../model.ts';
import { addEvent, forgetLeftover, listLeftovers, type StoredLeftover } from '../store-stacks.ts';
import { resourceEvent, type Deployment } from './deployment.ts';
import { failedTo, type PhaseResult } from './failures.ts';
import { isSame } from './resolve-properties.ts';
import { deleteExisting } from './resource-work.ts';

const CLEANUP_PASSES = 3;

/** Deletes what was replaced or taken out. What cannot be deleted stays behind, and fails nothing. */
export async function cleanUp(deployment: Deployment): Promise<PhaseResult> {
  const { database } = deployment.dependencies;
  const failed = new Set<string>();
  for (let pass = 1; pass <= CLEANUP_PASSES; pass++) {
    const leftovers = await database.read((queries) => listLeftovers(queries, deployment.stack.id));
    failed.clear();
    // In no order: what others still need goes in a later pass.
    for (const leftover of leftovers) {
      if (!(await cleanUpOne(deployment, leftover, pass))) failed.add(leftover.logicalId);
    }
    if (failed.size === 0) return {};
  }
  return { reason: failedTo('delete', [...failed]) };
}

async function cleanUpOne(
  deployment: Deployment,
  leftover: StoredLeftover,
  pass: number,
): Promise<boolean> {
  const { dependencies, stack, signal } = deployment;
  const isMade = leftover.physicalId !== NOTHING.physicalId;
  const row = deployment.resources.get(leftover.logicalId);
  if (isMade && row?.type === leftover.type && !isElse(row, leftover)) {
    // It stands for the resource again.
    await dependencies.database.transact((tx) => forgetLeftover(tx, stack.id, leftover));
    return true;
  }
  const tell = (status: string, statusReason?: string, isDone = true) =>
    dependencies.database.transact(async (tx) => {
      const reason = statusReason === undefined ? {} : { statusReason };
      const told = { ...leftover, status, ...reason, current: leftover };
      await addEvent(tx, stack.id, resourceEvent(deployment, told));
      if (isDone) await forgetLeftover(tx, stack.id, leftover);
    });
  if (isMade && isKept(deployment, { deletion: leftover.policy, updateReplace: '' })) {
    await tell('DELETE_SKIPPED');
    return true;
  }
  if (isMade && pass === 1) await tell('DELETE_IN_PROGRESS', undefined, false);
  try {
    if (isMade) await deleteExisting(deployment, leftover, leftover);
  } catch (error) {
    signal.throwIfAborted();
    if (pass === CLEANUP_PASSES)
      await tell('DELETE_FAILED', error instanceof AwsError ? error.message : 'Internal Failure');
    return false;
  }
  await tell('DELETE_COMPLETE');
  return true;
}

/** A policy keeps what it is about; `RetainExceptOnCreate` not where its own creation failed. */
export function isKept({ operation }: Deployment, { deletion }: Policies): boolean {
  if (deletion === 'RetainExceptOnCreate') return operation.kind !== 'create';
  return deletion === 'Retain' || deletion === 'Snapshot';
}

interface Made {
  readonly type: string;
  readonly current?: Existing | undefined;
}

/** True where what there is of a resource is not what there was. */
export function isElse({ type, current }: Made, before: Existing): boolean {
  return current === undefined || !isSame(type, current, before);
}

/** What a resource was before it was replaced, where it was; more than one where updates failed on the way. */
export function replacedBy(row: Resource): Leftover[] {
  return [row.before, row.stable]
    .filter((one) => one !== undefined)
    .filter((one) => isElse(row, one))
    .filter((one, index, all) => index === 0 || !isSame(row.type, one, present(all[0], 'a first')))
    .map((one) => leftoverOf(row, one, one.updateReplace));
}

/** What stands for a resource that was never made: nothing has an empty id. */
export const NOTHING: Existing = { physicalId: '', properties: {}, attributes: {} };

/** A resource's, with what becomes of it. */
export function leftoverOf(
  { logicalId, type }: Resource,
  { physicalId, properties, attributes }: Existing,
  policy: string,
): Leftover {
  return { logicalId, type, physicalId, properties, attributes, policy };
}
