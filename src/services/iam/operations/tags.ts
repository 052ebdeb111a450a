/** Tags of roles, users, instance profiles, managed policies, providers, certificates and devices. @see https://docs.aws.amazon.com/IAM/latest/UserGuide/id_tags.html */
import type { Operation, Service } from '#aws/operation.ts';
import type { Queries, Transaction } from '#ports/world/database.ts';
import type { IamDependencies } from '../dependencies.ts';
import { keyOf, mergeTags, removeTags, type Kind, type Tag } from '../model.ts';
import { checkTagCount } from '../new-entity.ts';
import { pageOf, type PageInput } from '../paging.ts';
import { putDocument } from '../store-documents.ts';
import { getEntity, putEntity } from '../store-entities.ts';
import { putPolicy } from '../store-policies.ts';
import { requireMfaDevice } from './mfa-devices.ts';
import { requireOidcProvider } from './oidc-providers.ts';
import { policyOf } from './policies.ts';
import { requireSamlProvider } from './saml-providers.ts';
import { requireServerCertificate } from './server-certificates.ts';

interface Input extends PageInput {
  readonly RoleName?: string;
  readonly UserName?: string;
  readonly InstanceProfileName?: string;
  readonly PolicyArn?: string;
  readonly OpenIDConnectProviderArn?: string;
  readonly SAMLProviderArn?: string;
  readonly SerialNumber?: string;
  readonly ServerCertificateName?: string;
  readonly Tags?: readonly Tag[];
  readonly TagKeys?: readonly string[];
}

/** Something that has tags, and how they are stored. */
interface Tagged {
  readonly tags: readonly Tag[];
  store(tx: Transaction, tags: readonly Tag[]): Promise<void>;
}

type Find = (queries: Queries, accountId: string, input: Input) => Promise<Tagged>;

/** `TagRole`, `UntagPolicy`, `ListUserTags` and their like. */
export function tagOperations(dependencies: IamDependencies): Service['operations'] {
  return {
    ...operationsOn(
      dependencies,
      'Role',
      entity('role', ({ RoleName }) => RoleName),
    ),
    ...operationsOn(
      dependencies,
      'User',
      entity('user', ({ UserName }) => UserName),
    ),
    ...operationsOn(
      dependencies,
      'InstanceProfile',
      entity('instance-profile', ({ InstanceProfileName }) => InstanceProfileName),
    ),
    ...operationsOn(dependencies, 'OpenIDConnectProvider', async (queries, accountId, input) => {
      const found = await requireOidcProvider(
        queries,
        accountId,
        input.OpenIDConnectProviderArn ?? '',
      );
      return { tags: found.tags, store: storing(accountId, 'oidc-provider', found.arn, found) };
    }),
    ...operationsOn(dependencies, 'SAMLProvider', async (queries, accountId, input) => {
      const found = await requireSamlProvider(queries, accountId, input.SAMLProviderArn ?? '');
      return { tags: found.tags, store: storing(accountId, 'saml-provider', found.arn, found) };
    }),
    ...operationsOn(dependencies, 'ServerCertificate', async (queries, accountId, input) => {
      const name = input.ServerCertificateName ?? '';
      const found = await requireServerCertificate(queries, accountId, name);
      return { tags: found.tags, store: storing(accountId, 'server-certificate', name, found) };
    }),
    ...operationsOn(dependencies, 'MFADevice', async (queries, accountId, input) => {
      const found = await requireMfaDevice(queries, accountId, input.SerialNumber ?? '');
      const { tags, arn: name, userName = '' } = found;
      return {
        tags,
        store: (tx, next) =>
          putDocument(tx, accountId, 'mfa-device', {
            name,
            userName,
            body: { ...found, tags: next },
          }),
      };
    }),
    ...operationsOn(dependencies, 'Policy', async (queries, accountId, { PolicyArn = '' }) => {
      const policy = await policyOf(queries, accountId, PolicyArn);
      return { tags: policy.tags, store: (tx, tags) => putPolicy(tx, { ...policy, tags }) };
    }),
  };
}

function storing<Kind extends 'oidc-provider' | 'saml-provider' | 'server-certificate'>(
  accountId: string,
  kind: Kind,
  name: string,
  body: Parameters<typeof putDocument<Kind>>[3]['body'],
): Tagged['store'] {
  return (tx, tags) => putDocument(tx, accountId, kind, { name, body: { ...body, tags } });
}

function entity(kind: Kind, nameOf: (input: Input) => string | undefined): Find {
  return async (queries, accountId, input) => {
    const found = await getEntity(queries, accountId, kind, nameOf(input) ?? '');
    return { tags: found.tags, store: (tx, tags) => putEntity(tx, { ...found, tags }) };
  };
}

function operationsOn(
  { database }: IamDependencies,
  word: string,
  find: Find,
): Service['operations'] {
  const change =
    (next: (current: readonly Tag[], input: Input) => readonly Tag[]): Operation<Input, object> =>
    async ({ accountId }, input) => {
      await database.transact(async (tx) => {
        const tagged = await find(tx, accountId, input);
        const tags = next(tagged.tags, input);
        checkTagCount(tags);
        await tagged.store(tx, tags);
      });
      return {};
    };
  const list: Operation<Input, object> = async ({ accountId }, input) => {
    const { tags } = await database.read((queries) => find(queries, accountId, input));
    const sorted = [...tags].sort((a, b) => (keyOf(a.Key) < keyOf(b.Key) ? -1 : 1));
    const page = pageOf(sorted, ({ Key }) => keyOf(Key), input);
    return { Tags: page.elements, ...page.rest };
  };
  return {
    [`Tag${word}`]: change((current, { Tags = [] }) => mergeTags(current, Tags)),
    [`Untag${word}`]: change((current, { TagKeys = [] }) => removeTags(current, TagKeys)),
    [`List${word}Tags`]: list,
  };
}
