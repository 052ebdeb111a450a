import type { RequestHead } from '../wire.ts';

type Members<Value> = Readonly<Record<string, Value>>;

/** Headers and query parameters as events of format 1.0 have them, once with the last value and once with all. */
export function requestMembers(query: RequestHead['query'], headers: Members<string>) {
  const names = [...new Set(query.keys())];
  const several = names.map((name): [string, string[]] => [name, query.getAll(name)]);
  return {
    headers,
    multiValueHeaders: Object.fromEntries(
      Object.entries(headers).map(([name, value]) => [name, [value]]),
    ),
    queryStringParameters: orNull(several.map(([name, all]) => [name, all.at(-1) ?? ''])),
    multiValueQueryStringParameters: orNull(several),
  };
}

/** A map, or null where it is empty. */
export function orNull<Value>(
  entries: readonly (readonly [string, Value])[],
): Members<Value> | null {
  return entries.length === 0 ? null : Object.fromEntries(entries);
}
