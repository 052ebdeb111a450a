import type { Operations } from '#aws/models/lambda.types.gen.ts';

import type { DurableDependencies } from '../dependencies.ts';
import { lookUp } from '../find.ts';
import { PAGE_ITEMS_DEFAULT } from '../limits.ts';
import { statePage } from '../state.ts';
import { isCurrent, refusalOf } from '../token.ts';

/**
 * Tells a function what its event could not carry.
 * @see https://docs.aws.amazon.com/lambda/latest/api/API_GetDurableExecutionState.html
 */
export function getDurableExecutionState({
  database,
}: DurableDependencies): Operations['GetDurableExecutionState'] {
  return (context, { DurableExecutionArn, CheckpointToken, Marker, MaxItems }) =>
    database.read(async (queries) => {
      const execution = await lookUp(queries, context, DurableExecutionArn);
      if (execution === undefined || !isCurrent(execution, CheckpointToken)) {
        throw refusalOf(CheckpointToken, DurableExecutionArn);
      }
      return statePage(queries, execution, Marker, MaxItems || PAGE_ITEMS_DEFAULT);
    });
}
