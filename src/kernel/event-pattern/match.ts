/** Whether an event matches a pattern that was compiled. */
import { isObject } from '#kernel/json.ts';
import { isInBlock } from '#kernel/ip-address.ts';
import {
  isLeaf,
  type Condition,
  type EventPattern,
  type NumericBound,
  type PatternLeaf,
  type TextCondition,
} from './pattern.ts';
import { matchesWildcard } from './wildcard.ts';

/**
 * Matches a parsed event. Where the event has an array of objects, one of them must match the whole of what the
 * pattern says of it. A name with dots in the event is the same as nested names.
 */
export function matchPattern(pattern: EventPattern, event: unknown): boolean {
  return matchesObject(pattern, event, event);
}

function matchesObject(pattern: EventPattern, value: unknown, event: unknown): boolean {
  if (Array.isArray(value)) return value.some((element) => matchesObject(pattern, element, event));
  if (value !== undefined && !isObject(value)) return false;
  const { fields, anyOf } = pattern;
  for (const [name, node] of fields) {
    if (!matchesField(node, childrenOf(value, name), event)) return false;
  }
  return anyOf.every((alternatives) =>
    alternatives.some((alternative) => matchesObject(alternative, value, event)),
  );
}

function matchesField(
  node: EventPattern | PatternLeaf,
  values: readonly unknown[],
  event: unknown,
): boolean {
  if (isLeaf(node)) return matchesLeaf(node, values, event);
  if (values.some((value) => matchesObject(node, value, event))) return true;
  // Where nothing is, only what must be absent can match.
  return matchesObject(node, undefined, event);
}

function matchesLeaf(
  { path, conditions }: PatternLeaf,
  values: readonly unknown[],
  event: unknown,
): boolean {
  const leaves = values.flatMap(leavesOf);
  return conditions.some((condition) =>
    condition.kind === 'exists'
      ? condition.isPresent
        ? leaves.length > 0
        : !hasLeaf(event, path)
      : leaves.some((leaf) => holds(condition, leaf)),
  );
}

/** What an object has under a name: `a.b` is also an `a` that has a `b`. */
function childrenOf(value: unknown, name: string): readonly unknown[] {
  if (!isObject(value)) return [];
  const children: unknown[] = Object.hasOwn(value, name) ? [value[name]] : [];
  const prefix = `${name}.`;
  for (const key of Object.keys(value)) {
    if (key.startsWith(prefix)) children.push({ [key.slice(prefix.length)]: value[key] });
  }
  return children;
}

/** Strings, numbers, booleans and null, out of arrays of any depth. */
function leavesOf(value: unknown): readonly unknown[] {
  if (Array.isArray(value)) return value.flatMap(leavesOf);
  return value === undefined || isObject(value) ? [] : [value];
}

function hasLeaf(value: unknown, [name, ...rest]: readonly string[]): boolean {
  if (name === undefined) return leavesOf(value).length > 0;
  if (Array.isArray(value)) return value.some((element) => hasLeaf(element, [name, ...rest]));
  return childrenOf(value, name).some((child) => hasLeaf(child, rest));
}

function holds(condition: Condition, value: unknown): boolean {
  switch (condition.kind) {
    case 'equals':
      return value === condition.value;
    case 'numeric':
      return typeof value === 'number' && condition.bounds.every((bound) => isWithin(value, bound));
    case 'cidr':
      return typeof value === 'string' && isInBlock(value, condition.range);
    case 'anything-but':
      return !condition.conditions.some((excluded) => holds(excluded, value));
    case 'exists':
      return condition.isPresent;
    default:
      return typeof value === 'string' && holdsOfText(condition, value);
  }
}

function holdsOfText({ kind, text, ignoresCase }: TextCondition, original: string): boolean {
  const value = ignoresCase ? original.toLowerCase() : original;
  switch (kind) {
    case 'prefix':
      return value.startsWith(text);
    case 'suffix':
      return value.endsWith(text);
    case 'equals-ignore-case':
      return value === text;
    default:
      return matchesWildcard(value, text);
  }
}

function isWithin(value: number, { operator, value: bound }: NumericBound): boolean {
  switch (operator) {
    case '=':
      return value === bound;
    case '<':
      return value < bound;
    case '<=':
      return value <= bound;
    case '>':
      return value > bound;
    default:
      return value >= bound;
  }
}
