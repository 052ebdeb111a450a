import type {
  AddTagsToStreamInput,
  Empty,
  ListTagsForStreamInput,
  ListTagsForStreamOutput,
  RemoveTagsFromStreamInput,
} from '#aws/models/kinesis.types.gen.ts';
import type { Operation } from '#aws/operation.ts';
import type { KinesisDependencies } from '../dependencies.ts';
import { requireStream } from '../find-stream.ts';
import { TAGS_MAX } from '../limits.ts';
import { updateStream } from '../store-streams.ts';
import { checkTags, tagList, withoutTags } from '../tag-list.ts';

/** @see https://docs.aws.amazon.com/kinesis/latest/APIReference/API_AddTagsToStream.html */
export function addTagsToStream({
  database,
}: KinesisDependencies): Operation<AddTagsToStreamInput, Empty> {
  return (context, input) =>
    database.transact(async (tx) => {
      const stream = await requireStream(tx, context, input);
      const tags = { ...stream.settings.tags, ...input.Tags };
      checkTags(tags);
      await updateStream(tx, { ...stream, settings: { ...stream.settings, tags } });
      return {};
    });
}

/** @see https://docs.aws.amazon.com/kinesis/latest/APIReference/API_RemoveTagsFromStream.html */
export function removeTagsFromStream({
  database,
}: KinesisDependencies): Operation<RemoveTagsFromStreamInput, Empty> {
  return (context, input) =>
    database.transact(async (tx) => {
      const stream = await requireStream(tx, context, input);
      const tags = withoutTags(stream.settings.tags, input.TagKeys);
      await updateStream(tx, { ...stream, settings: { ...stream.settings, tags } });
      return {};
    });
}

/** @see https://docs.aws.amazon.com/kinesis/latest/APIReference/API_ListTagsForStream.html */
export function listTagsForStream({
  database,
}: KinesisDependencies): Operation<ListTagsForStreamInput, ListTagsForStreamOutput> {
  return (context, input) =>
    database.read(async (queries) => {
      const stream = await requireStream(queries, context, input);
      const after = input.ExclusiveStartTagKey;
      const tags = tagList(stream.settings.tags).filter(
        ({ Key }) => after === undefined || Key > after,
      );
      const limit = input.Limit ?? TAGS_MAX;
      return { Tags: tags.slice(0, limit), HasMoreTags: tags.length > limit };
    });
}
