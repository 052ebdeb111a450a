import type { Tag } from '#aws/models/sns.types.gen.ts';
import { invalidParameter } from './errors.ts';

/** Recorded: `test_tags`. */
export function tagsOf(list: readonly Tag[] | undefined): Readonly<Record<string, string>> {
  const tags = Object.fromEntries((list ?? []).map(({ Key, Value }) => [Key, Value]));
  if (Object.keys(tags).length < (list?.length ?? 0)) {
    throw invalidParameter('Duplicated keys are not allowed.');
  }
  return tags;
}
