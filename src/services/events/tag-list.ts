import type { Tag } from '#aws/models/events.types.gen.ts';
import type { Tags } from './model.ts';

/** Tags by key, of AWS’s list. */
export function tagsOf(list: readonly Tag[] | undefined): Tags {
  return Object.fromEntries((list ?? []).map(({ Key, Value }) => [Key, Value]));
}

/** AWS’s list, of tags by key. */
export function tagList(tags: Tags): Tag[] {
  return Object.entries(tags).map(([Key, Value]) => ({ Key, Value }));
}
