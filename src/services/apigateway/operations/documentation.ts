import type {
  DocumentationPart,
  DocumentationVersion,
  Operations,
} from '#aws/models/apigateway.types.gen.ts';
import { isObject } from '#kernel/json.ts';
import type { ApiGatewayDependencies } from '../dependencies.ts';
import { badRequest, conflict, noSuch, notFound } from '../errors.ts';
import { changeApi, readApi, type Missing } from '../find-parts.ts';
import { newId } from '../ids.ts';
import { compact, entryOf, without, type ApiRecord } from '../model.ts';
import { pageOf } from '../paging.ts';
import { applyPatch, refuseByTable, text, type PatchTable } from '../patch/index.ts';
import { readDocument } from '../openapi/index.ts';
import { listStages } from '../store-apis.ts';

const MISSING: Missing = () => noSuch('Documentation part');

/** @throws AwsError NotFoundException */
function requirePart({ documentationParts }: ApiRecord, id: string): DocumentationPart {
  const part = entryOf(documentationParts, id);
  if (part === undefined) throw noSuch('Documentation part');
  return part;
}

/** Documents a part of an API. */
export function createDocumentationPart(
  dependencies: ApiGatewayDependencies,
): Operations['CreateDocumentationPart'] {
  return (context, { restApiId, location, properties }) =>
    changeApi(dependencies, context, { restApiId }, (record) => {
      const same = JSON.stringify(compact(location));
      const parts = Object.values(record.documentationParts);
      if (parts.some((part) => JSON.stringify(part.location) === same)) {
        throw conflict(
          'Documentation part already exists for the specified location: ' + location.type,
        );
      }
      const part = { id: newId(dependencies.random), location: compact(location), properties };
      const documentationParts = { ...record.documentationParts, [part.id]: part };
      return [{ ...record, documentationParts }, part];
    });
}

/** Tells of one part. */
export function getDocumentationPart(
  dependencies: ApiGatewayDependencies,
): Operations['GetDocumentationPart'] {
  return (context, { restApiId, documentationPartId }) =>
    readApi<DocumentationPart>(dependencies, context, restApiId, MISSING).tell((record) =>
      requirePart(record, documentationPartId),
    );
}

/** Lists parts, of a type, a path or a name where that is asked for. */
export function getDocumentationParts(
  dependencies: ApiGatewayDependencies,
): Operations['GetDocumentationParts'] {
  return async (context, { restApiId, type, path, nameQuery, position, limit }) => {
    const parts = await readApi<readonly DocumentationPart[]>(
      dependencies,
      context,
      restApiId,
    ).tell(({ documentationParts }) => Object.values(documentationParts));
    const found = parts.filter(
      ({ location }) =>
        (type === undefined || location?.type === type) &&
        (path === undefined || location?.path === path) &&
        (nameQuery === undefined || location?.name?.includes(nameQuery) === true),
    );
    return pageOf(found, compact({ position, limit }));
  };
}

/** Deletes one part. */
export function deleteDocumentationPart(
  dependencies: ApiGatewayDependencies,
): Operations['DeleteDocumentationPart'] {
  return (context, { restApiId, documentationPartId }) =>
    changeApi(dependencies, context, { restApiId }, (record) => {
      requirePart(record, documentationPartId);
      const documentationParts = without(record.documentationParts, documentationPartId);
      return [{ ...record, documentationParts }, {}];
    });
}

const PART: PatchTable = {
  refuse: refuseByTable(['/properties']),
  fields: [
    text('/properties', {
      read: (value) => {
        if (!value) throw badRequest('Documentation part properties must be non-empty');
        return value;
      },
    }),
  ],
};

/** Changes what a part says. */
export function updateDocumentationPart(
  dependencies: ApiGatewayDependencies,
): Operations['UpdateDocumentationPart'] {
  return (context, { restApiId, documentationPartId, patchOperations }) =>
    changeApi(dependencies, context, { restApiId, missing: MISSING }, (record) => {
      const part = applyPatch(PART, requirePart(record, documentationPartId), patchOperations);
      const documentationParts = { ...record.documentationParts, [documentationPartId]: part };
      return [{ ...record, documentationParts }, part];
    });
}

