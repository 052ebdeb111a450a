import type { Operations } from '#aws/models/ssm.types.gen.ts';
import type { RequestContext } from '#aws/operation.ts';
import type { SsmDependencies } from '../dependencies.ts';
import { invalidResource, tooManyTags } from '../errors.ts';
import { TAGS_MAX } from '../limits.ts';
import { addressOf, type Parameter } from '../model.ts';
import { findParameter, saveParameter } from '../store.ts';

interface Tagged {
  readonly ResourceType: string;
  readonly ResourceId: string;
}

/** Sets tags of a parameter. */
export function addTagsToResource(dependencies: SsmDependencies): Operations['AddTagsToResource'] {
  return async (context, input) => {
    const added = Object.fromEntries(input.Tags.map(({ Key, Value }) => [Key, Value]));
    await changeTags(dependencies, context, input, (tags) => ({ ...tags, ...added }));
    return {};
  };
}

/** Takes tags away. */
export function removeTagsFromResource(
  dependencies: SsmDependencies,
): Operations['RemoveTagsFromResource'] {
  return async (context, input) => {
    await changeTags(dependencies, context, input, (tags) =>
      Object.fromEntries(Object.entries(tags).filter(([key]) => !input.TagKeys.includes(key))),
    );
    return {};
  };
}

/** Lists the tags of a parameter. */
export function listTagsForResource({
  database,
}: SsmDependencies): Operations['ListTagsForResource'] {
  return async (context, input) => {
    const { tags } = found(
      input,
      await database.read((queries) =>
        findParameter(queries, context, addressOf(input.ResourceId).name),
      ),
    );
    return { TagList: Object.entries(tags).map(([Key, Value]) => ({ Key, Value })) };
  };
}

async function changeTags(
  { database }: SsmDependencies,
  context: RequestContext,
  input: Tagged,
  change: (tags: Parameter['tags']) => Parameter['tags'],
): Promise<void> {
  await database.transact(async (tx) => {
    const name = addressOf(input.ResourceId).name;
    const parameter = found(input, await findParameter(tx, context, name));
    const tags = change(parameter.tags);
    if (Object.keys(tags).length > TAGS_MAX) throw tooManyTags();
    await saveParameter(tx, context, { ...parameter, tags });
  });
}

/** Only parameters are kept here. */
function found({ ResourceType: type }: Tagged, parameter: Parameter | undefined): Parameter {
  if (type !== 'Parameter' || parameter === undefined) throw invalidResource();
  return parameter;
}
