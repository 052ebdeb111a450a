/** Keys against a table's schema: what must be there, of which type, how long. */
import { invalidParameters, emptyIndexKeyValue, emptyKeyValue, keyMismatch } from '../errors.ts';
import { HASH_KEY_BYTES_MAX, RANGE_KEY_BYTES_MAX } from '../limits.ts';
import type { ItemKey } from '../store/items.ts';
import { keyAttributes } from '../tables/table.ts';
import type { Index, KeyAttribute, Keys, Table } from '../tables/table.ts';
import { hashKeyBytes, isOfKeyType, keyBytes } from '../value/key-bytes.ts';
import { utf8Bytes } from '../value/size.ts';
import { attributeOf, typeOf } from '../value/value.ts';
import type { Attributes, Value } from '../value/value.ts';

const NO_RANGE = new Uint8Array(0);

/**
 * The key of a request: exactly the table's key attributes.
 * @throws ValidationException
 */
export function parseKey(keys: Keys, key: Attributes): ItemKey {
  if (Object.keys(key).length !== keyAttributes(keys).length) throw keyMismatch();
  for (const attribute of keyAttributes(keys)) {
    const value = attributeOf(key, attribute.name);
    if (value === undefined || !isOfKeyType(value, attribute.type)) throw keyMismatch();
    assertKeyValue(value, attribute, attribute === keys.hash);
  }
  return keyOf(keys, key);
}

/**
 * The key of an item that is to be put, whose index keys are checked too.
 * @throws ValidationException
 */
export function parseItemKey(table: Table, item: Attributes): ItemKey {
  for (const attribute of keyAttributes(table.keys)) {
    const value = attributeOf(item, attribute.name);
    if (value === undefined)
      throw invalidParameters(`Missing the key ${attribute.name} in the item`);
    if (!isOfKeyType(value, attribute.type)) {
      throw invalidParameters(
        `Type mismatch for key ${attribute.name} expected: ${attribute.type} actual: ${typeOf(value)}`,
      );
    }
    assertKeyValue(value, attribute, attribute === table.keys.hash);
  }
  for (const index of table.indexes) assertIndexKeys(index, item);
  return keyOf(table.keys, item);
}

function assertKeyValue(value: Value, { name }: KeyAttribute, isHash: boolean): void {
  if ('N' in value) return;
  const bytes = scalarBytes(value);
  if (bytes === 0) throw emptyKeyValue('S' in value ? 'string' : 'binary', name);
  if (isHash && bytes > HASH_KEY_BYTES_MAX) {
    // AWS's message has no space before the number.
    throw invalidParameters(
      `Size of hashkey has exceeded the maximum size limit of${HASH_KEY_BYTES_MAX} bytes`,
    );
  }
  if (!isHash && bytes > RANGE_KEY_BYTES_MAX) {
    throw invalidParameters(
      `Aggregated size of all range keys has exceeded the size limit of ${RANGE_KEY_BYTES_MAX} bytes`,
    );
  }
}

function scalarBytes(value: Value): number {
  if ('S' in value) return utf8Bytes(value.S);
  return 'B' in value ? value.B.byteLength : 1;
}

/** @throws ValidationException where an attribute cannot be the key that an index wants it to be */
function assertIndexKeys(index: Index, item: Attributes): void {
  for (const attribute of keyAttributes(index.keys)) {
    const value = attributeOf(item, attribute.name);
    if (value === undefined) continue;
    if (!isOfKeyType(value, attribute.type)) {
      throw indexTypeMismatch(index, attribute, value);
    }
    if (scalarBytes(value) === 0) {
      throw emptyIndexKeyValue('S' in value ? 'string' : 'binary', index.name, attribute.name);
    }
    assertKeyValue(value, attribute, attribute === index.keys.hash);
  }
}

/** The refusal of a value that cannot be the key of an index. */
export function indexTypeMismatch(index: Index, attribute: KeyAttribute, value: Value): Error {
  return invalidParameters(
    `Type mismatch for Index Key ${attribute.name} Expected: ${attribute.type} ` +
      `Actual: ${typeOf(value)} IndexName: ${index.name}`,
  );
}

/** Where an item with valid keys lies; `undefined` parts only where the schema has none. */
export function keyOf(keys: Keys, item: Attributes): ItemKey {
  const hash = attributeOf(item, keys.hash.name);
  const range = keys.range && attributeOf(item, keys.range.name);
  if (hash === undefined) throw keyMismatch();
  return { hash: hashKeyBytes(hash), range: range ? keyBytes(range) : NO_RANGE };
}

/** True where the item has every attribute that the keys want, of the type that they want. */
export function hasKeys(keys: Keys, item: Attributes): boolean {
  return keyAttributes(keys).every((attribute) => {
    const value = attributeOf(item, attribute.name);
    return value !== undefined && isOfKeyType(value, attribute.type);
  });
}
