import type { ItemCollectionMetrics, Operations } from '#aws/models/dynamodb.types.gen.ts';
import { CapacityTally } from './capacity-tally.ts';
import type { Dynamodb } from './dependencies.ts';
import { parseAction } from './transact-actions.ts';
import { isKnownRequest, planAll, writeAll, type Planned } from './transaction.ts';
import { collectionMetrics } from './write-support.ts';

/**
 * @see https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_TransactWriteItems.html
 */
export function transactWriteItems(dynamodb: Dynamodb): Operations['TransactWriteItems'] {
  return async (context, input) => {
    const actions = input.TransactItems.map(parseAction);
    return dynamodb.database.transact(async (tx) => {
      const isRepeated = await isKnownRequest(dynamodb, tx, context, input);
      const planned = await planAll(dynamodb, tx, context, actions);
      const tally = new CapacityTally(input.ReturnConsumedCapacity, isRepeated ? 'read' : 'write');
      if (!isRepeated) await writeAll(dynamodb, tx, planned, tally);
      return { ...tally.output(), ...metricsOf(planned, input.ReturnItemCollectionMetrics) };
    });
  };
}

function metricsOf(
  planned: readonly Planned[],
  wanted: string | undefined,
): {
  readonly ItemCollectionMetrics?: { readonly [table: string]: readonly ItemCollectionMetrics[] };
} {
  const byTable = new Map<string, ItemCollectionMetrics[]>();
  for (const { table, action } of planned) {
    const key = action.kind === 'put' ? action.item : action.key;
    const { ItemCollectionMetrics: metrics } = collectionMetrics(table, key, wanted);
    if (metrics) byTable.set(table.name, [...(byTable.get(table.name) ?? []), metrics]);
  }
  return byTable.size === 0 ? {} : { ItemCollectionMetrics: Object.fromEntries(byTable) };
}
