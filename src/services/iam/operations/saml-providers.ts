/** SAML providers. @see https://docs.aws.amazon.com/IAM/latest/APIReference/API_CreateSAMLProvider.html */
import type {
  CreateSAMLProviderRequest,
  CreateSAMLProviderResponse,
  DeleteSAMLProviderRequest,
  GetSAMLProviderRequest,
  GetSAMLProviderResponse,
  ListSAMLProvidersResponse,
  UpdateSAMLProviderRequest,
  UpdateSAMLProviderResponse,
} from '#aws/models/iam.types.gen.ts';
import type { Operation, Service } from '#aws/operation.ts';
import { formatArn } from '#kernel/arn.ts';
import { DAY_MS } from '#kernel/units.ts';
import type { Queries } from '#ports/world/database.ts';
import type { IamDependencies } from '../dependencies.ts';
import { wholeSeconds } from '../describe.ts';
import { exists, invalidInput, notFound } from '../errors.ts';
import { checkTagCount } from '../new-entity.ts';
import {
  deleteDocument,
  findDocument,
  listDocuments,
  putDocument,
  type SamlProvider,
} from '../store-documents.ts';

const KIND = 'saml-provider';
/** A hundred years, where the metadata does not say when it ends. */
const VALID_MS = 36_500 * DAY_MS;

/** The operations on them. */
export function samlProviderOperations(dependencies: IamDependencies): Service['operations'] {
  return {
    CreateSAMLProvider: createProvider(dependencies),
    DeleteSAMLProvider: deleteProvider(dependencies),
    GetSAMLProvider: getProvider(dependencies),
    ListSAMLProviders: listProviders(dependencies),
    UpdateSAMLProvider: updateProvider(dependencies),
  };
}

function createProvider({
  database,
  clock,
  random,
}: IamDependencies): Operation<CreateSAMLProviderRequest, CreateSAMLProviderResponse> {
  return async ({ accountId }, { Name, SAMLMetadataDocument: metadata, Tags = [] }) => {
    checkMetadata(metadata);
    checkTagCount(Tags);
    const arn = formatArn('iam', '', accountId, `saml-provider/${Name}`);
    await database.transact(async (tx) => {
      if ((await findDocument(tx, accountId, KIND, arn)) !== undefined) {
        throw exists(`Provider with name ${Name} already exists.`);
      }
      const uuid = random.uuid();
      const body = { arn, uuid, metadata, tags: Tags, createdAtMs: wholeSeconds(clock.now()) };
      await putDocument(tx, accountId, KIND, { name: arn, body });
    });
    return { SAMLProviderArn: arn, ...(Tags.length > 0 && { Tags }) };
  };
}

function checkMetadata(metadata: string): void {
  if (!/<(?:[\w-]+:)?EntityDescriptor[\s>]/.test(metadata)) {
    throw invalidInput('Could not parse metadata');
  }
}

/** The provider of an ARN. @throws AwsError NoSuchEntity */
export async function requireSamlProvider(
  queries: Queries,
  accountId: string,
  arn: string,
): Promise<SamlProvider> {
  const found = await findDocument(queries, accountId, KIND, arn);
  if (found === undefined) throw notFound(`Manifest not found for arn ${arn}`);
  return found;
}

function validUntil({ metadata, createdAtMs }: SamlProvider): number {
  const said = Date.parse(/validUntil="([^"]+)"/.exec(metadata)?.[1] ?? '');
  return Number.isNaN(said) ? createdAtMs + VALID_MS : said;
}

function getProvider({
  database,
}: IamDependencies): Operation<GetSAMLProviderRequest, GetSAMLProviderResponse> {
  return async ({ accountId }, { SAMLProviderArn: arn }) => {
    const found = await database.read((queries) => requireSamlProvider(queries, accountId, arn));
    return {
      SAMLProviderUUID: found.uuid,
      SAMLMetadataDocument: found.metadata,
      CreateDate: found.createdAtMs,
      ValidUntil: validUntil(found),
      Tags: found.tags,
    };
  };
}

function listProviders({
  database,
}: IamDependencies): Operation<object, ListSAMLProvidersResponse> {
  return async ({ accountId }) => {
    const found = await database.read((queries) => listDocuments(queries, accountId, KIND));
    return {
      SAMLProviderList: found.map((provider) => ({
        Arn: provider.arn,
        ValidUntil: validUntil(provider),
        CreateDate: provider.createdAtMs,
      })),
    };
  };
}

function updateProvider({
  database,
}: IamDependencies): Operation<UpdateSAMLProviderRequest, UpdateSAMLProviderResponse> {
  return async ({ accountId }, { SAMLProviderArn: arn, SAMLMetadataDocument }) =>
    database.transact(async (tx) => {
      const found = await requireSamlProvider(tx, accountId, arn);
      const metadata = SAMLMetadataDocument ?? found.metadata;
      checkMetadata(metadata);
      await putDocument(tx, accountId, KIND, { name: arn, body: { ...found, metadata } });
      return { SAMLProviderArn: arn };
    });
}

function deleteProvider({
  database,
}: IamDependencies): Operation<DeleteSAMLProviderRequest, object> {
  return async ({ accountId }, { SAMLProviderArn: arn }) => {
    await database.transact(async (tx) => {
      await requireSamlProvider(tx, accountId, arn);
      await deleteDocument(tx, accountId, KIND, arn);
    });
    return {};
  };
}
