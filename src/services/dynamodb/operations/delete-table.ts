import type { Operations } from '#aws/models/dynamodb.types.gen.ts';
import type { Transaction } from '#ports/world/database.ts';
import { validation } from '../errors.ts';
import { addChore, deleteChore } from '../store/chores.ts';
import { disableStream } from '../store/streams.ts';
import { deleteTable as deleteDefinition } from '../store/tables.ts';
import { describeTable } from '../tables/describe-table.ts';
import type { Index, Table, TimeToLive } from '../tables/table.ts';
import { CHORES_TOPIC, requireNamedTable } from './dependencies.ts';
import type { Dynamodb } from './dependencies.ts';
import { countsOf } from './describe-table.ts';

/**
 * The name is free at once; the rows are cleared away in the background.
 * @see https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_DeleteTable.html
 */
export function deleteTable(dynamodb: Dynamodb): Operations['DeleteTable'] {
  return async (context, input) =>
    dynamodb.database.transact(async (tx) => {
      const table = await requireNamedTable(dynamodb, tx, context, input.TableName);
      if (table.isDeletionProtected) {
        throw validation(
          'Resource cannot be deleted as it is currently protected against deletion. ' +
            'Disable deletion protection first.',
        );
      }
      const counts = await countsOf(tx, table);
      await deleteDefinition(tx, table);
      await addChore(tx, { number: table.number, kind: 'clear-items', table });
      for (const index of table.indexes) await clearIndex(tx, table, index);
      if (table.timeToLive) await clearIndex(tx, table, table.timeToLive);
      if (table.stream?.isEnabled) {
        await disableStream(tx, table.stream.number, dynamodb.clock.now());
      }
      tx.afterCommit(() => dynamodb.wakeups.notify(CHORES_TOPIC));
      return { TableDescription: describeTable(table, 'deleted', counts) };
    });
}

/** Lets the entries of an index that nobody reads any more be cleared away. */
export async function clearIndex(
  tx: Transaction,
  table: Table,
  { number }: Pick<Index, 'number'> | TimeToLive,
): Promise<void> {
  await deleteChore(tx, number, 'fill');
  await addChore(tx, { number, kind: 'clear-entries', table });
}
