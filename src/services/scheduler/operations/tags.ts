import type { Operations } from '#aws/models/scheduler.types.gen.ts';
import { parseArn } from '#kernel/arn.ts';
import type { SchedulerDependencies } from '../dependencies.ts';
import { validation } from '../errors.ts';
import type { Group, Place } from '../model.ts';
import { saveGroup } from '../store.ts';
import { requireGroup } from './groups.ts';

type Tags = Group['tags'];

/** Sets tags of a group. */
export function tagResource(dependencies: SchedulerDependencies): Operations['TagResource'] {
  return async (_context, { ResourceArn, Tags: list }) => {
    const added = Object.fromEntries(list.map(({ Key, Value }) => [Key, Value]));
    await changeTags(dependencies, ResourceArn, (tags) => ({ ...tags, ...added }));
    return {};
  };
}

/** Takes tags away. */
export function untagResource(dependencies: SchedulerDependencies): Operations['UntagResource'] {
  return async (_context, { ResourceArn, TagKeys }) => {
    await changeTags(dependencies, ResourceArn, (tags) =>
      Object.fromEntries(Object.entries(tags).filter(([key]) => !TagKeys.includes(key))),
    );
    return {};
  };
}

/** Lists the tags of a group. */
export function listTagsForResource({
  database,
  clock,
}: SchedulerDependencies): Operations['ListTagsForResource'] {
  return async (_context, { ResourceArn }) => {
    const { place, name } = groupOfArn(ResourceArn);
    const group = await database.transact((tx) => requireGroup(tx, place, name, clock.now()));
    return { Tags: Object.entries(group.tags).map(([Key, Value]) => ({ Key, Value })) };
  };
}

async function changeTags(
  { database, clock }: SchedulerDependencies,
  resourceArn: string,
  change: (tags: Tags) => Tags,
): Promise<void> {
  const { place, name } = groupOfArn(resourceArn);
  await database.transact(async (tx) => {
    const group = await requireGroup(tx, place, name, clock.now());
    await saveGroup(tx, place, { ...group, tags: change(group.tags), modifiedAtMs: clock.now() });
  });
}

/** Only groups have tags. */
function groupOfArn(text: string): { readonly place: Place; readonly name: string } {
  const arn = parseArn(text);
  const [, name] = /^schedule-group\/([^/]+)$/.exec(arn?.resource ?? '') ?? [];
  if (arn?.service !== 'scheduler' || name === undefined) {
    throw validation(`Invalid resource ARN ${text}.`);
  }
  return { place: arn, name };
}
