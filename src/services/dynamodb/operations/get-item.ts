import type { Operations } from '#aws/models/dynamodb.types.gen.ts';
import { parseExpressions, project } from '../expressions/index.ts';
import { consumedCapacity, readUnits } from '../items/capacity.ts';
import { parseKey } from '../items/item-key.ts';
import { assertOneKind, legacyProjection } from '../legacy/index.ts';
import { getItem as getStoredItem } from '../store/items.ts';
import { parseAttributes } from '../value/parse-value.ts';
import { requireTable } from './dependencies.ts';
import type { Dynamodb } from './dependencies.ts';

/** @see https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_GetItem.html */
export function getItem(dynamodb: Dynamodb): Operations['GetItem'] {
  return async (context, input) => {
    assertOneKind(input, {
      expressions: ['ProjectionExpression'],
      legacy: ['AttributesToGet'],
    });
    const keyInput = parseAttributes(input.Key);
    const names = legacyProjection(input.AttributesToGet);
    const paths = parseExpressions(input).projection ?? names;
    return dynamodb.database.read(async (queries) => {
      const table = await requireTable(dynamodb, queries, context, input.TableName);
      const found = await getStoredItem(queries, table.number, parseKey(table.keys, keyInput));
      const units = readUnits(found?.bytes ?? 0, input.ConsistentRead ?? false);
      const wanted = input.ReturnConsumedCapacity;
      return {
        ...(found && { Item: paths ? project(paths, found.item) : found.item }),
        ...consumedCapacity(table, { table: units, indexes: new Map() }, { wanted }),
      };
    });
  };
}
