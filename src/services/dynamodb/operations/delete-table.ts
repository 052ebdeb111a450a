import type { Operations } from '#aws/models/dynamodb.types.gen.ts';
import { validation } from '../errors.ts';
import { describeTable } from '../tables/describe-table.ts';
import { CHORES_TOPIC, requireNamedTable } from './dependencies.ts';
import type { Dynamodb } from './dependencies.ts';
import { countsOf } from './describe-table.ts';
import { removeTable } from './remove-table.ts';
import { leaveReplicas } from './replicas.ts';

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
      await removeTable(dynamodb, tx, table);
      await leaveReplicas(dynamodb, tx, table);
      tx.afterCommit(() => dynamodb.wakeups.notify(CHORES_TOPIC));
      return { TableDescription: describeTable(table, 'deleted', counts) };
    });
}
