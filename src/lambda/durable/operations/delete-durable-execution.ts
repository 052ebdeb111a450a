import type { Operations } from '#aws/models/lambda.types.gen.ts';

import type { DurableDependencies } from '../dependencies.ts';
import { wrongStatus } from '../errors.ts';
import { loadExecution } from '../find.ts';
import { isOver } from '../model.ts';
import { deleteExecution } from '../store.ts';

/**
 * Forgets an execution that has ended, at once: none is seen with the status DELETING.
 * @see https://docs.aws.amazon.com/lambda/latest/api/API_DeleteDurableExecution.html
 */
export function deleteDurableExecution({
  database,
  clock,
}: DurableDependencies): Operations['DeleteDurableExecution'] {
  return (context, { DurableExecutionArn }) =>
    database.transact(async (tx) => {
      const execution = await loadExecution(tx, context, DurableExecutionArn);
      if (!isOver(execution.status)) throw wrongStatus('delete', execution.status);
      await deleteExecution(tx, execution.id);
      return { DeletionRequestTimestamp: clock.now() };
    });
}
