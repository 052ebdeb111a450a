/** What an item leaves in the indexes of its table. */
import type { IndexEntry, ItemKey } from '../store/items.ts';
import { projectedNames } from '../tables/table.ts';
import type { Index, Table } from '../tables/table.ts';
import { areEqualItems } from '../value/compare.ts';
import { numberKeyBytes } from '../value/key-bytes.ts';
import { itemBytes } from '../value/size.ts';
import { attributeOf, pickAttributes } from '../value/value.ts';
import type { Attributes } from '../value/value.ts';
import { hasKeys, keyOf } from './item-key.ts';

const NO_HASH = new Uint8Array(0);

/** What an index carries of the item. */
export function projectedItem(table: Table, index: Index, item: Attributes): Attributes {
  const names = projectedNames(table, index);
  return names ? pickAttributes(item, names) : item;
}

/** The item's entry in an index, or `undefined` where it lacks a key of it. */
export function entryOf(
  table: Table,
  index: Index,
  item: Attributes,
  itemKey: ItemKey,
): IndexEntry | undefined {
  if (!hasKeys(index.keys, item)) return undefined;
  const bytes = itemBytes(projectedItem(table, index, item));
  return { key: keyOf(index.keys, item), itemKey, bytes };
}

/** The hidden entry by which an item is found once its time is over. */
export function expiryEntryOf(
  attribute: string,
  item: Attributes,
  itemKey: ItemKey,
): IndexEntry | undefined {
  const expiry = attributeOf(item, attribute);
  if (expiry === undefined || !('N' in expiry)) return undefined;
  return { key: { hash: NO_HASH, range: numberKeyBytes(expiry.N) }, itemKey, bytes: 0 };
}

/** True where both entries are at the same place. */
export function isSamePlace(one: IndexEntry, two: IndexEntry): boolean {
  return (
    Buffer.compare(one.key.hash, two.key.hash) === 0 &&
    Buffer.compare(one.key.range, two.key.range) === 0
  );
}

/** True where the index carries the same of both items. */
export function isSameProjection(
  table: Table,
  index: Index,
  one: Attributes,
  two: Attributes,
): boolean {
  return areEqualItems(projectedItem(table, index, one), projectedItem(table, index, two));
}
