import type { Operations, Tag } from '#aws/models/ecr.types.gen.ts';
import type { RequestContext } from '#aws/operation.ts';
import { invalidParameter, tooManyTags } from '../errors.ts';
import { TAGS_MAX } from '../limits.ts';
import type { RepositoryAddress } from '../model.ts';

/** The members by which nearly every input names its repository. */
export interface RepositoryInput {
  readonly registryId?: string;
  readonly repositoryName: string;
}

/** How outputs name the repository that they are about. */
export interface RepositoryOutput {
  readonly registryId: string;
  readonly repositoryName: string;
}

export type Output<Name extends keyof Operations> = Awaited<ReturnType<Operations[Name]>>;

/** The repository of an input: the caller's own, unless a registry is named. */
export function addressOf(
  { accountId, region }: RequestContext,
  { registryId = accountId, repositoryName: name }: RepositoryInput,
): RepositoryAddress {
  return { accountId: registryId, region, name };
}

/** A repository as outputs name it. */
export function namedAs({ accountId, name }: RepositoryAddress): RepositoryOutput {
  return { registryId: accountId, repositoryName: name };
}

/** Tags by their keys. @throws AwsError TooManyTagsException */
export function tagsOfList(
  list: readonly Tag[],
  before: Readonly<Record<string, string>> = {},
): Readonly<Record<string, string>> {
  const tags = { ...before, ...Object.fromEntries(list.map(({ Key, Value }) => [Key, Value])) };
  if (Object.keys(tags).length > TAGS_MAX) throw tooManyTags();
  return tags;
}

export interface Page<Item> {
  readonly items: readonly Item[];
  readonly next: { readonly nextToken?: string };
}

/** One page of a list whose items have keys in their order; the token names the last one given. */
export function pageOf<Item>(
  all: readonly Item[],
  keyOf: (item: Item) => string,
  limit: number,
  token: string | undefined,
): Page<Item> {
  const after = readToken(token);
  const rest = all.filter((item) => keyOf(item) > after);
  const items = rest.slice(0, limit);
  const last = items.at(-1);
  return { items, next: rest.length > limit && last !== undefined ? nextOf(keyOf(last)) : {} };
}

/** How an output says that there is more. */
export function nextOf(key: string): { readonly nextToken: string } {
  return { nextToken: Buffer.from(key).toString('base64') };
}

/**
 * The key behind which a page begins; empty for the first.
 * @throws AwsError InvalidParameterException
 */
export function readToken(token: string | undefined): string {
  const key = Buffer.from(token ?? '', 'base64').toString();
  if (Buffer.from(key).toString('base64') === (token ?? '')) return key;
  throw invalidParameter('nextToken', 'Invalid parameter: nextToken');
}
