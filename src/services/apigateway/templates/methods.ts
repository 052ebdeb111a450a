/** The methods that templates may call, by the kind of what they are called on: those of Java's that templates use. */
import { HostObject, show } from './values.ts';

type Method<Receiver> = (receiver: Receiver, parameters: readonly unknown[]) => unknown;
type Table<Receiver> = Readonly<Record<string, Method<Receiver>>>;

const first = (parameters: readonly unknown[]): string => show(parameters[0]);
const numberAt = (parameters: readonly unknown[], index: number): number =>
  Number(parameters[index] ?? 0);

/** Patterns of Java's are mostly JavaScript's, too; one that is not matches nothing. */
function pattern(text: string, flags: string): RegExp {
  try {
    return new RegExp(text, flags);
  } catch {
    return /(?!)/g;
  }
}

const TEXT: Table<string> = {
  length: (text) => text.length,
  size: (text) => text.length,
  isEmpty: (text) => text === '',
  isBlank: (text) => text.trim() === '',
  equals: (text, [other]) => text === other,
  equalsIgnoreCase: (text, parameters) => text.toLowerCase() === first(parameters).toLowerCase(),
  compareTo: (text, parameters) =>
    text < first(parameters) ? -1 : text === first(parameters) ? 0 : 1,
  contains: (text, parameters) => text.includes(first(parameters)),
  startsWith: (text, parameters) => text.startsWith(first(parameters)),
  endsWith: (text, parameters) => text.endsWith(first(parameters)),
  indexOf: (text, parameters) => text.indexOf(first(parameters), numberAt(parameters, 1)),
  lastIndexOf: (text, parameters) => text.lastIndexOf(first(parameters)),
  charAt: (text, parameters) => text.charAt(numberAt(parameters, 0)),
  substring: (text, parameters) =>
    parameters.length > 1
      ? text.slice(numberAt(parameters, 0), numberAt(parameters, 1))
      : text.slice(numberAt(parameters, 0)),
  concat: (text, parameters) => text + first(parameters),
  trim: (text) => text.trim(),
  toLowerCase: (text) => text.toLowerCase(),
  toUpperCase: (text) => text.toUpperCase(),
  toString: (text: string) => text,
  replace: (text, [from, to]) => text.replaceAll(show(from), () => show(to)),
  replaceAll: (text, [from, to]) => text.replace(pattern(show(from), 'g'), show(to)),
  replaceFirst: (text, [from, to]) => text.replace(pattern(show(from), ''), show(to)),
  matches: (text, parameters) => pattern(`^(?:${first(parameters)})$`, 's').test(text),
  split: (text, parameters) => {
    const parts = text.split(pattern(first(parameters), ''));
    while (parts.length > 1 && parts.at(-1) === '') parts.pop();
    return parts;
  },
};

const LIST: Table<unknown[]> = {
  size: (list) => list.length,
  length: (list) => list.length,
  isEmpty: (list) => list.length === 0,
  get: (list, parameters) => list[numberAt(parameters, 0)],
  contains: (list, [value]) => list.includes(value),
  indexOf: (list, [value]) => list.indexOf(value),
  add: (list, parameters) => {
    if (parameters.length > 1) list.splice(numberAt(parameters, 0), 0, parameters[1]);
    else list.push(parameters[0]);
    return true;
  },
  addAll: (list, [others]) => {
    if (Array.isArray(others)) list.push(...(others as unknown[]));
    return true;
  },
  set: (list, parameters) => list.splice(numberAt(parameters, 0), 1, parameters[1])[0],
  remove: (list, [value]) =>
    typeof value === 'number' ? list.splice(value, 1)[0] : removeFrom(list, value),
  toString: (list: unknown[]) => show(list),
};

function removeFrom(list: unknown[], value: unknown): boolean {
  const at = list.indexOf(value);
  if (at >= 0) list.splice(at, 1);
  return at >= 0;
}

const MAP: Table<Map<unknown, unknown>> = {
  size: (map) => map.size,
  isEmpty: (map) => map.size === 0,
  get: (map, [key]) => map.get(key),
  getOrDefault: (map, [key, otherwise]) => (map.has(key) ? map.get(key) : otherwise),
  containsKey: (map, [key]) => map.has(key),
  containsValue: (map, [value]) => [...map.values()].includes(value),
  put: (map, [key, value]) => {
    const before = map.get(key);
    map.set(key, value);
    return before ?? null;
  },
  putAll: (map, [others]) => {
    if (others instanceof Map) for (const [key, value] of others) map.set(key, value);
    return null;
  },
  remove: (map, [key]) => {
    const before = map.get(key);
    map.delete(key);
    return before ?? null;
  },
  keySet: (map) => [...map.keys()],
  values: (map) => [...map.values()],
  entrySet: (map) =>
    [...map].map(
      ([key, value]) =>
        new HostObject({ key, value }, { getKey: () => key, getValue: () => value }),
    ),
  toString: (map: Map<unknown, unknown>) => show(map),
};

const NUMBER: Table<number> = {
  intValue: (number) => Math.trunc(number),
  longValue: (number) => Math.trunc(number),
  doubleValue: (number) => number,
  equals: (number, [other]) => number === other,
  compareTo: (number, parameters) => Math.sign(number - numberAt(parameters, 0)),
  toString: (number: number) => String(number),
};

const BOOLEAN: Table<boolean> = {
  equals: (value, [other]) => value === other,
  toString: (value: boolean) => String(value),
};

function methodOf<Receiver>(table: Table<Receiver>, name: string): Method<Receiver> | undefined {
  return Object.hasOwn(table, name) ? table[name] : undefined;
}

/** What a method answers; `undefined` where its receiver has none of that name. */
export function callMethod(
  receiver: unknown,
  name: string,
  parameters: readonly unknown[],
): unknown {
  if (typeof receiver === 'string') return methodOf(TEXT, name)?.(receiver, parameters);
  if (typeof receiver === 'number') return methodOf(NUMBER, name)?.(receiver, parameters);
  if (typeof receiver === 'boolean') return methodOf(BOOLEAN, name)?.(receiver, parameters);
  if (Array.isArray(receiver)) return methodOf(LIST, name)?.(receiver as unknown[], parameters);
  if (receiver instanceof Map) return methodOf(MAP, name)?.(receiver, parameters);
  if (!(receiver instanceof HostObject)) return undefined;
  return Object.hasOwn(receiver.methods, name)
    ? receiver.methods[name]?.(...parameters)
    : undefined;
}
