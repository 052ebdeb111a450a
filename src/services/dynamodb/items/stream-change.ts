import type { StreamViewType, Table } from '../tables/table.ts';
import { keyNames } from '../tables/table.ts';
import { toJson } from '../value/item-text.ts';
import { itemBytes } from '../value/size.ts';
import { pickAttributes } from '../value/value.ts';
import type { Attributes, JsonAttributes } from '../value/value.ts';

/** A change as it is stored: what a stream's record shows of it, binaries in base64. */
export interface StreamChange {
  readonly eventName: 'INSERT' | 'MODIFY' | 'REMOVE';
  readonly keys: JsonAttributes;
  readonly newImage?: JsonAttributes;
  readonly oldImage?: JsonAttributes;
  /** True where DynamoDB itself removed an item whose time was over. */
  readonly isByService?: boolean;
}

/** The change of an item, and AWS's SizeBytes: of keys and images together. */
export function streamChange(
  table: Table,
  viewType: StreamViewType,
  images: { readonly before?: Attributes; readonly after?: Attributes },
  isByService: boolean,
): { readonly change: StreamChange; readonly bytes: number } {
  const { before, after } = images;
  const keys = pickAttributes(after ?? before ?? {}, keyNames(table.keys));
  const shownAfter =
    viewType === 'NEW_IMAGE' || viewType === 'NEW_AND_OLD_IMAGES' ? after : undefined;
  const shownBefore =
    viewType === 'OLD_IMAGE' || viewType === 'NEW_AND_OLD_IMAGES' ? before : undefined;
  return {
    change: {
      eventName: before === undefined ? 'INSERT' : after === undefined ? 'REMOVE' : 'MODIFY',
      keys: toJson(keys),
      ...(shownAfter && { newImage: toJson(shownAfter) }),
      ...(shownBefore && { oldImage: toJson(shownBefore) }),
      ...(isByService && { isByService }),
    },
    bytes: itemBytes(keys) + itemBytes(shownAfter ?? {}) + itemBytes(shownBefore ?? {}),
  };
}
