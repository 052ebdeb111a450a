/** OpenID Connect providers. @see https://docs.aws.amazon.com/IAM/latest/APIReference/API_CreateOpenIDConnectProvider.html */
import type {
  AddClientIDToOpenIDConnectProviderRequest,
  CreateOpenIDConnectProviderRequest,
  CreateOpenIDConnectProviderResponse,
  DeleteOpenIDConnectProviderRequest,
  GetOpenIDConnectProviderRequest,
  GetOpenIDConnectProviderResponse,
  ListOpenIDConnectProvidersResponse,
  UpdateOpenIDConnectProviderThumbprintRequest,
} from '#aws/models/iam.types.gen.ts';
import type { Operation, Service } from '#aws/operation.ts';
import { formatArn } from '#kernel/arn.ts';
import type { Queries } from '#ports/world/database.ts';
import type { IamDependencies } from '../dependencies.ts';
import { wholeSeconds } from '../describe.ts';
import { exists, limitExceeded, notFound, validationError } from '../errors.ts';
import { OIDC_CLIENTS_MAX, OIDC_THUMBPRINTS_MAX } from '../limits.ts';
import { checkTagCount } from '../new-entity.ts';
import {
  deleteDocument,
  findDocument,
  listDocuments,
  putDocument,
  type OidcProvider,
} from '../store-documents.ts';

const KIND = 'oidc-provider';

/** The operations on them. */
export function oidcProviderOperations(dependencies: IamDependencies): Service['operations'] {
  return {
    AddClientIDToOpenIDConnectProvider: changeClients(dependencies, (clients, id) =>
      clients.includes(id) ? clients : [...clients, id],
    ),
    CreateOpenIDConnectProvider: createProvider(dependencies),
    DeleteOpenIDConnectProvider: deleteProvider(dependencies),
    GetOpenIDConnectProvider: getProvider(dependencies),
    ListOpenIDConnectProviders: listProviders(dependencies),
    RemoveClientIDFromOpenIDConnectProvider: changeClients(dependencies, (clients, id) =>
      clients.filter((client) => client !== id),
    ),
    UpdateOpenIDConnectProviderThumbprint: updateThumbprint(dependencies),
  };
}

function createProvider({
  database,
  clock,
}: IamDependencies): Operation<
  CreateOpenIDConnectProviderRequest,
  CreateOpenIDConnectProviderResponse
> {
  return async ({ accountId }, input) => {
    const { Url, ClientIDList: clientIds = [], ThumbprintList = [], Tags = [] } = input;
    const parsed = URL.canParse(Url) ? new URL(Url) : undefined;
    if (parsed?.protocol !== 'https:' || parsed.search !== '') {
      throw validationError('Invalid Open ID Connect Provider URL');
    }
    const url = Url.slice('https://'.length);
    checkClients(clientIds);
    checkThumbprints(ThumbprintList);
    checkTagCount(Tags);
    const arn = formatArn('iam', '', accountId, `oidc-provider/${url}`);
    await database.transact(async (tx) => {
      if ((await findDocument(tx, accountId, KIND, arn)) !== undefined) {
        throw exists(`Provider with url ${Url} already exists.`);
      }
      const createdAtMs = wholeSeconds(clock.now());
      const body = { arn, url, clientIds, thumbprints: ThumbprintList, tags: Tags, createdAtMs };
      await putDocument(tx, accountId, KIND, { name: arn, body });
    });
    return { OpenIDConnectProviderArn: arn, ...(Tags.length > 0 && { Tags }) };
  };
}

function checkClients(clients: readonly string[]): void {
  if (clients.length <= OIDC_CLIENTS_MAX) return;
  throw limitExceeded(
    `Cannot exceed quota for ClientIdsPerOpenIdConnectProvider: ${OIDC_CLIENTS_MAX}`,
  );
}

function checkThumbprints(thumbprints: readonly string[]): void {
  if (thumbprints.length > OIDC_THUMBPRINTS_MAX) {
    throw validationError('Thumbprint list must contain fewer than 5 entries.');
  }
}

/** The provider of an ARN. @throws AwsError NoSuchEntity */
export async function requireOidcProvider(
  queries: Queries,
  accountId: string,
  arn: string,
): Promise<OidcProvider> {
  const found = await findDocument(queries, accountId, KIND, arn);
  if (found === undefined) throw notFound(`OpenIDConnect Provider not found for arn ${arn}`);
  return found;
}

function getProvider({
  database,
}: IamDependencies): Operation<GetOpenIDConnectProviderRequest, GetOpenIDConnectProviderResponse> {
  return async ({ accountId }, { OpenIDConnectProviderArn: arn }) => {
    const found = await database.read((queries) => requireOidcProvider(queries, accountId, arn));
    return {
      Url: found.url,
      ClientIDList: found.clientIds,
      ThumbprintList: found.thumbprints,
      CreateDate: found.createdAtMs,
      Tags: found.tags,
    };
  };
}

function listProviders({
  database,
}: IamDependencies): Operation<object, ListOpenIDConnectProvidersResponse> {
  return async ({ accountId }) => {
    const found = await database.read((queries) => listDocuments(queries, accountId, KIND));
    return { OpenIDConnectProviderList: found.map(({ arn }) => ({ Arn: arn })) };
  };
}

/** One that is not there is no error. */
function deleteProvider({
  database,
}: IamDependencies): Operation<DeleteOpenIDConnectProviderRequest, object> {
  return async ({ accountId }, { OpenIDConnectProviderArn: arn }) => {
    await database.transact((tx) => deleteDocument(tx, accountId, KIND, arn));
    return {};
  };
}

function changeClients(
  { database }: IamDependencies,
  change: (clients: readonly string[], id: string) => readonly string[],
): Operation<AddClientIDToOpenIDConnectProviderRequest, object> {
  return async ({ accountId }, { OpenIDConnectProviderArn: arn, ClientID }) => {
    await database.transact(async (tx) => {
      const found = await requireOidcProvider(tx, accountId, arn);
      const clientIds = change(found.clientIds, ClientID);
      checkClients(clientIds);
      await putDocument(tx, accountId, KIND, { name: arn, body: { ...found, clientIds } });
    });
    return {};
  };
}

function updateThumbprint({
  database,
}: IamDependencies): Operation<UpdateOpenIDConnectProviderThumbprintRequest, object> {
  return async ({ accountId }, { OpenIDConnectProviderArn: arn, ThumbprintList: thumbprints }) => {
    checkThumbprints(thumbprints);
    await database.transact(async (tx) => {
      const found = await requireOidcProvider(tx, accountId, arn);
      await putDocument(tx, accountId, KIND, { name: arn, body: { ...found, thumbprints } });
    });
    return {};
  };
}
