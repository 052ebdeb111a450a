/**
 * Brings one resource to its goal.
 * I1 Before anything is done it is stored what will be; what was made is stored as soon as it is known.
 * I2 What an interrupted server left half made is deleted, and made anew under another name.
 * I3 What was there before is kept in the row until the whole operation has ended: so everything can go back.
 */
import { present } from '#kernel/assert.ts';
import type { JsonObject } from '#kernel/json.ts';
import { evaluate, textOf } from '../functions/evaluate.ts';
import type { Before, Existing, Policies, Resource } from '../model.ts';
import { newSuffix, putResource, type Deployment } from './deployment.ts';
import { changedProperties } from './difference.ts';
import { evaluateProperties, isSame, resolveDynamic, typeOf } from './resolve-properties.ts';
import { fail } from './failures.ts';
import { discardUnclaimed } from './interrupted.ts';
import { deleteExisting, initiated, updateExisting, withWork } from './resource-work.ts';
import { requireAllowed } from './stack-policy.ts';

const REPLACES =
  'Requested update requires the creation of a new physical resource; hence creating one.';

/** Creates, updates, replaces, or leaves as it is. @throws ResourceFailed, and the signal's reason */
export async function changeResource(deployment: Deployment, logicalId: string): Promise<void> {
  const known = deployment.resources.get(logicalId);
  if (known?.doneBy === deployment.operation.id) return;
  const isAdded = known === undefined || known.isAdded;
  const row = known ?? newRow(deployment, logicalId);
  try {
    const { template, scope, stack, dependencies, signal } = deployment;
    const evaluated = evaluateProperties(template, scope, logicalId, stack.goal);
    const properties = await resolveDynamic(dependencies, stack, evaluated, signal);
    if (known !== undefined && isAdded) await discardUnclaimed(deployment, row, properties);
    if (isAdded) await createNew(deployment, row, properties);
    else await changeExisting(deployment, row, properties);
  } catch (error) {
    deployment.signal.throwIfAborted();
    const latest = deployment.resources.get(logicalId) ?? row;
    await fail(deployment, latest, `${isAdded ? 'CREATE' : 'UPDATE'}_FAILED`, error);
  }
}

function newRow(deployment: Deployment, logicalId: string): Resource {
  const { template, dependencies } = deployment;
  const { type } = present(template.resources[logicalId], 'the template has the resource');
  return {
    ...definitionOf(deployment, logicalId),
    logicalId,
    type,
    status: 'CREATE_IN_PROGRESS',
    suffix: newSuffix(deployment),
    isAdded: true,
    changedAtMs: dependencies.clock.now(),
  };
}

/** What the template says beside the properties. */
function definitionOf(
  { template, scope, needsOf }: Deployment,
  logicalId: string,
): Policies & Pick<Resource, 'dependsOn' | 'metadata'> {
  const definition = present(template.resources[logicalId], 'the template has the resource');
  const metadata =
    definition.metadata === undefined ? undefined : evaluate(definition.metadata, scope);
  return {
    deletion: textOf(evaluate(definition.deletionPolicy, scope)),
    updateReplace: textOf(evaluate(definition.updateReplacePolicy, scope)),
    dependsOn: needsOf(logicalId),
    ...(metadata === undefined ? {} : { metadata: JSON.stringify(metadata) }),
  };
}

async function createNew(
  deployment: Deployment,
  row: Resource,
  properties: JsonObject,
): Promise<void> {
  const fresh = row.current === undefined ? row : await discard(deployment, row);
  const begun = {
    ...unbegun(deployment, fresh),
    status: 'CREATE_IN_PROGRESS',
    changedAtMs: nowOf(deployment),
  };
  await putResource(deployment, begun);
  await make(deployment, begun, properties, { ...begun, status: 'CREATE_COMPLETE' });
}

/** What an earlier operation has begun to make is no sign that this one has: meanwhile there may be somebody else's. */
function unbegun({ operation }: Deployment, row: Resource): Resource {
  const { begunBy, ...rest } = row;
  return begunBy === operation.id ? row : rest;
}

