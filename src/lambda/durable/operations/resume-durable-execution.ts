import type { Operations } from '#aws/models/lambda.types.gen.ts';

import type { DurableDependencies } from '../dependencies.ts';
import { TOPIC } from '../dependencies.ts';
import { Draft, momentOf } from '../draft.ts';
import { wrongStatus } from '../errors.ts';
import { loadExecution } from '../find.ts';
import { CLIENT_TOKEN_MS } from '../limits.ts';
import { leavePause } from '../pause.ts';

/**
 * Has a paused execution go on.
 * @see https://docs.aws.amazon.com/lambda/latest/api/API_ResumeDurableExecution.html
 */
export function resumeDurableExecution({
  database,
  clock,
  wakeups,
}: DurableDependencies): Operations['ResumeDurableExecution'] {
  return (context, { DurableExecutionArn, ClientToken, Reason }) =>
    database.transact(async (tx) => {
      const execution = await loadExecution(tx, context, DurableExecutionArn);
      const draft = new Draft(tx, momentOf(clock), execution);
      const { status, details } = execution;
      const { resumed } = details;
      const { nowMs } = draft.moment;
      const isRepeated =
        resumed !== undefined &&
        resumed.clientToken === ClientToken &&
        nowMs - resumed.atMs < CLIENT_TOKEN_MS;
      if (isRepeated && status === 'RUNNING') return {};
      if (status !== 'PAUSED' && status !== 'PAUSING') throw wrongStatus('resume', status);
      await leavePause(draft, Reason);
      if (ClientToken !== undefined) {
        draft.note({ resumed: { clientToken: ClientToken, atMs: nowMs } });
      }
      await draft.save();
      tx.afterCommit(() => wakeups.notify(TOPIC));
      return {};
    });
}
