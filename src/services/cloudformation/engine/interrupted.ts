/** What a server that was killed has begun to make, and could not store. */
import { AwsError } from '#aws/errors.ts';
import type { JsonObject } from '#kernel/json.ts';
import type { Existing, Resource } from '../model.ts';
import type { Deployment } from './deployment.ts';
import { evaluateProperties, resolveDynamic, typeOf } from './resolve-properties.ts';
import { withWork } from './resource-work.ts';

/**
 * What a server that was killed had begun to make, and could not store, where it is to go; `undefined` where there is
 * nothing, or it cannot be known.
 */
export async function findBegun(
  deployment: Deployment,
  row: Resource,
): Promise<Existing | undefined> {
  const { unclaimed, begun } = typeOf(row.type);
  const isInPlace = row.before !== undefined && row.attempted !== undefined;
  if (!isInterrupted(row) || isInPlace || (unclaimed ?? begun) === undefined) return undefined;
  const { template, scope, stack, dependencies, signal } = deployment;
  let properties: JsonObject;
  try {
    const evaluated = evaluateProperties(template, scope, row.logicalId, stack.goal);
    properties = await resolveDynamic(dependencies, stack, evaluated, signal);
  } catch (error) {
    if (error instanceof AwsError) return undefined; // What it refers to is not there any more.
    throw error;
  }
  const isOurs =
    begun !== undefined && (properties[begun.property] === undefined || row.begunBy !== undefined);
  const physicalId = await withWork(deployment, row, properties, async (work) =>
    isOurs ? await begun.find(work) : await unclaimed?.(work, row.changedAtMs),
  );
  if (physicalId === undefined || physicalId === row.before?.physicalId) return undefined;
  return { physicalId, properties, attributes: {} };
}

/**
 * True where it is not known what became of a creation. One that failed is known to have made nothing; where a deletion
 * failed of what has no id, nobody could say.
 */
function isInterrupted({ status, before, current }: Resource): boolean {
  if (status === 'DELETE_FAILED' && current === undefined) return true;
  const begun = before === undefined ? 'CREATE_IN_PROGRESS' : 'UPDATE_IN_PROGRESS';
  return status === begun && current?.physicalId === before?.physicalId;
}

/** Deletes what a server that was killed may have made, and could not store. */
export async function discardUnclaimed(
  deployment: Deployment,
  row: Resource,
  properties: JsonObject,
): Promise<void> {
  const { unclaimed } = typeOf(row.type);
  if (!isInterrupted(row) || unclaimed === undefined) return;
  await withWork(deployment, row, properties, async (work) => {
    const physicalId = await unclaimed(work, row.changedAtMs);
    if (physicalId === undefined || physicalId === row.before?.physicalId) return;
    await typeOf(row.type).delete(work, { physicalId, properties, attributes: {} });
  });
}
