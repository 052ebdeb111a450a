/** What PutItem and DeleteItem share: one item becomes another one, or none, under a condition. */
import type {
  DeleteItemInput,
  DeleteItemOutput,
  PutItemInput,
} from '#aws/models/dynamodb.types.gen.ts';
import type { RequestContext } from '#aws/operation.ts';
import { parseExpressions } from '../expressions/index.ts';
import { consumedCapacity } from '../items/capacity.ts';
import { writeItem } from '../items/write-item.ts';
import { assertOneKind } from '../legacy/index.ts';
import { getItem } from '../store/items.ts';
import type { ItemKey } from '../store/items.ts';
import type { Table } from '../tables/table.ts';
import type { Attributes } from '../value/value.ts';
import { requireTable } from './dependencies.ts';
import type { Dynamodb } from './dependencies.ts';
import {
  assertMet,
  assertReturnValues,
  attributesOutput,
  collectionMetrics,
  legacyCondition,
} from './write-support.ts';

/** What a request writes. */
export interface ItemWrite {
  /** Attributes in which its key is. */
  readonly keyed: Attributes;
  /** Absent where the item is deleted. */
  readonly after?: Attributes;
  /** @throws ValidationException where the key is none of the table's */
  readonly keyOf: (table: Table) => ItemKey;
}

/**
 * Writes the item that `parse` reads from the request.
 * @throws ConditionalCheckFailedException, ResourceNotFoundException, ValidationException
 */
export async function writeOne(
  dynamodb: Dynamodb,
  context: RequestContext,
  input: Omit<PutItemInput, 'Item'> | Omit<DeleteItemInput, 'Key'>,
  parse: () => ItemWrite,
): Promise<DeleteItemOutput> {
  assertOneKind(input, {
    expressions: ['ConditionExpression'],
    legacy: ['Expected', 'ConditionalOperator'],
  });
  const { keyed, after, keyOf } = parse();
  assertReturnValues(input.ReturnValues);
  const expected = legacyCondition(input);
  const condition = parseExpressions(input).condition ?? expected;
  return dynamodb.database.transact(async (tx) => {
    const table = await requireTable(dynamodb, tx, context, input.TableName);
    const key = keyOf(table);
    const before = await getItem(tx, table.number, key);
    const returnValues = input.ReturnValuesOnConditionCheckFailure;
    assertMet(dynamodb, table, before, { condition, returnValues });
    const units = await writeItem(tx, dynamodb, table, {
      key,
      ...(after && { after }),
      ...(before && { before }),
      atMs: dynamodb.clock.now(),
    });
    return {
      ...(input.ReturnValues === 'ALL_OLD' && attributesOutput(before?.item)),
      ...consumedCapacity(table, units, { wanted: input.ReturnConsumedCapacity }),
      ...collectionMetrics(table, keyed, input.ReturnItemCollectionMetrics),
    };
  });
}
