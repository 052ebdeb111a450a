import { present } from '#kernel/assert.ts';
import type { Existing } from '../model.ts';
import { deleteExisting } from './resource-work.ts';
import { putResource, type Deployment } from './deployment.ts';
import { fail, failedTo, rethrowBugs, type PhaseResult } from './failures.ts';
import { findBegun } from './interrupted.ts';
import { cleanUp, isKept } from './leftovers.ts';
import { runGraph } from './run-graph.ts';

/** Deletes every resource of the stack, those that others need last. */
export async function deleteAll(
  deployment: Deployment,
  retain: readonly string[] = [],
): Promise<PhaseResult> {
  const { resources, signal } = deployment;
  const users = new Map<string, string[]>();
  for (const { logicalId, dependsOn } of resources.values()) {
    for (const need of dependsOn) users.set(need, [...(users.get(need) ?? []), logicalId]);
  }
  const { failed } = await runGraph({
    ids: [...resources.keys()],
    needsOf: (id) => users.get(id) ?? [],
    work: (id) => deleteOne(deployment, id, retain.includes(id)),
    signal,
  });
  if (failed.size === 0) return await cleanUp(deployment);
  rethrowBugs(failed.values());
  return { reason: failedTo('delete', [...failed.keys()]) };
}

async function deleteOne(deployment: Deployment, id: string, isRetained: boolean): Promise<void> {
  const row = present(deployment.resources.get(id), 'it is a key');
  if (row.status === 'DELETE_COMPLETE' || row.status === 'DELETE_SKIPPED') return;
  const { statusReason: _, ...bare } = row;
  if (isRetained) {
    await putResource(deployment, { ...row, status: 'DELETE_SKIPPED' });
    return;
  }
  let current: Existing | undefined;
  try {
    current = row.current ?? (await findBegun(deployment, row));
  } catch (error) {
    deployment.signal.throwIfAborted();
    return await fail(deployment, bare, 'DELETE_FAILED', error);
  }
  if (current === undefined) {
    // It was never made, and AWS tells of its end alone.
    await putResource(deployment, { ...bare, status: 'DELETE_COMPLETE' });
    return;
  }
  if (isKept(deployment, row)) {
    await putResource(deployment, { ...row, status: 'DELETE_SKIPPED' });
    return;
  }
  const begun = { ...bare, current, status: 'DELETE_IN_PROGRESS' };
  await putResource(deployment, begun);
  try {
    await deleteExisting(deployment, row, current);
  } catch (error) {
    deployment.signal.throwIfAborted();
    await fail(deployment, begun, 'DELETE_FAILED', error);
  }
  await putResource(deployment, { ...begun, status: 'DELETE_COMPLETE' });
}
