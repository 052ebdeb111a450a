import { AwsError } from '#aws/errors.ts';
import type { Before, Existing, Leftover, Resource } from '../model.ts';
import { dropResource, putResource, type Deployment } from './deployment.ts';
import { fail, failedTo, rethrowBugs, tellFailed, type PhaseResult } from './failures.ts';
import { findBegun } from './interrupted.ts';
import { isElse, leftoverOf, NOTHING } from './leftovers.ts';
import { isSame } from './resolve-properties.ts';
import { updateExisting } from './resource-work.ts';
import { putSettled, stableOf } from './settle.ts';

/** Goes back to what was before an update, or before the first of those that failed one after the other. */
export async function moveBack(deployment: Deployment): Promise<PhaseResult> {
  const failed: string[] = [];
  for (const row of [...deployment.resources.values()].reverse()) {
    let begun: Existing | undefined;
    try {
      begun = await findBegun(deployment, row);
    } catch (error) {
      deployment.signal.throwIfAborted();
      if (!(error instanceof AwsError)) throw error;
      // It is looked for again when the way back goes on.
      await tellFailed(deployment, row, 'UPDATE_FAILED', error);
      failed.push(row.logicalId);
      continue;
    }
    if (!(await moveOneBack(deployment, row, begun))) failed.push(row.logicalId);
  }
  if (failed.length === 0) return {};
  return { reason: failedTo('update', failed) };
}

async function moveOneBack(
  deployment: Deployment,
  row: Resource,
  begun: Existing | undefined,
): Promise<boolean> {
  const { stable, isAddedSinceStable } = stableOf(row);
  const current = begun ?? row.current;
  // What an update had made before the last one replaced it.
  const between = row.before && isElse({ ...row, current }, row.before) ? row.before : undefined;
  if (isAddedSinceStable === true) {
    const policy = deletionOfAdded(row);
    const made = [current ?? NOTHING, ...(between === undefined ? [] : [between])];
    const leftovers = made.map((one) => leftoverOf(row, one, policy));
    await dropResource(deployment, row, leftovers);
    return true;
  }
  if (stable === undefined) return true;
  const made = [current, between]
    .filter((one) => one !== undefined)
    .filter((one) => !isSame(row.type, one, stable))
    .map((one) => leftoverOf(row, one, 'Delete'));
  if (begun === undefined && !isElse(row, stable)) {
    return await revertOne(deployment, row, stable, made);
  }
  await putReverted(deployment, row, { before: stable, made, isTold: true });
  return true;
}

function deletionOfAdded({ deletion }: Resource): string {
  return deletion === 'RetainExceptOnCreate' ? 'Delete' : deletion;
}

async function revertOne(
  deployment: Deployment,
  row: Resource,
  before: Before,
  made: readonly Leftover[],
): Promise<boolean> {
  if (isUntouched(row, before)) {
    // One that failed before anything was done is told to be what it was.
    await putReverted(deployment, row, { before, made, isTold: row.status === 'UPDATE_FAILED' });
    return true;
  }
  const { statusReason: _, ...begun } = { ...row, status: 'UPDATE_IN_PROGRESS' };
  await putResource(deployment, begun);
  try {
    const { current = before, attempted = current.properties } = row;
    // What the update wanted may hold, whether it came to its end or not.
    const now = { ...current, properties: attempted };
    const reverted = await updateExisting(deployment, begun, { ...before.properties }, now);
    await putReverted(deployment, begun, {
      before: { ...before, ...reverted },
      made,
      isTold: true,
    });
    return true;
  } catch (error) {
    deployment.signal.throwIfAborted();
    await fail(deployment, begun, 'UPDATE_FAILED', error).catch((failure: unknown) =>
      rethrowBugs([failure]),
    );
    return false;
  }
}

/** True where the update never came to it, or had nothing to do. */
function isUntouched({ attempted, current }: Resource, before: Existing): boolean {
  const isSame = JSON.stringify(current?.properties) === JSON.stringify(before.properties);
  return isSame && attempted === undefined;
}

interface Reverted {
  readonly before: Before;
  /** What updates had made in its place. */
  readonly made: readonly Leftover[];
  readonly isTold: boolean;
}

async function putReverted(
  deployment: Deployment,
  row: Resource,
  { before, made, isTold }: Reverted,
): Promise<void> {
  const { physicalId, properties, attributes, ...definition } = before;
  const { statusReason: _, metadata: __, ...rest } = row;
  const status = row.status.startsWith('UPDATE_') ? 'UPDATE_COMPLETE' : row.status;
  const current = { physicalId, properties, attributes };
  const reverted: Resource = { ...rest, ...definition, current, status };
  await putSettled(deployment, reverted, made, { isTold });
}
