/** The methods that templates may call, by the kind of what they are called on: those of Java's that templates use. */
import { NODE_COST, type Budget } from './budget.ts';
import { HostObject, show } from './values.ts';
import { matchesText, replaceText, splitText, type Replacement } from './text-patterns.ts';

type Parameters = readonly unknown[];
type Method<Receiver> = (receiver: Receiver, parameters: Parameters, budget: Budget) => unknown;
type Table<Receiver> = Readonly<Record<string, Method<Receiver>>>;

const first = (parameters: Parameters, budget: Budget): string => show(parameters[0], budget);
const numberAt = (parameters: Parameters, index: number): number => Number(parameters[index] ?? 0);

const TEXT: Table<string> = {
  length: (text) => text.length,
  size: (text) => text.length,
  isEmpty: (text) => text === '',
  isBlank: (text) => text.trim() === '',
  equals: (text, [other]) => text === other,
  equalsIgnoreCase: (text, parameters, budget) =>
    text.toLowerCase() === first(parameters, budget).toLowerCase(),
  compareTo: (text, parameters, budget) => {
    const other = first(parameters, budget);
    return text < other ? -1 : text === other ? 0 : 1;
  },
  contains: (text, parameters, budget) => text.includes(first(parameters, budget)),
  startsWith: (text, parameters, budget) => text.startsWith(first(parameters, budget)),
  endsWith: (text, parameters, budget) => text.endsWith(first(parameters, budget)),
  indexOf: (text, parameters, budget) =>
    text.indexOf(first(parameters, budget), numberAt(parameters, 1)),
  lastIndexOf: (text, parameters, budget) => text.lastIndexOf(first(parameters, budget)),
  charAt: (text, parameters) => text.charAt(numberAt(parameters, 0)),
  substring: (text, parameters) =>
    parameters.length > 1
      ? text.slice(numberAt(parameters, 0), numberAt(parameters, 1))
      : text.slice(numberAt(parameters, 0)),
  concat: (text, parameters, budget) => {
    const other = first(parameters, budget);
    budget.charge(other.length);
    return text + other;
  },
  trim: (text) => text.trim(),
  toLowerCase: (text) => text.toLowerCase(),
  toUpperCase: (text) => text.toUpperCase(),
  toString: (text: string) => text,
  replace: (text, parameters, budget) => {
    const [from, to] = replacementOf(parameters, budget);
    const parts = text.split(from);
    budget.charge(parts.length * (1 + to.length));
    return parts.join(to);
  },
  replaceAll: (text, parameters, budget) =>
    replaceText(text, replacementOf(parameters, budget), budget),
  replaceFirst: (text, parameters, budget) =>
    replaceText(text, replacementOf(parameters, budget), budget, true),
  matches: (text, parameters, budget) => matchesText(text, first(parameters, budget), budget),
  split: (text, parameters, budget) => splitText(text, first(parameters, budget), budget),
};

function replacementOf([from, to]: Parameters, budget: Budget): Replacement {
  return [show(from, budget), show(to, budget)];
}

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
  addAll: (list, [others], budget) => {
    const added: readonly unknown[] = Array.isArray(others) ? others : [];
    budget.charge(NODE_COST * added.length);
    // A list may be added to itself.
    const { length } = added;
    for (let index = 0; index < length; index += 1) list.push(added[index]);
    return true;
  },
  set: (list, parameters) => list.splice(numberAt(parameters, 0), 1, parameters[1])[0],
  remove: (list, [value]) =>
    typeof value === 'number' ? list.splice(value, 1)[0] : removeFrom(list, value),
  toString: (list: unknown[], _: Parameters, budget: Budget) => show(list, budget),
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
  putAll: (map, [others], budget) => {
    if (!(others instanceof Map)) return null;
    budget.charge(NODE_COST * others.size);
    for (const [key, value] of others) map.set(key, value);
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
  toString: (map: Map<unknown, unknown>, _: Parameters, budget: Budget) => show(map, budget),
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

/** Methods that cost the same however large their receiver is; all others look at the whole of it. */
const QUICK: ReadonlySet<string> = new Set([
  'length',
  'size',
  'isEmpty',
  'get',
  'getOrDefault',
  'containsKey',
  'put',
  'charAt',
  'substring',
  'startsWith',
  'endsWith',
]);

function sizeOf(receiver: unknown): number {
  if (typeof receiver === 'string') return receiver.length;
  if (Array.isArray(receiver)) return NODE_COST * receiver.length;
  return receiver instanceof Map ? NODE_COST * receiver.size : 0;
}

export interface MethodCall {
  readonly receiver: unknown;
  readonly name: string;
  readonly parameters: Parameters;
}

/**
 * What a method answers; `undefined` where its receiver has none of that name.
 * @throws TemplateError where the budget does not reach
 */
export function callMethod({ receiver, name, parameters }: MethodCall, budget: Budget): unknown {
  const isPush = name === 'add' && parameters.length < 2;
  budget.charge(NODE_COST + (QUICK.has(name) || isPush ? 0 : sizeOf(receiver)));
  if (typeof receiver === 'string') return methodOf(TEXT, name)?.(receiver, parameters, budget);
  if (typeof receiver === 'number') return methodOf(NUMBER, name)?.(receiver, parameters, budget);
  if (typeof receiver === 'boolean') {
    return methodOf(BOOLEAN, name)?.(receiver, parameters, budget);
  }
  if (Array.isArray(receiver)) {
    return methodOf(LIST, name)?.(receiver as unknown[], parameters, budget);
  }
  if (receiver instanceof Map) return methodOf(MAP, name)?.(receiver, parameters, budget);
  if (!(receiver instanceof HostObject)) return undefined;
  return Object.hasOwn(receiver.methods, name)
    ? receiver.methods[name]?.(budget, ...parameters)
    : undefined;
}
