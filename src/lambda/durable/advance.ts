/** What is done for an execution that is due, in one transaction; what runs after it is the engine's. */
import { utf8 } from '#kernel/bytes.ts';
import type { Transaction } from '#ports/world/database.ts';

import type { Draft, Moment } from './draft.ts';
import { openDraft } from './draft.ts';
import { endExecution, type EndDependencies } from './end.ts';
import { type Execution, arnOf, isOver, type StoredOperation } from './model.ts';
import { writeToken } from './names.ts';
import { enterPause } from './pause.ts';
import { firstState } from './state.ts';
import { deleteExecution } from './store.ts';
import { idsChanged } from './store-operations.ts';
import { ringTimers } from './timers.ts';

/** An invocation that is to run now. */
export interface ClaimedInvocation {
  readonly execution: Execution;
  readonly invocationId: string;
  readonly payload: Uint8Array;
}

/** A chained invocation of a function that is not durable, which is to run now. */
export interface ClaimedCall {
  readonly execution: Execution;
  readonly stored: StoredOperation;
}

export interface Claims {
  readonly invocation?: ClaimedInvocation;
  readonly calls: readonly ClaimedCall[];
}

const NOTHING: Claims = { calls: [] };

/** Does what is due, and claims what is to run: `room` invocations at the most, chained ones among them. */
export async function advance(
  dependencies: EndDependencies,
  tx: Transaction,
  { moment, id, room }: { readonly moment: Moment; readonly id: string; readonly room: number },
): Promise<Claims> {
  if (room <= 0) return NOTHING;
  const draft = await openDraft(tx, moment, id);
  if (draft === undefined) return NOTHING;
  const isLate = draft.execution.deadlineMs <= moment.steadyMs;
  if (isOver(draft.execution.status)) {
    if (isLate) await deleteExecution(tx, id);
    // One that ran until its end, and whose server died then, is due again only to be forgotten.
    else await draft.save();
    return NOTHING;
  }
  if (isLate) {
    const seconds = draft.execution.details.timeoutSeconds;
    const error = { ErrorMessage: `Execution timed out after ${seconds} seconds.` };
    await endExecution(dependencies, draft, { status: 'TIMED_OUT', error });
    await draft.save();
    return NOTHING;
  }
  const { status, invocationId } = draft.execution;
  // The invocation amid which it was to be paused died with its server.
  if (status === 'PAUSING' && invocationId === undefined) await enterPause(draft);
  const calls: ClaimedCall[] = [];
  for (const stored of await ringTimers(draft, room)) {
    const { dueAtMs: _, ...claimed } = { ...stored, isClaimed: true };
    calls.push({
      execution: draft.execution,
      stored: await draft.put({ ...claimed, changed: stored.changed }),
    });
  }
  const invocation = calls.length < room ? await claimInvocation(dependencies, draft) : undefined;
  await draft.save();
  return { calls, ...(invocation === undefined ? {} : { invocation }) };
}

/** The execution's next invocation, where it is time for one and none is under way. */
async function claimInvocation(
  { random }: EndDependencies,
  draft: Draft,
): Promise<ClaimedInvocation | undefined> {
  const { nowMs, steadyMs } = draft.moment;
  const { status, invocationId: running, invokeAtMs = Infinity } = draft.execution;
  if (status !== 'RUNNING' || running !== undefined || invokeAtMs > steadyMs) return undefined;
  const { invokeAtMs: _, ...execution } = draft.execution;
  const { requestId, tokenNumber, changes, seenChanges } = execution.details;
  const invocationId = tokenNumber === 0 ? requestId : random.uuid();
  draft.change({ ...execution, invocationId });
  const isFirst = tokenNumber === 0;
  draft.note({
    tokenNumber: tokenNumber + 1,
    seenChanges: changes,
    invocation: { startedAtMs: nowMs, changes },
  });
  const { id } = execution;
  const updated = isFirst ? [] : await idsChanged(draft.tx, id, seenChanges);
  const event = {
    DurableExecutionArn: arnOf(execution),
    CheckpointToken: writeToken({ executionId: id, invocationId, number: tokenNumber + 1 }),
    InitialExecutionState: await firstState(draft.tx, execution),
    ...(updated.length === 0 ? {} : { UpdatedOperationIds: updated }),
  };
  return { execution: draft.execution, invocationId, payload: utf8(JSON.stringify(event)) };
}
