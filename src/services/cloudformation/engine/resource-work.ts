/** One resource under the hands of its type: what that says is stored as soon as it says so. */
import { present } from '#kernel/assert.ts';
import type { JsonObject } from '#kernel/json.ts';
import type { Existing, Resource } from '../model.ts';
import type { Work } from '../resources/resource-type.ts';
import { putResource, type Deployment } from './deployment.ts';
import { typeOf } from './resolve-properties.ts';
import { createWork } from './work.ts';

/** Brings what is there to other properties; a handler that makes another one says so by its id. */
export async function updateExisting(
  deployment: Deployment,
  row: Resource,
  properties: JsonObject,
  before: Existing,
): Promise<Existing> {
  const update = present(typeOf(row.type).update, 'the type can be updated');
  const made = await withWork(deployment, row, properties, (work) => update(work, before));
  const { physicalId, attributes } = made;
  return { physicalId, attributes: attributes ?? before.attributes, properties };
}

/** Deletes what stands for a resource. */
export async function deleteExisting(
  deployment: Deployment,
  row: Pick<Resource, 'logicalId' | 'type'>,
  existing: Existing,
): Promise<void> {
  await withWork(deployment, { ...row, suffix: '' }, existing.properties, async (work) => {
    await typeOf(row.type).delete(work, existing);
  });
}

/** Works on a resource; the names that it holds are free after that. */
export async function withWork<Result>(
  deployment: Deployment,
  row: Pick<Resource, 'logicalId' | 'type' | 'suffix'>,
  properties: JsonObject,
  act: (work: Work) => Promise<Result>,
): Promise<Result> {
  using names = new DisposableStack();
  return await act(workOf(deployment, row, properties, names));
}

function workOf(
  deployment: Deployment,
  row: Pick<Resource, 'logicalId' | 'type' | 'suffix'>,
  properties: JsonObject,
  names: DisposableStack,
): Work {
  const { dependencies, stack, signal, resources, operation } = deployment;
  const { logicalId, type, suffix } = row;
  const keep = async (change: Partial<Resource>): Promise<void> => {
    const latest = resources.get(logicalId);
    if (latest !== undefined) await putResource(deployment, { ...latest, ...change }, []);
  };
  return createWork(dependencies, {
    stack,
    logicalId,
    type,
    suffix,
    properties,
    signal,
    isBegun: resources.get(logicalId)?.begunBy === operation.id,
    request: resources.get(logicalId)?.request,
    keepRequest: (request) => keep({ request }),
    begin: () => keep({ begunBy: operation.id }),
    hold: async (name) => {
      const place = `${stack.accountId} ${stack.region} ${type} ${name}`;
      names.use(await dependencies.names.hold(place, signal));
    },
    claim: async (current) => {
      const latest = resources.get(logicalId);
      if (latest === undefined) return;
      await putResource(deployment, { ...latest, current }, [initiated(latest, current)]);
    },
  });
}

/** As on AWS a second event tells the id, as soon as there is one. */
export function initiated(row: Resource, current: Existing): Resource {
  return { ...row, statusReason: 'Resource creation Initiated', current };
}
