import type { AwsError } from '#aws/errors.ts';
import type {
  BasePathMapping,
  CreateDomainNameRequest,
  DomainName,
  Operations,
} from '#aws/models/apigateway.types.gen.ts';
import type { Queries } from '#ports/world/database.ts';
import type { ApiGatewayDependencies } from '../dependencies.ts';
import { ENDPOINT_FIELDS, withTargets } from '../domain-name-endpoints.ts';
import { badRequest, conflict, notFound } from '../errors.ts';
import { requireApi } from '../find-parts.ts';
import { compact, omit, type Place } from '../model.ts';
import { pageOf } from '../paging.ts';
import {
  applyPatch,
  map,
  refuseByPath,
  text,
  type PatchField,
  type PatchTable,
} from '../patch/index.ts';
import {
  deleteDocument,
  findDocument,
  listDocuments,
  NO_BASE_PATH,
  saveDocument,
} from '../store-documents.ts';

/** @throws AwsError NotFoundException */
async function requireName(queries: Queries, place: Place, name: string): Promise<DomainName> {
  const found = await findDocument(queries, place, 'domain-name', name);
  if (found === undefined) throw notFound('Invalid domain name identifier specified');
  return found;
}

function describeName(name: DomainName): DomainName {
  return { ...name, tags: name.tags ?? {} };
}

/** Keeps a name of the user's own, under which APIs can be reached. */
export function createDomainName(
  dependencies: ApiGatewayDependencies,
): Operations['CreateDomainName'] {
  const { database, domainNames } = dependencies;
  return async (context, input) => {
    const { domainName } = input;
    if (domainName === '') throw badRequest('No Domain Name specified');
    const owned = { name: domainName, accountId: context.accountId };
    if (!domainNames.claim(owned)) throw nameExists();
    try {
      return await database.transact(async (tx) => {
        if ((await findDocument(tx, context, 'domain-name', domainName)) !== undefined) {
          throw nameExists();
        }
        const name = newName(dependencies, context, input);
        await saveDocument(tx, context, { kind: 'domain-name', id: domainName }, name);
        return name;
      });
    } catch (error) {
      domainNames.release(owned);
      throw error;
    }
  };
}

function nameExists(): AwsError {
  return conflict('The domain name you provided already exists.');
}

function newName(
  dependencies: ApiGatewayDependencies,
  place: Place,
  input: CreateDomainNameRequest,
): DomainName {
  const { certificatePrivateKey: _, certificateBody: __, certificateChain: ___, ...given } = input;
  const types = given.endpointConfiguration?.types ?? ['EDGE'];
  const name: DomainName = {
    securityPolicy: 'TLS_1_2',
    ...given,
    endpointConfiguration: { ipAddressType: 'ipv4', ...given.endpointConfiguration, types },
    domainNameStatus: 'AVAILABLE',
  };
  return compact(withTargets(dependencies, place, name));
}

/** Tells of one name. */
export function getDomainName({ database }: ApiGatewayDependencies): Operations['GetDomainName'] {
  return async (context, { domainName }) =>
    describeName(await database.read((queries) => requireName(queries, context, domainName)));
}

/** Lists names. */
export function getDomainNames({ database }: ApiGatewayDependencies): Operations['GetDomainNames'] {
  return async (context, input) =>
    pageOf(await database.read((queries) => listDocuments(queries, context, 'domain-name')), input);
}

/** Its mappings go with it. */
export function deleteDomainName({
  database,
  domainNames,
}: ApiGatewayDependencies): Operations['DeleteDomainName'] {
  return async (context, { domainName }) => {
    await database.transact(async (tx) => {
      await requireName(tx, context, domainName);
      for (const mapping of await listDocuments(tx, context, 'base-path')) {
        if (mapping.domainName !== domainName) continue;
        await deleteDocument(tx, context, 'base-path', mappingId(domainName, mapping.basePath));
      }
      await deleteDocument(tx, context, 'domain-name', domainName);
    });
    domainNames.release({ name: domainName, accountId: context.accountId });
    return {};
  };
}

const DOMAIN_NAME: PatchTable = {
  refuse: refuseByPath,
  fields: [
    certificate('/certificateName'),
    certificate('/certificateArn'),
    certificate('/regionalCertificateName'),
    certificate('/regionalCertificateArn'),
    text('/securityPolicy'),
    text('/policy'),
    map('/mutualTlsAuthentication'),
    ...ENDPOINT_FIELDS,
  ],
};

/** An empty one is none. */
function certificate(path: string): PatchField {
  const ops = ['add', 'remove', 'replace'];
  return text(path, { ops, read: (value) => (value === '' ? undefined : value) });
}

