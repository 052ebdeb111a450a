/**
 * Attribute values and items, in DynamoDB's own shape. Whatever has these types is valid and
 * canonical.
 */

export type KeyType = 'S' | 'N' | 'B';

export type ValueType = KeyType | 'SS' | 'NS' | 'BS' | 'L' | 'M' | 'BOOL' | 'NULL';

export type Value =
  | { readonly S: string }
  | { readonly N: string }
  | { readonly B: Uint8Array }
  | { readonly SS: readonly string[] }
  | { readonly NS: readonly string[] }
  | { readonly BS: readonly Uint8Array[] }
  | { readonly L: readonly Value[] }
  | { readonly M: Attributes }
  | { readonly BOOL: boolean }
  | { readonly NULL: true };

/**
 * Attributes by name: an item, or what a map holds. Names may be those of Object's own members: see
 * attributeOf.
 */
export type Attributes = { readonly [name: string]: Value };

/** Attributes whose binaries are base64: what the JSON of events, streams and errors shows. */
export type JsonAttributes = { readonly [name: string]: unknown };

/** The type's name, which is the value's only member. */
export function typeOf(value: Value): ValueType {
  for (const type in value) return type as ValueType; // The only member's name is the tag.
  return 'NULL';
}

/** The attribute of that name, never one that every JavaScript object inherits. */
export function attributeOf(attributes: Attributes, name: string): Value | undefined {
  return Object.hasOwn(attributes, name) ? attributes[name] : undefined;
}

/** Those of the named attributes that are there. */
export function pickAttributes(attributes: Attributes, names: Iterable<string>): Attributes {
  const entries: [string, Value][] = [];
  for (const name of names) {
    const value = attributeOf(attributes, name);
    if (value !== undefined) entries.push([name, value]);
  }
  return Object.fromEntries(entries);
}
