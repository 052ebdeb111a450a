/** Templates are loose about types: their values become what an operation's model says. Pure. */
import type { Member, Shape } from '#aws/model.ts';
import { unreachable } from '#kernel/assert.ts';
import { isObject } from '#kernel/json.ts';
import { utf8 } from '#kernel/bytes.ts';
import { toText } from '../text.ts';

/**
 * A value as its shape has it. What cannot be turned stays as it is, for the model's validation to name.
 * Tags turn from lists of keys and values into maps, and back.
 */
export function coerce(shape: Shape, value: unknown): unknown {
  switch (shape.kind) {
    case 'structure':
      return isObject(value) ? coerceStructure(shape.members, value) : value;
    case 'list':
      return coerceList(shape.member, value);
    case 'map':
      return coerceMap(shape.value, value);
    case 'string':
      return coerceText(value);
    case 'integer':
    case 'long':
    case 'float':
    case 'double':
      return typeof value === 'string' && value.trim() !== '' ? numberOf(value) : value;
    case 'boolean':
      return value === 'true' ? true : value === 'false' ? false : value;
    case 'timestamp':
      return typeof value === 'string' ? timeOf(value) : value;
    case 'blob':
      return typeof value === 'string' ? utf8(value) : value;
    default:
      return unreachable(shape);
  }
}

function coerceStructure(members: readonly Member[], value: Readonly<Record<string, unknown>>) {
  const entries = members.flatMap((member): [string, unknown][] => {
    const { name } = member;
    // Models of some services begin their names with small letters; templates never do.
    const given = value[name] ?? value[`${name.charAt(0).toUpperCase()}${name.slice(1)}`];
    return given === undefined || given === null ? [] : [[name, coerce(member.shape, given)]];
  });
  return Object.fromEntries(entries);
}

function coerceList({ shape }: Member, value: unknown): unknown {
  if (Array.isArray(value)) return value.map((item) => coerce(shape, item));
  const isPairs =
    isObject(value) &&
    shape.kind === 'structure' &&
    shape.memberByName.has('Key') &&
    shape.memberByName.has('Value');
  if (isPairs) return Object.entries(value).map(([Key, Value]) => ({ Key, Value: toText(Value) }));
  return [coerce(shape, value)];
}

function coerceMap({ shape }: Member, value: unknown): unknown {
  const entries = Array.isArray(value)
    ? value.filter(isObject).map(({ Key: key, Value: item }) => [toText(key), item] as const)
    : isObject(value)
      ? Object.entries(value)
      : undefined;
  return entries === undefined
    ? value
    : Object.fromEntries(entries.map(([key, item]) => [key, coerce(shape, item)]));
}

function coerceText(value: unknown): unknown {
  if (typeof value === 'number' || typeof value === 'boolean') return toText(value);
  return isObject(value) || Array.isArray(value) ? JSON.stringify(value) : value;
}

function numberOf(text: string): unknown {
  const number = Number(text);
  return Number.isFinite(number) ? number : text;
}

function timeOf(text: string): unknown {
  const timeMs = Date.parse(text);
  return Number.isNaN(timeMs) ? text : timeMs;
}
