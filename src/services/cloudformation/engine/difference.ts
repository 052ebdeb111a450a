/** Compares what a resource was made of with what it is to be. Pure. */
import { isDeepStrictEqual } from 'node:util';
import type { JsonObject } from '#kernel/json.ts';

/** Names of the properties that differ. */
export function changedProperties(before: JsonObject, after: JsonObject): readonly string[] {
  const names = new Set([...Object.keys(before), ...Object.keys(after)]);
  return [...names]
    .filter((name) => !isDeepStrictEqual(plain(before[name]), plain(after[name])))
    .sort();
}

/** As JSON has it: what is undefined is not there. */
function plain(value: unknown): unknown {
  return value === undefined ? undefined : JSON.parse(JSON.stringify(value));
}
