/** The kinds of fields that patches change. */
import { notFound } from '../errors.ts';
import type { Patched, PatchField, PatchStep } from './table.ts';

interface FieldOptions<Value> {
  readonly ops?: readonly string[];
  /** Makes the member's value of the text that was given; refuses by throwing. */
  readonly read?: (value: string | undefined, step: PatchStep) => Value;
}

const REPLACE: readonly string[] = ['replace'];
const ALL: readonly string[] = ['add', 'remove', 'replace'];

/** A text; without a value it goes. */
export function text(path: string, options: FieldOptions<string | undefined> = {}): PatchField {
  const { ops = REPLACE, read = (value) => value } = options;
  return {
    path,
    ops,
    apply: (document, step) =>
      step.op === 'remove'
        ? remove(document, membersOf(path))
        : set(document, membersOf(path), read(step.value, step)),
  };
}

/** True or false; what says neither is false. */
export function flag(path: string, ops: readonly string[] = REPLACE): PatchField {
  return {
    path,
    ops,
    apply: (document, { value }) => set(document, membersOf(path), value?.toLowerCase() === 'true'),
  };
}

/** A number. */
export function number(path: string, options: FieldOptions<number | undefined> = {}): PatchField {
  const { ops = REPLACE, read = numberOf } = options;
  return {
    path,
    ops,
    apply: (document, step) =>
      step.op === 'remove'
        ? remove(document, membersOf(path))
        : set(document, membersOf(path), read(step.value, step)),
  };
}

function numberOf(value: string | undefined): number | undefined {
  return value === undefined || value === '' ? undefined : Number(value);
}

interface MapOptions<Value> extends FieldOptions<Value> {
  /** The message of a 404 for a key that is to be replaced or removed, and is not there. */
  readonly missing?: string;
}

/** A map, whose keys end the path: `/requestModels/{}`. */
export function map<Value = string | undefined>(
  member: string,
  options: MapOptions<Value> = {},
): PatchField {
  const { ops = ALL, read = (value: string | undefined) => value, missing } = options;
  return {
    path: `${member}/{}`,
    ops,
    apply: (document, step) => {
      const members = membersOf(member);
      const key = step.keys.at(-1) ?? '';
      const isThere = Object.hasOwn(objectAt(document, members), key);
      if (missing !== undefined && step.op !== 'add' && !isThere) throw notFound(missing);
      if (step.op === 'remove') return remove(document, [...members, key]);
      return set(document, [...members, key], read(step.value, step));
    },
  };
}

/** A list of texts, patched as if they were keys: a replacement goes to the end. */
export function list(member: string, ops: readonly string[] = ALL): PatchField {
  return {
    path: `${member}/{}`,
    ops,
    apply: (document, { op, keys, value }) => {
      const members = membersOf(member);
      const key = keys.at(-1) ?? '';
      const now = listAt(document, members);
      const rest = now.filter((one) => one !== key);
      const added = op === 'remove' ? [] : [op === 'replace' ? (value ?? '') : key];
      return set(document, members, op === 'add' && now.includes(key) ? now : [...rest, ...added]);
    },
  };
}

/** A field that does as it likes. */
export function place(
  path: string,
  ops: readonly string[],
  apply: PatchField['apply'],
): PatchField {
  return { path, ops, apply };
}

function membersOf(path: string): readonly string[] {
  return path.split('/').slice(1);
}

function objectAt(document: Patched, members: readonly string[]): Patched {
  let current: unknown = document;
  for (const member of members) current = (current as Patched | undefined)?.[member];
  return (current ?? {}) as Patched;
}

function listAt(document: Patched, members: readonly string[]): readonly string[] {
  const found: unknown = objectAt(document, members);
  return Array.isArray(found) ? found.filter((one) => typeof one === 'string') : [];
}

function set(
  document: Patched,
  [member = '', ...rest]: readonly string[],
  value: unknown,
): Patched {
  if (rest.length > 0) {
    const inner = (document[member] ?? {}) as Patched;
    return { ...document, [member]: set(inner, rest, value) };
  }
  if (value !== undefined) return { ...document, [member]: value };
  return remove(document, [member]);
}

/** Maps that have lost their last key go, too. */
function remove(document: Patched, [member = '', ...rest]: readonly string[]): Patched {
  const { [member]: inner, ...others } = document;
  if (rest.length === 0) return others;
  if (inner === undefined) return document;
  const left = remove(inner as Patched, rest);
  return Object.keys(left).length === 0 ? others : { ...document, [member]: left };
}
