import type { Operations } from '#aws/models/dynamodb.types.gen.ts';
import { parseKey } from '../items/item-key.ts';
import { parseAttributes } from '../value/parse-value.ts';
import type { Dynamodb } from './dependencies.ts';
import { writeOne } from './write-one.ts';

/** @see https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_DeleteItem.html */
export function deleteItem(dynamodb: Dynamodb): Operations['DeleteItem'] {
  return (context, input) =>
    writeOne(dynamodb, context, input, () => {
      const key = parseAttributes(input.Key);
      return { keyed: key, keyOf: (table) => parseKey(table.keys, key) };
    });
}
