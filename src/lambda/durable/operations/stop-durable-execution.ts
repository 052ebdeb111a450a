import type { Operations } from '#aws/models/lambda.types.gen.ts';

import { checkErrorSize } from '../check-updates.ts';
import { Draft, momentOf } from '../draft.ts';
import { endExecution, type EndDependencies } from '../end.ts';
import { loadExecution } from '../find.ts';

/**
 * Ends an execution; one that has ended keeps its end.
 * @see https://docs.aws.amazon.com/lambda/latest/api/API_StopDurableExecution.html
 */
export function stopDurableExecution(
  dependencies: EndDependencies,
): Operations['StopDurableExecution'] {
  const { database, clock } = dependencies;
  return async (context, { DurableExecutionArn, Error: error = {} }) => {
    checkErrorSize(error);
    return database.transact(async (tx) => {
      const execution = await loadExecution(tx, context, DurableExecutionArn);
      if (execution.endedAtMs !== undefined) return { StopTimestamp: execution.endedAtMs };
      const draft = new Draft(tx, momentOf(clock), execution);
      await endExecution(dependencies, draft, { status: 'STOPPED', error });
      await draft.save();
      return { StopTimestamp: draft.moment.nowMs };
    });
  };
}
