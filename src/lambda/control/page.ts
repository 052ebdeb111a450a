import type { SqlValue } from '#ports/world/database.ts';
import { parseJson } from '#kernel/json.ts';

import { invalidParameter } from '../errors.ts';

export interface ListInput {
  readonly Marker?: string;
  readonly MaxItems?: number;
}

export interface Page<Item> {
  readonly items: readonly Item[];
  readonly next: { readonly NextMarker?: string };
}

export interface PageShape {
  /** AWS's bound of a page. */
  readonly itemsMax: number;
  /** How many parts the key of an item has. */
  readonly keyParts: number;
}

const SHAPE: PageShape = { itemsMax: 50, keyParts: 1 };

/**
 * One page of a list: asks for one item more than it shows, to know whether another page follows.
 * A marker holds the key of the last item shown.
 * @throws AwsError InvalidParameterValueException for a marker that none was
 */
export async function pageOf<Item>(
  input: ListInput,
  load: (after: readonly SqlValue[], limit: number) => Promise<readonly Item[]>,
  keyOf: (item: Item) => readonly SqlValue[],
  shape: PageShape = SHAPE,
): Promise<Page<Item>> {
  const limit = Math.min(input.MaxItems ?? shape.itemsMax, shape.itemsMax);
  const found = await load(readMarker(input.Marker, shape.keyParts), limit + 1);
  const items = found.slice(0, limit);
  const last = items.at(-1);
  if (found.length <= limit || last === undefined) return { items, next: {} };
  return { items, next: { NextMarker: writeMarker(keyOf(last)) } };
}

function writeMarker(key: readonly SqlValue[]): string {
  return Buffer.from(JSON.stringify(key)).toString('base64url');
}

function readMarker(marker: string | undefined, keyParts: number): readonly SqlValue[] {
  if (marker === undefined || marker === '') return [];
  const key = parseJson(Buffer.from(marker, 'base64url').toString());
  if (!isKey(key, keyParts)) throw invalidParameter('Invalid marker.');
  return key;
}

function isKey(key: unknown, keyParts: number): key is readonly SqlValue[] {
  if (!Array.isArray(key) || key.length !== keyParts) return false;
  return key.every((part) => typeof part === 'string' || typeof part === 'number');
}
