/** The phases of operations on stacks: each goes on from wherever it was left. */
import { AwsError } from '#aws/errors.ts';
import { present } from '#kernel/assert.ts';
import type { Queries } from '#ports/world/database.ts';
import {
  nameOfStack,
  type Before,
  type Existing,
  type Leftover,
  type Policies,
  type Resource,
  type Stack,
  type StackOutput,
} from '../model.ts';
import { evaluate, textOf } from '../functions/evaluate.ts';
import { validation } from '../errors.ts';
import { ownOf } from '../own.ts';
import { importersOf, listExports, replaceExports, replaceImports } from '../store-links.ts';
import {
  addEvent,
  forgetLeftover,
  listLeftovers,
  saveLeftover,
  saveResource,
} from '../store-stacks.ts';
import {
  changeResource,
  deleteExisting,
  fail,
  findBegun,
  ResourceFailed,
  updateExisting,
} from './change-resource.ts';
import { dropResource, putResource, resourceEvent, type Deployment } from './deployment.ts';
import { isSame } from './resolve-properties.ts';
import { runGraph } from './run-graph.ts';

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
  const current = row.current ?? (await findBegun(deployment, row));
  if (isRetained || (current !== undefined && isKept(deployment, row))) {
    await putResource(deployment, { ...row, status: 'DELETE_SKIPPED' });
    return;
  }
  if (current === undefined) {
    // It was never made, and AWS tells of its end alone.
    await putResource(deployment, { ...bare, status: 'DELETE_COMPLETE' });
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
  leftover: Leftover,
  pass: number,
): Promise<boolean> {
  const { dependencies, stack, signal } = deployment;
  const isMade = leftover.physicalId !== NOTHING.physicalId;
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
      await dropResource(deployment, row, current && leftoverOf(row, current, row.deletion));
    } else {
      await putSettled(deployment, row, replacedBy(row), false);
    }
  }
}

/**
 * What an earlier update reached that failed with its rollback disabled is what there is from here on: its resources
 * are neither made anew nor, once they are to be deleted, forgotten over those that they replaced.
 */
export async function settleReached(deployment: Deployment): Promise<void> {
  const { operation, resources } = deployment;
  for (const row of resources.values()) {
    const isReached = row.doneBy !== undefined && row.doneBy !== operation.id;
    const isEnding = operation.kind === 'delete' || operation.kind === 'create';
    const isHalfMade = isEnding && row.before !== undefined;
    if (isReached || isHalfMade) await putSettled(deployment, row, replacedBy(row), false);
  }
}

/** True where what there is of a resource is not what there was. */
function isElse({ type, current }: Resource, before: Before): boolean {
  return current === undefined || !isSame(type, current, before);
}

/** What a resource was before it was replaced, where it was. */
function replacedBy(row: Resource): Leftover | undefined {
  const { before } = row;
  return before !== undefined && isElse(row, before)
    ? leftoverOf(row, before, before.updateReplace)
    : undefined;
}

/** Goes back to what was before an update. */
export async function moveBack(deployment: Deployment): Promise<PhaseResult> {
  const failed: string[] = [];
  for (const row of [...deployment.resources.values()].reverse()) {
    const { before } = row;
    const begun = await findBegun(deployment, row);
    const current = begun ?? row.current;
    if (row.isAdded) {
      const policy = deletionOfAdded(row);
      await dropResource(deployment, row, leftoverOf(row, current ?? NOTHING, policy));
    } else if (before !== undefined && (begun !== undefined || isElse(row, before))) {
      const made = current && leftoverOf(row, current, 'Delete');
      await putReverted(deployment, row, { before, made, isTold: true });
    } else if (before !== undefined) {
      if (!(await revertOne(deployment, row, before))) failed.push(row.logicalId);
    }
  }
  if (failed.length === 0) return {};
  return { reason: failedTo('update', failed) };
}

function deletionOfAdded({ deletion }: Resource): string {
  return deletion === 'RetainExceptOnCreate' ? 'Delete' : deletion;
}

