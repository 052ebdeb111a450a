/** Values in JSON by the names of members. Pure. */
import { isObject } from '#kernel/json.ts';

/** The value at `a.b[0]`, its names apart; `undefined` where it is not there. */
export function valueIn(root: unknown, names: readonly string[]): unknown {
  let value = root;
  for (const name of names) {
    const [member = '', ...indexes] = name.split(/[[\]]+/).filter((part) => part !== '');
    value = isObject(value) ? value[member] : undefined;
    for (const index of indexes) value = Array.isArray(value) ? value[Number(index)] : undefined;
  }
  return value;
}

/** A text as it is, all else as JSON. */
export function textOfValue(value: unknown): string {
  return typeof value === 'string' ? value : JSON.stringify(value);
}
