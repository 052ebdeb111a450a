/** What PutItem, UpdateItem, DeleteItem and the actions of transactions share. */
import type {
  ExpectedAttributeValue,
  ItemCollectionMetrics,
} from '#aws/models/dynamodb.types.gen.ts';
import { conditionFailed, validation } from '../errors.ts';
import { isMet } from '../expressions/index.ts';
import type { Condition } from '../expressions/index.ts';
import { expectedCondition } from '../legacy/index.ts';
import { CONDITION_FAILED } from '../metrics.ts';
import type { StoredItem } from '../store/items.ts';
import type { Table } from '../tables/table.ts';
import { toJson } from '../value/item-text.ts';
import { pickAttributes } from '../value/value.ts';
import type { Attributes } from '../value/value.ts';
import type { Dynamodb } from './dependencies.ts';

interface Conditional {
  readonly condition: Condition | undefined;
  /** What is returned where it fails. */
  readonly returnValues: string | undefined;
}

/** @throws ConditionalCheckFailedException, which CloudWatch is told of */
export function assertMet(
  { meter }: Pick<Dynamodb, 'meter'>,
  table: Table,
  before: StoredItem | undefined,
  { condition, returnValues }: Conditional,
): void {
  if (condition === undefined || isMet(condition, before?.item ?? {})) return;
  meter(table, { TableName: table.name }, CONDITION_FAILED);
  throw conditionFailed(returnValues === 'ALL_OLD' && before ? toJson(before.item) : undefined);
}

/** The legacy condition of a request, where it has one. */
export function legacyCondition(input: {
  readonly Expected?: { readonly [name: string]: ExpectedAttributeValue };
  readonly ConditionalOperator?: string;
}): Condition | undefined {
  return expectedCondition(input.Expected, input.ConditionalOperator);
}

/** @throws ValidationException for what only an update can return */
export function assertReturnValues(wanted: string | undefined): void {
  if (wanted === undefined || wanted === 'NONE' || wanted === 'ALL_OLD') return;
  throw validation('Return values set to invalid value');
}

/** No items' attributes are no attributes at all. */
export function attributesOutput(attributes: Attributes | undefined): {
  readonly Attributes?: Attributes;
} {
  if (attributes === undefined || Object.keys(attributes).length === 0) return {};
  return { Attributes: attributes };
}

/**
 * The size of the item's collection: tables with local indexes only. AWS estimates; all of ours are
 * said to be below one GB.
 */
export function collectionMetrics(
  table: Table,
  key: Attributes,
  wanted: string | undefined,
): { readonly ItemCollectionMetrics?: ItemCollectionMetrics } {
  if (wanted !== 'SIZE' || !table.indexes.some((index) => index.kind === 'local')) return {};
  const ItemCollectionKey = pickAttributes(key, [table.keys.hash.name]);
  return { ItemCollectionMetrics: { ItemCollectionKey, SizeEstimateRangeGB: [0, 1] } };
}
