/** Items as they are stored: DynamoDB's JSON, binaries in base64. */
import { base64 } from './parse-value.ts';
import type { Attributes, JsonAttributes, Value } from './value.ts';

/** The text under which an item is stored. */
export function encodeItem(item: Attributes): string {
  return JSON.stringify(toJson(item));
}

/** The item with its binaries in base64. */
export function toJson(item: Attributes): JsonAttributes {
  return hasBinaryIn(item) ? mapJson(item) : item;
}

function hasBinaryIn(attributes: Attributes): boolean {
  return Object.values(attributes).some(hasBinary);
}

function hasBinary(value: Value): boolean {
  if ('B' in value || 'BS' in value) return true;
  if ('L' in value) return value.L.some(hasBinary);
  return 'M' in value && hasBinaryIn(value.M);
}

function mapJson(attributes: Attributes): JsonAttributes {
  return Object.fromEntries(
    Object.entries(attributes).map(([name, value]) => [name, valueJson(value)]),
  );
}

function valueJson(value: Value): unknown {
  if ('B' in value) return { B: base64(value.B) };
  if ('BS' in value) return { BS: value.BS.map(base64) };
  if ('L' in value) return { L: value.L.map(valueJson) };
  if ('M' in value) return { M: mapJson(value.M) };
  return value;
}

/** The item that encodeItem wrote. */
export function decodeItem(text: string): Attributes {
  const isBinaryPossible = text.includes('"B":') || text.includes('"BS":');
  return fromJson(JSON.parse(text) as Stored, isBinaryPossible); // Only encodeItem writes it.
}

type Stored = { readonly [name: string]: StoredValue };
/** What encodeItem writes and nobody else does. */
type StoredValue =
  | Exclude<Value, { B: Uint8Array } | { BS: unknown } | { L: unknown } | { M: unknown }>
  | { readonly B: string }
  | { readonly BS: readonly string[] }
  | { readonly L: readonly StoredValue[] }
  | { readonly M: Stored };

/**
 * `isBinaryPossible` is false where the text shows that no value is binary: then nothing is left to
 * do.
 */
function fromJson(stored: Stored, isBinaryPossible: boolean): Attributes {
  if (!isBinaryPossible) return stored as Attributes; // Without binaries the two shapes are one.
  return Object.fromEntries(
    Object.entries(stored).map(([name, value]) => [name, reviveValue(value)]),
  );
}

function reviveValue(value: StoredValue): Value {
  if ('B' in value) return { B: Buffer.from(value.B, 'base64') };
  if ('BS' in value) return { BS: value.BS.map((text) => Buffer.from(text, 'base64')) };
  if ('L' in value) return { L: value.L.map(reviveValue) };
  if ('M' in value) return { M: fromJson(value.M, true) };
  return value;
}
