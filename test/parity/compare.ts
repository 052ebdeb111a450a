/**
 * Compares what a scenario observed with what AWS answered.
 *
 * In a recording `<name:1>` stands for a value that nobody can foretell. It matches any value of its kind; within
 * one entry the same placeholder stands for the same value (C1), and `<name:1>` and `<name:2>` for two (C2).
 * `<name>` without a number stands for whatever was there, each time anew, unless the scenario says what it
 * hides (C3). Keys, codes, messages, statuses, the order of lists and every other value are compared as they
 * stand (C4); lists in any order only under keys that the scenario names (C5).
 */
import { Bindings, fullyHidden, matchText } from './placeholders.ts';

export type Json =
  | null
  | boolean
  | number
  | string
  | readonly Json[]
  | { readonly [key: string]: Json };

export interface Difference {
  /** Keys and indexes from the entry down: `get_function.Configuration.Layers[0]`. */
  readonly path: string;
  readonly expected: string;
  readonly got: string;
}

export interface Observation {
  readonly values: { readonly [key: string]: Json };
  /** What unnumbered placeholders hide, by name. */
  readonly hidden?: Readonly<Record<string, string>>;
  /** Keys whose lists AWS answers in no order. */
  readonly unordered?: readonly string[];
}

/** Trials for lists without an order; beyond, the lists count as different. */
const TRIALS_MAX = 20_000;

/** Everything in which an observation differs from its recording, in the recording's order. */
export function compare(
  recorded: { readonly [key: string]: Json },
  seen: Observation,
): Difference[] {
  const bindings = new Bindings({ region: 'us-east-1', partition: 'aws', ...seen.hidden });
  const comparison: Comparison = {
    unordered: new Set(seen.unordered),
    trials: { left: TRIALS_MAX },
  };
  // Values that are hidden whole are learnt first: they tell where a placeholder ends inside a text.
  learn(recorded, seen.values, { ...comparison, bindings });
  return differences(recorded, seen.values, { ...comparison, bindings, path: '', key: '' });
}

interface Comparison {
  readonly unordered: ReadonlySet<string>;
  readonly trials: { left: number };
}

interface Place extends Comparison {
  readonly bindings: Bindings;
  readonly path: string;
  /** The last key of the path. */
  readonly key: string;
}

function learn(
  expected: Json,
  got: Json | undefined,
  place: Comparison & { bindings: Bindings },
): void {
  const value = parsedLike(expected, got);
  if (typeof expected === 'string') {
    if (fullyHidden(expected) && isScalar(value)) place.bindings.match(expected, String(value));
  } else if (isList(expected) && isList(value)) {
    for (const [index, item] of expected.entries()) learn(item, value[index], place);
  } else if (isMap(expected) && isMap(value)) {
    for (const [key, item] of Object.entries(expected)) {
      if (!place.unordered.has(key)) learn(item, value[key], place);
    }
  }
}

function differences(expected: Json, unparsed: Json | undefined, place: Place): Difference[] {
  const got = parsedLike(expected, unparsed);
  if (got === undefined) return [difference(place, expected, undefined)];
  if (typeof expected === 'string') {
    return matchText(expected, got, place.bindings) ? [] : [difference(place, expected, got)];
  }
  if (isList(expected) && isList(got)) {
    return place.unordered.has(place.key)
      ? unorderedDifferences(expected, got, place)
      : listDifferences(expected, got, place);
  }
  if (isMap(expected) && isMap(got)) return mapDifferences(expected, got, place);
  return Object.is(expected, got) ? [] : [difference(place, expected, got)];
}

function mapDifferences(
  expected: { readonly [key: string]: Json },
  unsimplified: { readonly [key: string]: Json },
  place: Place,
): Difference[] {
  const got = place.key === 'ResponseMetadata' ? simplified(unsimplified) : unsimplified;
  const found: Difference[] = [];
  const unread = new Set(Object.keys(got));
  for (const [key, item] of Object.entries(expected)) {
    const name = unread.has(key)
      ? key
      : [...unread].find((other) => matchText(key, other, place.bindings));
    if (name !== undefined) unread.delete(name);
    const inner = { ...place, path: place.path === '' ? key : `${place.path}.${key}`, key };
    found.push(...differences(item, name === undefined ? undefined : got[name], inner));
  }
  for (const key of unread) {
    const path = place.path === '' ? key : `${place.path}.${key}`;
    found.push({ path, expected: 'nothing', got: shown(got[key]) });
  }
  return found;
}

function listDifferences(expected: readonly Json[], got: readonly Json[], place: Place) {
  const found: Difference[] = [];
  for (let index = 0; index < Math.max(expected.length, got.length); index += 1) {
    const inner = { ...place, path: `${place.path}[${index}]` };
    const item = expected[index];
    if (item !== undefined) found.push(...differences(item, got[index], inner));
    else found.push({ path: inner.path, expected: 'nothing', got: shown(got[index]) });
  }
  return found;
}

/** Searches an order in which all items are equal; where there is none, tells of them as they came. */
function unorderedDifferences(expected: readonly Json[], got: readonly Json[], place: Place) {
  const assigned = expected.length === got.length ? assign(expected, got, place) : undefined;
  if (assigned === undefined) return listDifferences(expected, got, place);
  place.bindings.become(assigned);
  return [];
}

function assign(
  expected: readonly Json[],
  got: readonly Json[],
  place: Place,
): Bindings | undefined {
  const [first, ...rest] = expected;
  if (first === undefined) return place.bindings;
  for (const [index, candidate] of got.entries()) {
    place.trials.left -= 1;
    if (place.trials.left < 0) return undefined;
    const bindings = place.bindings.copy();
    if (differences(first, candidate, { ...place, bindings, key: '' }).length > 0) continue;
    const others = got.filter((_, other) => other !== index);
    const whole = assign(rest, others, { ...place, bindings });
    if (whole !== undefined) return whole;
  }
  return undefined;
}

/** Recordings hold JSON texts parsed; so is what was observed, where the recording has a structure. */
function parsedLike(expected: Json, got: Json | undefined): Json | undefined {
  if (typeof got !== 'string' || typeof expected !== 'object' || expected === null) return got;
  try {
    // JSON.parse answers nothing but Json.
    return JSON.parse(got) as Json;
  } catch {
    return got;
  }
}

/** Recordings keep of botocore's metadata the status alone. */
function simplified({ HTTPStatusCode }: { readonly [key: string]: Json }): {
  readonly [key: string]: Json;
} {
  return { HTTPHeaders: {}, ...(HTTPStatusCode === undefined ? {} : { HTTPStatusCode }) };
}

function difference({ path }: Place, expected: Json, got: Json | undefined): Difference {
  return { path, expected: shown(expected), got: shown(got) };
}

function shown(value: Json | undefined): string {
  return value === undefined ? 'nothing' : JSON.stringify(value);
}

function isScalar(value: Json | undefined): value is string | number | boolean {
  return ['string', 'number', 'boolean'].includes(typeof value);
}

function isList(value: Json | undefined): value is readonly Json[] {
  return Array.isArray(value);
}

function isMap(value: Json | undefined): value is { readonly [key: string]: Json } {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
