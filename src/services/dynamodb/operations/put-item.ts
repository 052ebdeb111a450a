import type { Operations } from '#aws/models/dynamodb.types.gen.ts';
import { parseExpressions } from '../expressions/index.ts';
import { validation } from '../errors.ts';
import { consumedCapacity } from '../items/capacity.ts';
import { parseItemKey } from '../items/item-key.ts';
import { writeItem } from '../items/write-item.ts';
import { assertOneKind } from '../legacy/index.ts';
import { ITEM_BYTES_MAX } from '../limits.ts';
import { getItem } from '../store/items.ts';
import { parseAttributes } from '../value/parse-value.ts';
import { itemBytes } from '../value/size.ts';
import type { Attributes } from '../value/value.ts';
import type { AttributeValue } from '#aws/models/dynamodb.types.gen.ts';
import { requireTable } from './dependencies.ts';
import type { Dynamodb } from './dependencies.ts';
import {
  assertMet,
  assertReturnValues,
  attributesOutput,
  collectionMetrics,
  legacyCondition,
} from './write-support.ts';

/** @see https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_PutItem.html */
export function putItem(dynamodb: Dynamodb): Operations['PutItem'] {
  return async (context, input) => {
    assertOneKind(input, {
      expressions: ['ConditionExpression'],
      legacy: ['Expected', 'ConditionalOperator'],
    });
    const item = parseNewItem(input.Item);
    assertReturnValues(input.ReturnValues);
    const expected = legacyCondition(input);
    const condition = parseExpressions(input).condition ?? expected;
    return dynamodb.database.transact(async (tx) => {
      const table = await requireTable(dynamodb, tx, context, input.TableName);
      const key = parseItemKey(table, item);
      const before = await getItem(tx, table.number, key);
      assertMet(condition, before, input.ReturnValuesOnConditionCheckFailure);
      const units = await writeItem(tx, dynamodb.wakeups, table, {
        key,
        after: item,
        ...(before && { before }),
        atMs: dynamodb.clock.now(),
      });
      return {
        ...(input.ReturnValues === 'ALL_OLD' && attributesOutput(before?.item)),
        ...consumedCapacity(table, units, { wanted: input.ReturnConsumedCapacity }),
        ...collectionMetrics(table, item, input.ReturnItemCollectionMetrics),
      };
    });
  };
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