/** Takes the parts that an OpenAPI document lists under `x-amazon-apigateway-documentation`. */
export function importDocumentationParts(
  dependencies: ApiGatewayDependencies,
): Operations['ImportDocumentationParts'] {
  return async (context, { restApiId, body, mode }) => {
    const document = await readDocument(dependencies, body, context.signal);
    return await changeApi(dependencies, context, { restApiId }, (record) => {
      const listed = document['x-amazon-apigateway-documentation'];
      const given = isObject(listed) ? listed['documentationParts'] : undefined;
      const parts = (Array.isArray(given) ? given : []).filter(isObject).map((part) => ({
        id: newId(dependencies.random),
        location: compact(part['location'] as NonNullable<DocumentationPart['location']>),
        properties: JSON.stringify(part['properties'] ?? {}),
      }));
      const kept = mode === 'overwrite' ? {} : record.documentationParts;
      const added = Object.fromEntries(parts.map((part) => [part.id, part]));
      const changed = { ...record, documentationParts: { ...kept, ...added } };
      return [changed, { ids: parts.map(({ id }) => id), warnings: [] }];
    });
  };
}

/** @throws AwsError NotFoundException */
function requireVersion(
  { documentationVersions }: ApiRecord,
  version: string,
): DocumentationVersion {
  const found = entryOf(documentationVersions, version);
  if (found === undefined) throw notFound('Invalid Documentation version specified');
  return found;
}

/** Publishes what is documented under a name. */
export function createDocumentationVersion(
  dependencies: ApiGatewayDependencies,
): Operations['CreateDocumentationVersion'] {
  return (context, { restApiId, documentationVersion: version, description }) =>
    changeApi(dependencies, context, { restApiId }, (record) => {
      if (Object.hasOwn(record.documentationVersions, version)) {
        throw conflict(`Documentation version already exists: ${version}`);
      }
      const made: DocumentationVersion = compact({
        version,
        createdDate: dependencies.clock.now(),
        description,
      });
      const documentationVersions = { ...record.documentationVersions, [version]: made };
      return [{ ...record, documentationVersions }, made];
    });
}

/** Tells of one version. */
export function getDocumentationVersion(
  dependencies: ApiGatewayDependencies,
): Operations['GetDocumentationVersion'] {
  return (context, { restApiId, documentationVersion }) =>
    readApi<DocumentationVersion>(dependencies, context, restApiId).tell((record) =>
      requireVersion(record, documentationVersion),
    );
}

/** Lists versions. */
export function getDocumentationVersions(
  dependencies: ApiGatewayDependencies,
): Operations['GetDocumentationVersions'] {
  return async (context, input) => {
    const versions = await readApi<readonly DocumentationVersion[]>(
      dependencies,
      context,
      input.restApiId,
    ).tell(({ documentationVersions }) => Object.values(documentationVersions));
    return pageOf(versions, input);
  };
}

/** Deletes a version that no stage shows. */
export function deleteDocumentationVersion(
  dependencies: ApiGatewayDependencies,
): Operations['DeleteDocumentationVersion'] {
  return async (context, { restApiId, documentationVersion }) => {
    const stages = await dependencies.database.read((queries) => listStages(queries, restApiId));
    return await changeApi(dependencies, context, { restApiId }, (record) => {
      requireVersion(record, documentationVersion);
      if (stages.some((stage) => stage.documentationVersion === documentationVersion)) {
        throw conflict('Documentation version is referenced by a stage.');
      }
      const left = without(record.documentationVersions, documentationVersion);
      return [{ ...record, documentationVersions: left }, {}];
    });
  };
}

const VERSION: PatchTable = {
  refuse: refuseByTable(['/description']),
  fields: [text('/description')],
};

/** Changes what is said of a version. */
export function updateDocumentationVersion(
  dependencies: ApiGatewayDependencies,
): Operations['UpdateDocumentationVersion'] {
  return (context, { restApiId, documentationVersion, patchOperations }) =>
    changeApi(dependencies, context, { restApiId }, (record) => {
      const now = requireVersion(record, documentationVersion);
      const version = applyPatch(VERSION, now, patchOperations);
      const documentationVersions = {
        ...record.documentationVersions,
        [documentationVersion]: version,
      };
      return [{ ...record, documentationVersions }, version];
    });
}
