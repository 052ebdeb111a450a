import type { Operations } from '#aws/models/lambda.types.gen.ts';

import type { DurableDependencies } from '../dependencies.ts';
import { Draft, momentOf } from '../draft.ts';
import { wrongStatus } from '../errors.ts';
import { loadExecution } from '../find.ts';
import { CLIENT_TOKEN_MS } from '../limits.ts';
import { enterPause } from '../pause.ts';

/**
 * Has an execution not be invoked until it is resumed; what it waits for goes on.
 * @see https://docs.aws.amazon.com/lambda/latest/api/API_PauseDurableExecution.html
 */
export function pauseDurableExecution({
  database,
  clock,
}: DurableDependencies): Operations['PauseDurableExecution'] {
  return (context, { DurableExecutionArn, ClientToken, Reason, ExecutionTimeoutPaused = true }) =>
    database.transact(async (tx) => {
      const execution = await loadExecution(tx, context, DurableExecutionArn);
      const draft = new Draft(tx, momentOf(clock), execution);
      const { status, invocationId, details } = execution;
      const { pause } = details;
      const { nowMs } = draft.moment;
      const isRepeated =
        pause !== undefined &&
        ClientToken !== undefined &&
        pause.clientToken === ClientToken &&
        nowMs - pause.requestedAtMs < CLIENT_TOKEN_MS;
      if (isRepeated) return {};
      if (status !== 'RUNNING') throw wrongStatus('pause', status);
      draft.change({ ...execution, status: 'PAUSING' });
      draft.note({
        pause: {
          requestedAtMs: nowMs,
          isTimeoutPaused: ExecutionTimeoutPaused,
          ...(Reason === undefined ? {} : { reason: Reason }),
          ...(ClientToken === undefined ? {} : { clientToken: ClientToken }),
        },
      });
      if (invocationId === undefined) await enterPause(draft);
      await draft.save();
      return {};
    });
}
