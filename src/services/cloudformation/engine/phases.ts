/** The phases of operations on stacks: each goes on from wherever it was left. */
import { AwsError } from '#aws/errors.ts';
import { present } from '#kernel/assert.ts';
import type { Before, Existing, Leftover, Policies, Resource } from '../model.ts';
import { ownOf } from '../own.ts';
import {
  addEvent,
  addLeftover,
  forgetLeftover,
  listLeftovers,
  saveResource,
  type StoredLeftover,
} from '../store-stacks.ts';
import { changeResource, deleteExisting, findBegun, updateExisting } from './change-resource.ts';
import { dropResource, putResource, resourceEvent, type Deployment } from './deployment.ts';
import { isSame } from './resolve-properties.ts';
import { fail, ResourceFailed, tellFailed } from './failures.ts';
import { runGraph } from './run-graph.ts';
import { keptByPolicy } from './stack-policy.ts';

const CLEANUP_PASSES = 3;

/** What became of a phase; `reason` where it failed. */
export interface PhaseResult {
  readonly reason?: string;
}

/** Brings every resource of the template to its goal. */
export async function moveForward(deployment: Deployment): Promise<PhaseResult> {
  const { template, scope, needsOf, signal, resources } = deployment;
  const ids = Object.keys(template.resources).filter((id) =>
    scope.includes(present(template.resources[id], 'it is a key')),
  );
  const work = (id: string) => changeResource(deployment, id);
  const kept = await keptByPolicy(deployment, new Set(ids));
  if (kept.length > 0) return { reason: failedTo('delete', kept) };
  const { failed } = await runGraph({ ids, needsOf, work, signal });
  if (failed.size === 0) return {};
  rethrowBugs(failed.values());
  const isAdded = (id: string): boolean => resources.get(id)?.isAdded === true;
  const all = [...failed.keys()];
  const reasons = [
    failedTo('create', all.filter(isAdded)),
    failedTo(
      'update',
      all.filter((id) => !isAdded(id)),
    ),
  ];
  return { reason: reasons.join('') };
}

function failedTo(verb: string, ids: readonly string[]): string {
  if (ids.length === 0) return '';
  return `The following resource(s) failed to ${verb}: [${ids.join(', ')}]. `;
}

/** What is no failure of a resource is ours. */
function rethrowBugs(errors: Iterable<unknown>): void {
  for (const error of errors) if (!(error instanceof ResourceFailed)) throw error;
}

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

/** A policy keeps what it is about; `RetainExceptOnCreate` not where its own creation failed. */
function isKept({ operation }: Deployment, { deletion }: Policies): boolean {
  if (deletion === 'RetainExceptOnCreate') return operation.kind !== 'create';
  return deletion === 'Retain' || deletion === 'Snapshot';
}

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
function stableOf(row: Resource): Pick<Resource, 'stable' | 'isAddedSinceStable'> {
  if (row.isAdded || row.isAddedSinceStable === true) return { isAddedSinceStable: true };
  const stable = row.stable ?? row.before;
  return stable === undefined ? {} : { stable };
}

interface Made {
  readonly type: string;
  readonly current?: Existing | undefined;
}

/** True where what there is of a resource is not what there was. */
function isElse({ type, current }: Made, before: Existing): boolean {
  return current === undefined || !isSame(type, current, before);
}

/** What a resource was before it was replaced, where it was; more than one where updates failed on the way. */
function replacedBy(row: Resource): Leftover[] {
  return [row.before, row.stable]
    .filter((one) => one !== undefined)
    .filter((one) => isElse(row, one))
    .filter((one, index, all) => index === 0 || !isSame(row.type, one, present(all[0], 'a first')))
    .map((one) => leftoverOf(row, one, one.updateReplace));
}

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

interface Settling {
  readonly isTold?: boolean;
  readonly kept?: Pick<Resource, 'stable' | 'isAddedSinceStable'>;
}

/** Forgets what was before; what stood in its place, or it in that of another, waits for its deletion. */
async function putSettled(
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

/** What stands for a resource that was never made: nothing has an empty id. */
const NOTHING: Existing = { physicalId: '', properties: {}, attributes: {} };

function leftoverOf(
  { logicalId, type }: Resource,
  { physicalId, properties, attributes }: Existing,
  policy: string,
): Leftover {
  return { logicalId, type, physicalId, properties, attributes, policy };
}
