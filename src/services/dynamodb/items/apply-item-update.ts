/** An update against the schema of its table and the item that it changes. */
import { invalidParameters, validation } from '../errors.ts';
import { applyUpdate, isOnlyRemoving } from '../expressions/index.ts';
import type { UpdateAction } from '../expressions/index.ts';
import { ITEM_BYTES_MAX } from '../limits.ts';
import { keyAttributes, keyNames } from '../tables/table.ts';
import type { Index, KeyAttribute, Table } from '../tables/table.ts';
import { isOfKeyType } from '../value/key-bytes.ts';
import { itemBytes } from '../value/size.ts';
import { attributeOf } from '../value/value.ts';
import type { Attributes, Value } from '../value/value.ts';
import { indexTypeMismatch } from './item-key.ts';

/**
 * Looks at an update before there is an item.
 * @throws ValidationException where it touches a key, or gives an index key a literal of another
 * type
 */
export function assertUpdatable(table: Table, actions: readonly UpdateAction[]): void {
  for (const name of keyNames(table.keys)) {
    const action = actions.find(({ target }) => target.path[0] === name);
    if (action === undefined) continue;
    throw invalidParameters(`Cannot update attribute ${name}. This attribute is part of the key`);
  }
  for (const index of table.indexes) {
    for (const attribute of keyAttributes(index.keys))
      assertIndexLiteral(index, attribute, actions);
  }
}

function assertIndexLiteral(
  index: Index,
  attribute: KeyAttribute,
  actions: readonly UpdateAction[],
): void {
  const action = actions.find(({ target }) => target.path[0] === attribute.name);
  if (action === undefined) return;
  if (action.target.path.length > 1) throw nestedKey('IndexKey', attribute.name);
  if (action.kind === 'remove' || action.value.kind !== 'value') return;
  const { value } = action.value;
  if (!isOfKeyType(value, attribute.type)) throw indexTypeMismatch(index, attribute, value);
}

/** @throws ValidationException */
export function nestedKey(label: 'Key' | 'IndexKey', name: string): Error {
  return validation(
    "Key attributes must be scalars; list random access '[]' and map lookup '.' are not allowed: " +
      `${label}: ${name}`,
  );
}

/**
 * The item after the update, or `undefined` where there is none and the update makes none.
 * @throws ValidationException
 */
export function updatedItem(
  table: Table,
  actions: readonly UpdateAction[],
  key: Attributes,
  before: Attributes | undefined,
): Attributes | undefined {
  const after = applyUpdate(actions, before ?? key);
  if (before === undefined && isOnlyRemoving(actions)) return undefined;
  if (itemBytes(after) > ITEM_BYTES_MAX) {
    throw validation('Item size to update has exceeded the maximum allowed size');
  }
  for (const index of table.indexes) {
    for (const attribute of keyAttributes(index.keys)) {
      const value = attributeOf(after, attribute.name);
      if (value) assertIndexValue(attribute, value);
    }
  }
  return after;
}

function assertIndexValue(attribute: KeyAttribute, value: Value): void {
  if (!isOfKeyType(value, attribute.type)) {
    throw validation(
      'The update expression attempted to update the secondary index key to unsupported type',
    );
  }
  const kind = isEmptyScalar(value);
  if (kind === undefined) return;
  throw validation(
    'One or more parameter values are not valid. The update expression attempted to update a ' +
      'secondary index key to a value that is not supported. The AttributeValue for a key ' +
      `attribute cannot contain an empty ${kind} value.`,
  );
}

function isEmptyScalar(value: Value): 'string' | 'binary' | undefined {
  if ('S' in value && value.S === '') return 'string';
  return 'B' in value && value.B.byteLength === 0 ? 'binary' : undefined;
}
