import type { Operations, UpdateItemInput } from '#aws/models/dynamodb.types.gen.ts';
import { parseExpressions, project } from '../expressions/index.ts';
import type { Path } from '../expressions/index.ts';
import { assertUpdatable, updatedItem } from '../items/apply-item-update.ts';
import { consumedCapacity, writeUnits } from '../items/capacity.ts';
import { parseKey } from '../items/item-key.ts';
import { writeItem } from '../items/write-item.ts';
import { assertOneKind, legacyUpdate } from '../legacy/index.ts';
import { getItem } from '../store/items.ts';
import { parseAttributes } from '../value/parse-value.ts';
import type { Attributes } from '../value/value.ts';
import { requireTable } from './dependencies.ts';
import type { Dynamodb } from './dependencies.ts';
import {
  assertMet,
  attributesOutput,
  collectionMetrics,
  legacyCondition,
} from './write-support.ts';

/** @see https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_UpdateItem.html */
export function updateItem(dynamodb: Dynamodb): Operations['UpdateItem'] {
  return async (context, input) => {
    assertOneKind(input, {
      expressions: ['UpdateExpression', 'ConditionExpression'],
      legacy: ['AttributeUpdates', 'Expected', 'ConditionalOperator'],
    });
    const keyInput = parseAttributes(input.Key);
    const legacy = legacyUpdate(input.AttributeUpdates) ?? [];
    const expected = legacyCondition(input);
    const { update, condition = expected } = parseExpressions(input);
    const actions = update ?? legacy;
    return dynamodb.database.transact(async (tx) => {
      const table = await requireTable(dynamodb, tx, context, input.TableName);
      const key = parseKey(table.keys, keyInput);
      assertUpdatable(table, actions);
      const before = await getItem(tx, table.number, key);
      const returnValues = input.ReturnValuesOnConditionCheckFailure;
      assertMet(dynamodb, table, before, { condition, returnValues });
      const after = updatedItem(table, actions, keyInput, before?.item);
      const units =
        after === undefined
          ? { table: writeUnits(0), indexes: new Map<string, number>() }
          : await writeItem(tx, dynamodb, table, {
              key,
              after,
              ...(before && { before }),
              atMs: dynamodb.clock.now(),
            });
      const paths = actions.map((action) => action.target.path);
      return {
        ...attributesOutput(returned(input, paths, before?.item, after)),
        ...consumedCapacity(table, units, { wanted: input.ReturnConsumedCapacity }),
        ...collectionMetrics(table, keyInput, input.ReturnItemCollectionMetrics),
      };
    });
  };
}

function returned(
  { ReturnValues: wanted }: UpdateItemInput,
  paths: readonly Path[],
  before: Attributes | undefined,
  after: Attributes | undefined,
): Attributes | undefined {
  switch (wanted) {
    case 'ALL_OLD':
      return before;
    case 'ALL_NEW':
      return after;
    case 'UPDATED_OLD':
      return before && project(paths, before);
    case 'UPDATED_NEW':
      return after && project(paths, after);
    default:
      return undefined;
  }
}