async function revertOne(deployment: Deployment, row: Resource, before: Before): Promise<boolean> {
  if (isUntouched(row, before)) {
    // One that failed before anything was done is told to be what it was.
    await putReverted(deployment, row, { before, isTold: row.status === 'UPDATE_FAILED' });
    return true;
  }
  const { statusReason: _, ...begun } = { ...row, status: 'UPDATE_IN_PROGRESS' };
  await putResource(deployment, begun);
  try {
    const { current = before, attempted = current.properties } = row;
    // What the update wanted may hold, whether it came to its end or not.
    const now = { ...current, properties: attempted };
    const reverted = await updateExisting(deployment, begun, { ...before.properties }, now);
    await putReverted(deployment, begun, { before: { ...before, ...reverted }, isTold: true });
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
  /** What the update had made in its place. */
  readonly made?: Leftover | undefined;
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
  await putSettled(deployment, reverted, made, isTold);
}

/** Forgets what was before; what stood in its place, or it in that of another, waits for its deletion. */
async function putSettled(
  deployment: Deployment,
  row: Resource,
  leftover: Leftover | undefined,
  isTold: boolean,
): Promise<void> {
  const { dependencies, stack, resources } = deployment;
  const { before: _, doneBy: __, attempted: ___, begunBy: ____, ...rest } = row;
  const settled: Resource = { ...rest, isAdded: false };
  await dependencies.database.transact(async (tx) => {
    if (leftover !== undefined) await saveLeftover(tx, stack.id, leftover);
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

/**
 * The outputs of a stack whose resources are there; its exports are its own from here on.
 * @throws AwsError ValidationError where an export is somebody else's, or in use
 */
export async function outputsOf(deployment: Deployment): Promise<readonly StackOutput[]> {
  const { template, scope, dependencies, stack } = deployment;
  const outputs = Object.entries(template.outputs)
    .filter(([, output]) => scope.includes(output))
    .map(([key, { value, description, exportName }]): StackOutput => {
      const shown = evaluate(value, scope);
      const name = exportName === undefined ? undefined : textOf(evaluate(exportName, scope));
      return {
        key,
        value: textOf(shown),
        ...(description === undefined ? {} : { description }),
        ...(name === undefined ? {} : { exportName: name }),
      };
    });
  await dependencies.database.transact(async (tx) => {
    await checkExports(tx, stack, outputs);
    await replaceExports(tx, stack, stack.id, exportsOf(outputs));
  });
  return outputs;
}

function exportsOf(outputs: readonly StackOutput[]) {
  return outputs.flatMap(({ exportName: name, value }) =>
    name === undefined ? [] : [{ name, value }],
  );
}

/** @throws AwsError ValidationError where an export is somebody else's, or in use */
async function checkExports(
  queries: Queries,
  stack: Stack,
  outputs: readonly StackOutput[],
): Promise<void> {
  const exported = exportsOf(outputs);
  const values = new Map(exported.map(({ name, value }) => [name, value]));
  const known = await listExports(queries, stack);
  const taken = known.find(({ name, stackId }) => stackId !== stack.id && values.has(name));
  const twice = exported.find(({ name }, index) =>
    exported.slice(0, index).some((one) => one.name === name),
  );
  const refused = taken ?? (twice && { name: twice.name, stackId: stack.id });
  if (refused !== undefined) {
    const owner = nameOfStack(refused.stackId);
    throw validation(
      `Export with name ${refused.name} is already exported by stack ${owner}. Rename the export and then retry.`,
    );
  }
  for (const { name, stackId, value } of known) {
    if (stackId !== stack.id || values.get(name) === value) continue;
    const users = await importersOf(queries, stack, name);
    if (users.length === 0) continue;
    const names = users.map(nameOfStack).join(', ');
    const verb = values.has(name) ? 'updated' : 'deleted';
    throw validation(`Export ${name} cannot be ${verb} as it is in use by ${names}`);
  }
}

/** What a stack imports, stored with its last state. */
export function storeImports({
  stack,
  scope,
}: Deployment): (tx: Parameters<typeof replaceImports>[0]) => Promise<void> {
  return (tx) => replaceImports(tx, stack, stack.id, [...scope.imported]);
}
