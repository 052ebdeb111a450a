import type { Operations } from '#aws/models/sns.types.gen.ts';
import type { Queries } from '#ports/world/database.ts';
import type { SnsDependencies } from '../dependencies.ts';
import { noSuchResource, tagLimitExceeded } from '../errors.ts';
import { TAGS_MAX } from '../limits.ts';
import { requestedTopic, type Topic, type TopicAddress } from '../model.ts';
import { findTopic, saveTopic } from '../store.ts';
import { tagsOf } from '../tag-list.ts';

/** Sets tags of a topic. */
export function tagResource({ database }: SnsDependencies): Operations['TagResource'] {
  return async (context, { ResourceArn, Tags }) => {
    const added = tagsOf(Tags);
    await database.transact(async (tx) => {
      const topic = await requireResource(tx, context, ResourceArn);
      const tags = { ...topic.tags, ...added };
      if (Object.keys(tags).length > TAGS_MAX) throw tagLimitExceeded();
      await saveTopic(tx, { ...topic, tags });
    });
    return {};
  };
}

/** Takes tags away. */
export function untagResource({ database }: SnsDependencies): Operations['UntagResource'] {
  return async (context, { ResourceArn, TagKeys }) => {
    await database.transact(async (tx) => {
      const topic = await requireResource(tx, context, ResourceArn);
      const kept = Object.entries(topic.tags).filter(([key]) => !TagKeys.includes(key));
      await saveTopic(tx, { ...topic, tags: Object.fromEntries(kept) });
    });
    return {};
  };
}

/** Lists a topic’s tags. */
export function listTagsForResource({
  database,
}: SnsDependencies): Operations['ListTagsForResource'] {
  return async (context, { ResourceArn }) => {
    const { tags } = await database.read((queries) =>
      requireResource(queries, context, ResourceArn),
    );
    return { Tags: Object.entries(tags).map(([Key, Value]) => ({ Key, Value })) };
  };
}

async function requireResource(
  queries: Queries,
  context: Pick<TopicAddress, 'region'>,
  arn: string,
): Promise<Topic> {
  const topic = await findTopic(queries, requestedTopic(context, arn, 'ResourceArn'));
  if (topic === undefined) throw noSuchResource();
  return topic;
}
