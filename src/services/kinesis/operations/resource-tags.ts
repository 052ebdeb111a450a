import type {
  Empty,
  ListTagsForResourceInput,
  ListTagsForResourceOutput,
  TagResourceInput,
  UntagResourceInput,
} from '#aws/models/kinesis.types.gen.ts';
import type { Operation } from '#aws/operation.ts';
import type { KinesisDependencies } from '../dependencies.ts';
import { putState, requireResource, stateOf } from '../resource.ts';
import { checkTags, tagList, withoutTags } from '../tag-list.ts';

/** @see https://docs.aws.amazon.com/kinesis/latest/APIReference/API_TagResource.html */
export function tagResource({ database }: KinesisDependencies): Operation<TagResourceInput, Empty> {
  return (_context, input) =>
    database.transact(async (tx) => {
      const resource = await requireResource(tx, input.ResourceARN);
      const state = stateOf(resource);
      const tags = { ...state.tags, ...input.Tags };
      checkTags(tags);
      await putState(tx, resource, { ...state, tags });
      return {};
    });
}

/** @see https://docs.aws.amazon.com/kinesis/latest/APIReference/API_UntagResource.html */
export function untagResource({
  database,
}: KinesisDependencies): Operation<UntagResourceInput, Empty> {
  return (_context, input) =>
    database.transact(async (tx) => {
      const resource = await requireResource(tx, input.ResourceARN);
      const state = stateOf(resource);
      const tags = withoutTags(state.tags, input.TagKeys);
      await putState(tx, resource, { ...state, tags });
      return {};
    });
}

/** @see https://docs.aws.amazon.com/kinesis/latest/APIReference/API_ListTagsForResource.html */
export function listTagsForResource({
  database,
}: KinesisDependencies): Operation<ListTagsForResourceInput, ListTagsForResourceOutput> {
  return (_context, input) =>
    database.read(async (queries) => ({
      Tags: tagList(stateOf(await requireResource(queries, input.ResourceARN)).tags),
    }));
}
