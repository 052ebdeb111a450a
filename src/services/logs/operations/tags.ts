/** The operations on tags: by a group's name, the older ones, and by an ARN. */
import type {
  ListTagsForResourceRequest,
  ListTagsForResourceResponse,
  ListTagsLogGroupRequest,
  ListTagsLogGroupResponse,
  TagLogGroupRequest,
  TagResourceRequest,
  UntagLogGroupRequest,
  UntagResourceRequest,
} from '#aws/models/logs.types.gen.ts';
import type { Operation } from '#aws/operation.ts';
import { parseArn } from '#kernel/arn.ts';
import type { Queries, Transaction } from '#ports/world/database.ts';
import type { LogsDependencies } from '../dependencies.ts';
import { invalidParameter, noResource } from '../errors.ts';
import { TAGS_MAX } from '../limits.ts';
import { groupNameOf } from '../model.ts';
import type { Scope } from '../model.ts';
import { putSetting } from '../store-filters.ts';
import { findGroup, requireGroup, updateGroup } from '../store-groups.ts';
import { findDestination } from './destinations.ts';

type Tags = Readonly<Record<string, string>>;

/** Something that has tags. */
interface Tagged {
  readonly tags: Tags;
  readonly replace: (tx: Transaction, tags: Tags) => Promise<void>;
}

/** @see https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_TagLogGroup.html */
export function tagLogGroup({ database }: LogsDependencies): Operation<TagLogGroupRequest, void> {
  return (context, input) =>
    database.transact(async (tx) =>
      add(tx, await taggedGroup(tx, context, input.logGroupName), input.tags),
    );
}

/** @see https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_UntagLogGroup.html */
export function untagLogGroup({
  database,
}: LogsDependencies): Operation<UntagLogGroupRequest, void> {
  return (context, input) =>
    database.transact(async (tx) =>
      remove(tx, await taggedGroup(tx, context, input.logGroupName), input.tags),
    );
}

/** @see https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_ListTagsLogGroup.html */
export function listTagsLogGroup({
  database,
}: LogsDependencies): Operation<ListTagsLogGroupRequest, ListTagsLogGroupResponse> {
  return (context, input) =>
    database.read(async (queries) => ({
      tags: (await taggedGroup(queries, context, input.logGroupName)).tags,
    }));
}

/** @see https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_TagResource.html */
export function tagResource({ database }: LogsDependencies): Operation<TagResourceRequest, void> {
  return (context, input) =>
    database.transact(async (tx) =>
      add(tx, await taggedResource(tx, context, input.resourceArn), input.tags),
    );
}

/** @see https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_UntagResource.html */
export function untagResource({
  database,
}: LogsDependencies): Operation<UntagResourceRequest, void> {
  return (context, input) =>
    database.transact(async (tx) =>
      remove(tx, await taggedResource(tx, context, input.resourceArn), input.tagKeys),
    );
}

/** @see https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_ListTagsForResource.html */
export function listTagsForResource({
  database,
}: LogsDependencies): Operation<ListTagsForResourceRequest, ListTagsForResourceResponse> {
  return (context, input) =>
    database.read(async (queries) => ({
      tags: (await taggedResource(queries, context, input.resourceArn)).tags,
    }));
}

async function taggedGroup(queries: Queries, scope: Scope, name: string): Promise<Tagged> {
  const { groupId, tags } = await requireGroup(queries, scope, name);
  return { tags, replace: (tx, next) => updateGroup(tx, groupId, { tags: next }) };
}

async function taggedResource(
  queries: Queries,
  scope: Scope,
  resourceArn: string,
): Promise<Tagged> {
  const name = /^destination:(.+)$/.exec(parseArn(resourceArn)?.resource ?? '')?.[1];
  if (name === undefined) {
    const group = await findGroup(queries, scope, groupNameOf(resourceArn));
    if (group === undefined) throw noResource();
    return { tags: group.tags, replace: (tx, tags) => updateGroup(tx, group.groupId, { tags }) };
  }
  const destination = await findDestination(queries, scope, name);
  if (destination === undefined) throw noResource();
  const { settings } = destination;
  return {
    tags: settings.tags,
    replace: (tx, tags) =>
      putSetting(tx, scope, 'destination', { ...destination, settings: { ...settings, tags } }),
  };
}

async function add(tx: Transaction, tagged: Tagged, added: Tags): Promise<void> {
  const tags = { ...tagged.tags, ...added };
  if (Object.keys(tags).length > TAGS_MAX) {
    throw invalidParameter(`A resource can have at most ${TAGS_MAX} tags.`);
  }
  await tagged.replace(tx, tags);
}

async function remove(tx: Transaction, tagged: Tagged, keys: readonly string[]): Promise<void> {
  const kept = Object.entries(tagged.tags).filter(([key]) => !keys.includes(key));
  await tagged.replace(tx, Object.fromEntries(kept));
}
