import type { AttributeValue, Operations } from '#aws/models/dynamodb.types.gen.ts';
import { validation } from '../errors.ts';
import { parseItemKey } from '../items/item-key.ts';
import { ITEM_BYTES_MAX } from '../limits.ts';
import { parseAttributes } from '../value/parse-value.ts';
import { itemBytes } from '../value/size.ts';
import type { Attributes } from '../value/value.ts';
import type { Dynamodb } from './dependencies.ts';
import { writeOne } from './write-one.ts';

/** @see https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_PutItem.html */
export function putItem(dynamodb: Dynamodb): Operations['PutItem'] {
  return (context, input) =>
    writeOne(dynamodb, context, input, () => {
      const item = parseNewItem(input.Item);
      return { keyed: item, after: item, keyOf: (table) => parseItemKey(table, item) };
    });
}

/**
 * A whole item as a request gives it.
 * @throws ValidationException for invalid values and more than 400 KB
 */
export function parseNewItem(input: { readonly [name: string]: AttributeValue }): Attributes {
  const item = parseAttributes(input);
  if (itemBytes(item) > ITEM_BYTES_MAX) {
    throw validation('Item size has exceeded the maximum allowed size');
  }
  return item;
}