/** Changes a name's settings. */
export function updateDomainName(
  dependencies: ApiGatewayDependencies,
): Operations['UpdateDomainName'] {
  return async (context, { domainName, patchOperations }) =>
    await dependencies.database.transact(async (tx) => {
      const now = await requireName(tx, context, domainName);
      const patched = applyPatch(DOMAIN_NAME, now, patchOperations);
      const name = withTargets(dependencies, context, patched);
      await saveDocument(tx, context, { kind: 'domain-name', id: domainName }, name);
      return describeName(name);
    });
}

function mappingId(domainName: string, basePath = NO_BASE_PATH): string {
  return `${domainName}/${basePath}`;
}

/** @throws AwsError NotFoundException */
async function requireMapping(
  queries: Queries,
  place: Place,
  { domainName, basePath }: { readonly domainName: string; readonly basePath: string },
) {
  await requireName(queries, place, domainName);
  const found = await findDocument(queries, place, 'base-path', mappingId(domainName, basePath));
  if (found === undefined) {
    throw notFound('Invalid base path mapping identifier specified');
  }
  return found;
}

/** Says which API is below a name and a path. */
export function createBasePathMapping({
  database,
}: ApiGatewayDependencies): Operations['CreateBasePathMapping'] {
  return async (context, { domainName, basePath: given, restApiId, stage }) =>
    await database.transact(async (tx) => {
      await requireName(tx, context, domainName);
      const mapping = compact({ basePath: basePathOf(given), restApiId, stage });
      await checkMapping(tx, context, domainName, mapping);
      const id = mappingId(domainName, mapping.basePath);
      await saveDocument(tx, context, { kind: 'base-path', id }, { ...mapping, domainName });
      return mapping;
    });
}

function basePathOf(given: string | undefined): string {
  return given === undefined || given === '' ? NO_BASE_PATH : given;
}

/**
 * A mapping leads to an API of the name's own account, and from where no other mapping of the name does.
 * @throws AwsError BadRequestException, ConflictException
 */
async function checkMapping(
  queries: Queries,
  place: Place,
  domainName: string,
  { restApiId = '', basePath }: BasePathMapping,
): Promise<void> {
  await requireApi(queries, place, restApiId, () =>
    badRequest('Invalid REST API identifier specified'),
  );
  const id = mappingId(domainName, basePath);
  if ((await findDocument(queries, place, 'base-path', id)) !== undefined) {
    throw conflict('Base path already exists for this domain name');
  }
}

/** Tells of one mapping. */
export function getBasePathMapping({
  database,
}: ApiGatewayDependencies): Operations['GetBasePathMapping'] {
  return async (context, input) => {
    const { domainName: _, ...mapping } = await database.read((queries) =>
      requireMapping(queries, context, input),
    );
    return mapping;
  };
}

/** Lists a name's mappings. */
export function getBasePathMappings({
  database,
}: ApiGatewayDependencies): Operations['GetBasePathMappings'] {
  return async (context, { domainName, ...page }) =>
    await database.read(async (queries) => {
      await requireName(queries, context, domainName);
      const all = await listDocuments(queries, context, 'base-path');
      const own = all.filter((mapping) => mapping.domainName === domainName);
      return pageOf(
        own.map((mapping) => omit(mapping, 'domainName')),
        page,
      );
    });
}

/** Deletes one mapping. */
export function deleteBasePathMapping({
  database,
}: ApiGatewayDependencies): Operations['DeleteBasePathMapping'] {
  return async (context, input) =>
    await database.transact(async (tx) => {
      await requireMapping(tx, context, input);
      const { domainName, basePath } = input;
      await deleteDocument(tx, context, 'base-path', mappingId(domainName, basePath));
      return {};
    });
}

const MAPPING: PatchTable = {
  refuse: refuseByPath,
  fields: [text('/basePath'), text('/restapiId'), text('/restApiId'), text('/stage')],
};

/** Changes a mapping; with another path it is another's. */
export function updateBasePathMapping({
  database,
}: ApiGatewayDependencies): Operations['UpdateBasePathMapping'] {
  return async (context, { patchOperations, ...input }) =>
    await database.transact(async (tx) => {
      const { domainName: _, ...now } = await requireMapping(tx, context, input);
      const { restapiId, ...patched } = applyPatch<typeof now & { readonly restapiId?: string }>(
        MAPPING,
        now,
        patchOperations,
      );
      const mapping = {
        ...patched,
        basePath: basePathOf(patched.basePath),
        ...(restapiId === undefined ? {} : { restApiId: restapiId }),
      };
      const { domainName, basePath } = input;
      await deleteDocument(tx, context, 'base-path', mappingId(domainName, basePath));
      // Its own place is free now: what stands where it goes is another's.
      await checkMapping(tx, context, domainName, mapping);
      const id = mappingId(domainName, mapping.basePath);
      await saveDocument(tx, context, { kind: 'base-path', id }, { ...mapping, domainName });
      return mapping;
    });
}
