import type { Method, Operations, Resource } from '#aws/models/apigateway.types.gen.ts';
import type { ApiGatewayDependencies } from '../dependencies.ts';
import { badRequest, conflict, noSuch } from '../errors.ts';
import { changeApi, MISSING_RESOURCE, readApi, requireResource } from '../find-parts.ts';
import { newId } from '../ids.ts';
import { RESOURCES_MAX } from '../limits.ts';
import {
  entryOf,
  pathOf,
  without,
  type ApiRecord,
  type ById,
  type ResourceRecord,
} from '../model.ts';
import { pageOf } from '../paging.ts';
import { applyPatch, place, refuseByTable, type PatchTable } from '../patch/index.ts';

/** A resource with its path; its methods by name, or in full where that is asked for. */
export function describeResource(
  resources: ById<ResourceRecord>,
  resource: ResourceRecord,
  embed: readonly string[] = [],
): Resource {
  const { id, parentId, pathPart, methods } = resource;
  const shown: [string, Method][] = Object.entries(methods).map(([name, method]) => [
    name,
    embed.includes('methods') ? method : {},
  ]);
  return {
    id,
    ...(parentId === undefined ? {} : { parentId }),
    ...(pathPart === undefined ? {} : { pathPart }),
    path: pathOf(resources, resource),
    ...(shown.length === 0 ? {} : { resourceMethods: Object.fromEntries(shown) }),
  };
}

/** Makes a resource below another. */
export function createResource(dependencies: ApiGatewayDependencies): Operations['CreateResource'] {
  return (context, { restApiId, parentId, pathPart }) =>
    changeApi(dependencies, context, { restApiId }, (record) => {
      requireResource(record, parentId);
      const resource = { id: newId(dependencies.random), parentId, pathPart, methods: {} };
      checkPlace(record, resource);
      const resources = { ...record.resources, [resource.id]: resource };
      checkResources(resources);
      return [{ ...record, resources }, describeResource(resources, resource)];
    });
}

/** @throws AwsError BadRequestException where an API would have too many */
export function checkResources(resources: ById<ResourceRecord>): void {
  if (Object.keys(resources).length <= RESOURCES_MAX) return;
  throw badRequest('Maximum number of resources for this API has been reached.');
}

/**
 * Whether a resource can be where it is said to be.
 * @throws AwsError BadRequestException, ConflictException
 */
function checkPlace({ resources }: ApiRecord, resource: ResourceRecord): void {
  const { id, parentId = '', pathPart = '' } = resource;
  if (!/^(?:[a-zA-Z0-9._\-:]+|\{[a-zA-Z0-9._\-:]+\+?\})$/.test(pathPart)) {
    throw badRequest(
      "Resource's path part only allow a-zA-Z0-9._-: or a valid greedy path variable and curly braces at the beginning and the end.",
    );
  }
  const parent = resources[parentId];
  if (parent?.pathPart?.endsWith('+}') === true) {
    throw badRequest(
      `Cannot create a child of a resource with a greedy path variable: ${parent.pathPart}`,
    );
  }
  const siblings = Object.values(resources).filter(
    (one) => one.parentId === parentId && one.id !== id,
  );
  if (siblings.some((one) => one.pathPart === pathPart)) {
    throw conflict(`Another resource with the same parent already has this name: ${pathPart}`);
  }
  const isVariable = (part = '') => part.startsWith('{');
  const variable = siblings.find((one) => isVariable(one.pathPart));
  if (isVariable(pathPart) && variable !== undefined) {
    throw badRequest(
      `A sibling (${variable.pathPart}) of this resource already has a variable path part -- only one is allowed`,
    );
  }
}

/** Tells of one resource. */
export function getResource(dependencies: ApiGatewayDependencies): Operations['GetResource'] {
  return (context, { restApiId, resourceId, embed }) =>
    readApi<Resource>(dependencies, context, restApiId, MISSING_RESOURCE).tell((record) =>
      describeResource(record.resources, requireResource(record, resourceId), embed),
    );
}

/** Lists resources by their paths. */
export function getResources(dependencies: ApiGatewayDependencies): Operations['GetResources'] {
  return async (context, { restApiId, embed, ...page }) => {
    const resources = await readApi<ById<ResourceRecord>>(dependencies, context, restApiId).tell(
      (record) => record.resources,
    );
    const items = Object.values(resources).map((one) => describeResource(resources, one, embed));
    items.sort((a, b) => ((a.path ?? '') < (b.path ?? '') ? -1 : 1));
    return pageOf(items, page);
  };
}

/** The API without a resource and all that is below it. */
function withoutResource(record: ApiRecord, id: string): ApiRecord {
  const children = Object.values(record.resources).filter(({ parentId }) => parentId === id);
  const left = children.reduce((now, child) => withoutResource(now, child.id), record);
  return { ...left, resources: without(left.resources, id) };
}

/** Deletes a resource with what is below it. */
export function deleteResource(dependencies: ApiGatewayDependencies): Operations['DeleteResource'] {
  return (context, { restApiId, resourceId }) =>
    changeApi(dependencies, context, { restApiId, missing: MISSING_RESOURCE }, (record) => {
      const { parentId } = requireResource(record, resourceId);
      if (parentId === undefined) throw badRequest('Root resource cannot be deleted.');
      return [withoutResource(record, resourceId), {}];
    });
}

function resourceTable(record: ApiRecord): PatchTable {
  return {
    refuse: refuseByTable(['/parentId', '/pathPart']),
    fields: [
      place('/pathPart', ['replace'], (document, { value }) => {
        if (document['parentId'] === undefined) {
          throw badRequest('Root resource cannot update its pathPart.');
        }
        return { ...document, pathPart: value };
      }),
      place('/parentId', ['replace'], (document, { value = '' }) => {
        if (document['parentId'] === undefined) {
          throw badRequest('Root resource cannot update its parentId.');
        }
        if (entryOf(record.resources, value) === undefined) throw noSuch('Resource');
        if (isBelow(record, value, String(document['id']))) {
          throw badRequest('Resources cannot be cyclic.');
        }
        return { ...document, parentId: value };
      }),
    ],
  };
}

/** True where a resource is another, or below it. */
function isBelow({ resources }: ApiRecord, id: string, ancestorId: string): boolean {
  for (let at: string | undefined = id; at !== undefined; at = resources[at]?.parentId) {
    if (at === ancestorId) return true;
  }
  return false;
}

/** Renames or moves a resource. */
export function updateResource(dependencies: ApiGatewayDependencies): Operations['UpdateResource'] {
  return (context, { restApiId, resourceId, patchOperations }) =>
    changeApi(dependencies, context, { restApiId, missing: MISSING_RESOURCE }, (record) => {
      const now = requireResource(record, resourceId);
      const changed = applyPatch(resourceTable(record), now, patchOperations);
      if (now.parentId !== undefined) checkPlace(record, changed);
      const resources = { ...record.resources, [resourceId]: changed };
      return [{ ...record, resources }, describeResource(resources, changed)];
    });
}
