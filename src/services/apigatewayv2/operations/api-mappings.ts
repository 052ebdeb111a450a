import { shortId } from '#aws/execute-api/index.ts';
import type { ApiMapping, Operations } from '#aws/models/apigatewayv2.types.gen.ts';
import type { Queries } from '#ports/world/database.ts';
import type { Apigatewayv2Dependencies } from '../dependencies.ts';
import { badRequest, conflict } from '../errors.ts';
import { accountParts, partNotFound, partsOf, requireApi, requirePart } from '../find-parts.ts';
import type { Place } from '../model.ts';
import { pageOf } from '../paging.ts';
import { deletePart, listParts, savePart, type Owner } from '../store.ts';

const ID_LENGTH = 6;

/** Mappings belong to a name. @throws AwsError NotFoundException where the account has no such name */
async function requireDomain(queries: Queries, context: Place, name: string): Promise<Owner> {
  await requirePart(queries, accountParts(context), 'domain-name', name);
  return { ...accountParts(context), owner: name };
}

/** Leads from a name, and the beginning of a path, to a stage of an API. */
export function createApiMapping({
  database,
  random,
}: Apigatewayv2Dependencies): Operations['CreateApiMapping'] {
  return async (context, { DomainName: name, ApiId, Stage, ApiMappingKey = '' }) =>
    database.transact(async (tx) => {
      const owner = await requireDomain(tx, context, name);
      const id = shortId(random, ID_LENGTH);
      const body: ApiMapping = { ApiId, ApiMappingId: id, ApiMappingKey, Stage };
      await checkMapping(tx, context, owner, body);
      await savePart(tx, owner, { kind: 'api-mapping', id, body });
      return body;
    });
}

async function checkMapping(
  queries: Queries,
  context: Place,
  owner: Owner,
  { ApiId, Stage, ApiMappingKey = '', ApiMappingId }: ApiMapping,
): Promise<void> {
  const owned = await requireApi(queries, context, ApiId);
  await requirePart(queries, partsOf(owned), 'stage', Stage);
  if (!/^[\w.~!$&'()*+,;=:@/-]*$/.test(ApiMappingKey) || ApiMappingKey.startsWith('/')) {
    throw badRequest('Invalid ApiMappingKey specified');
  }
  const mappings = await listParts(queries, owner, 'api-mapping');
  const isTaken = mappings.some(
    (one) => one.ApiMappingKey === ApiMappingKey && one.ApiMappingId !== ApiMappingId,
  );
  if (isTaken) throw conflict('ApiMapping key already exists for this domain name');
}

/** Tells of one mapping. */
export function getApiMapping({ database }: Apigatewayv2Dependencies): Operations['GetApiMapping'] {
  return async (context, { DomainName: name, ApiMappingId }) =>
    database.read(async (queries) =>
      requirePart(
        queries,
        await requireDomain(queries, context, name),
        'api-mapping',
        ApiMappingId,
      ),
    );
}

/** Lists the mappings of a name, a page at a time. */
export function getApiMappings({
  database,
}: Apigatewayv2Dependencies): Operations['GetApiMappings'] {
  return async (context, input) => {
    const mappings = await database.read(async (queries) =>
      listParts(queries, await requireDomain(queries, context, input.DomainName), 'api-mapping'),
    );
    return pageOf(mappings, input);
  };
}

/** Changes what is given. */
export function updateApiMapping({
  database,
}: Apigatewayv2Dependencies): Operations['UpdateApiMapping'] {
  return async (context, { DomainName: name, ApiMappingId: id, ...changes }) =>
    database.transact(async (tx) => {
      const owner = await requireDomain(tx, context, name);
      const body = { ...(await requirePart(tx, owner, 'api-mapping', id)), ...changes };
      await checkMapping(tx, context, owner, body);
      await savePart(tx, owner, { kind: 'api-mapping', id, body });
      return body;
    });
}

/** Deletes a mapping. */
export function deleteApiMapping({
  database,
}: Apigatewayv2Dependencies): Operations['DeleteApiMapping'] {
  return async (context, { DomainName: name, ApiMappingId: id }) => {
    await database.transact(async (tx) => {
      const owner = await requireDomain(tx, context, name);
      if (!(await deletePart(tx, owner, 'api-mapping', id))) throw partNotFound('api-mapping', id);
    });
    return {};
  };
}
