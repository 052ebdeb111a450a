import type { Operations } from '#aws/models/dynamodb.types.gen.ts';
import { parseExpressions } from '../expressions/index.ts';
import { consumedCapacity } from '../items/capacity.ts';
import { parseKey } from '../items/item-key.ts';
import { writeItem } from '../items/write-item.ts';
import { assertOneKind } from '../legacy/index.ts';
import { getItem } from '../store/items.ts';
import { parseAttributes } from '../value/parse-value.ts';
import { requireTable } from './dependencies.ts';
import type { Dynamodb } from './dependencies.ts';
import {
  assertMet,
  assertReturnValues,
  attributesOutput,
  collectionMetrics,
  legacyCondition,
} from './write-support.ts';

/** @see https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_DeleteItem.html */
export function deleteItem(dynamodb: Dynamodb): Operations['DeleteItem'] {
  return async (context, input) => {
    assertOneKind(input, {
      expressions: ['ConditionExpression'],
      legacy: ['Expected', 'ConditionalOperator'],
    });
    const keyInput = parseAttributes(input.Key);
    assertReturnValues(input.ReturnValues);
    const expected = legacyCondition(input);
    const condition = parseExpressions(input).condition ?? expected;
    return dynamodb.database.transact(async (tx) => {
      const table = await requireTable(dynamodb, tx, context, input.TableName);
      const key = parseKey(table.keys, keyInput);
      const before = await getItem(tx, table.number, key);
      assertMet(condition, before, input.ReturnValuesOnConditionCheckFailure);
      const units = await writeItem(tx, dynamodb.wakeups, table, {
        key,
        ...(before && { before }),
        atMs: dynamodb.clock.now(),
      });
      return {
        ...(input.ReturnValues === 'ALL_OLD' && attributesOutput(before?.item)),
        ...consumedCapacity(table, units, { wanted: input.ReturnConsumedCapacity }),
        ...collectionMetrics(table, keyInput, input.ReturnItemCollectionMetrics),
      };
    });
  };
}