/** Deletes what was half made, and takes another name (I2). */
async function discard(deployment: Deployment, row: Resource): Promise<Resource> {
  const { current, begunBy: _, ...rest } = row;
  if (current !== undefined) await deleteExisting(deployment, row, current);
  return { ...rest, suffix: newSuffix(deployment) };
}

async function changeExisting(
  deployment: Deployment,
  row: Resource,
  properties: JsonObject,
): Promise<void> {
  const id = deployment.operation.id;
  const before = row.before ?? beforeOf(row);
  const changed = changedProperties(before.properties, properties);
  const definition = definitionOf(deployment, row.logicalId);
  if (changed.length === 0 && row.attempted === undefined) {
    await putResource(
      deployment,
      { ...row, ...definition, current: existingOf(before), before, doneBy: id },
      [],
    );
    return;
  }
  // An earlier update may have left it half way; this one wants what was before that.
  const left = { ...before, properties: row.attempted ?? before.properties };
  const type = typeOf(row.type);
  const isReplaced =
    type.update === undefined || changed.some((name) => type.replacing.includes(name));
  requireAllowed(deployment, row, isReplaced ? 'Replace' : 'Modify');
  // Its suffix is that of the new one once a replacement has begun.
  if (isReplaced) await discardUnclaimed(deployment, row, properties);
  const isHalfMade = row.current !== undefined && !isSame(row.type, row.current, before);
  const fresh = isHalfMade ? await discard(deployment, row) : row;
  const begun: Resource = {
    ...unbegun(deployment, fresh),
    status: 'UPDATE_IN_PROGRESS',
    current: existingOf(before),
    before,
    ...(isReplaced ? {} : { attempted: properties }),
    suffix: isReplaced ? newSuffix(deployment) : row.suffix,
    changedAtMs: nowOf(deployment),
  };
  await putResource(deployment, isReplaced ? { ...begun, statusReason: REPLACES } : begun);
  const changedRow = { ...begun, ...definition, status: 'UPDATE_COMPLETE' };
  if (isReplaced) {
    await make(deployment, begun, properties, changedRow);
    return;
  }
  const from = changed.length > 0 ? before : left;
  const current = await updateExisting(deployment, begun, properties, from);
  await complete(deployment, changedRow, current);
}

function beforeOf(row: Resource): Before {
  const { deletion, updateReplace, dependsOn, metadata } = row;
  return {
    ...present(row.current, 'it was made'),
    deletion,
    updateReplace,
    dependsOn,
    ...(metadata === undefined ? {} : { metadata }),
  };
}

function existingOf({ physicalId, properties, attributes }: Existing): Existing {
  return { physicalId, properties, attributes };
}

/**
 * Makes a new one. What is made is stored as soon as its handler says so (I1), and as long as it holds its names: who
 * looks for what nobody has stored does not find it.
 * @param row as it is while it is made
 * @param completeRow as it is then
 */
async function make(
  deployment: Deployment,
  row: Resource,
  properties: JsonObject,
  completeRow: Resource,
): Promise<void> {
  await withWork(deployment, row, properties, async (work) => {
    const { physicalId, attributes = {} } = await typeOf(row.type).create(work);
    const current = { physicalId, attributes, properties };
    const claimed = deployment.resources.get(row.logicalId)?.current;
    const isTold = claimed?.physicalId === physicalId;
    await complete(deployment, completeRow, current, isTold ? [] : [initiated(row, current)]);
  });
}

async function complete(
  deployment: Deployment,
  row: Resource,
  current: Existing,
  toldBefore: readonly Resource[] = [],
): Promise<void> {
  const { statusReason: _, attempted: __, begunBy: ___, request: ____, ...rest } = row;
  const changedAtMs = nowOf(deployment);
  const doneBy = deployment.operation.id;
  const done = { ...rest, current, doneBy, changedAtMs };
  await putResource(deployment, done, [...toldBefore, done]);
}

function nowOf({ dependencies: { clock } }: Deployment): number {
  return clock.now();
}
