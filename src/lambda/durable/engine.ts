/**
 * What drives executions: does what is due, and runs what that claims.
 * Owns the claims of this process.
 * I1 What is claimed is written before it runs, and what became of it after: a process that dies in between leaves a
 *    claim, which the next one releases.
 * I2 An execution has one invocation at a time.
 * I3 What runs is bounded; the rest stays due.
 */
import { AwsError } from '#aws/errors.ts';
import { collectBytes, textOf } from '#kernel/bytes.ts';
import { SECOND_MS } from '#kernel/units.ts';
import { StoreFailed } from '#ports/world/database.ts';
import { runDueLoop } from '#ports/world/due-loop.ts';
import { untilDone } from '#ports/world/until-done.ts';

import { SYNCHRONOUS_PAYLOAD_BYTES_MAX } from '../limits.ts';
import { advance, type ClaimedCall, type ClaimedInvocation, type Claims } from './advance.ts';
import { finishCall, runCall } from './chain.ts';
import { TOPIC } from './dependencies.ts';
import { momentOf, openDraft } from './draft.ts';
import type { EndDependencies } from './end.ts';
import { errorOfPayload, finishInvocation, type InvocationEnd } from './finish.ts';
import { addressOf, isAwaited, isOver } from './model.ts';
import { deleteExecution, dueExecutions, nextDue, releaseAll } from './store.ts';
import type { End } from './waiters.ts';

const INTERVAL_MS = 5 * SECOND_MS;
/** Invocations that may run at once, chained ones among them. */
const RUNNING_MAX = 1000;
/** Executions that are looked at before other work has its turn. */
const BATCH = 64;

/** Runs executions until the signal aborts; rejects where the store has failed for good. */
export async function runEngine(dependencies: EndDependencies, signal: AbortSignal): Promise<void> {
  const { clock, log, wakeups, database } = dependencies;
  const failure = Promise.withResolvers<never>();
  const running = new Set<Promise<void>>();
  const run = (work: Promise<void>): void => {
    const ended = work
      .catch((error: unknown) => {
        if (!signal.aborted) failure.reject(error);
      })
      .finally(() => {
        running.delete(ended);
        wakeups.notify(TOPIC);
      });
    running.add(ended);
  };
  if (dependencies.isSoleOwner) {
    const patience = { clock, log, signal, what: 'to take over durable executions' };
    await untilDone(patience, () => database.transact((tx) => releaseAll(tx, clock.steadyMs())));
  }
  const patience = { clock, log, signal, what: 'to look after durable executions' };
  const loop = runDueLoop({
    clock,
    wakeups,
    topic: TOPIC,
    intervalMs: INTERVAL_MS,
    now: () => clock.steadyMs(),
    signal,
    work: () =>
      untilDone(patience, async () => {
        const room = RUNNING_MAX - running.size;
        if (room <= 0) return undefined;
        await advanceDue(dependencies, room, ({ invocation, calls }) => {
          if (invocation !== undefined) run(runInvocation(dependencies, invocation, signal));
          for (const call of calls) run(runChained(dependencies, call, signal));
        });
        return database.read(nextDue);
      }),
  });
  // Nobody waits for what runs when the server ends: what is not written by then, the next one does again.
  await Promise.race([loop, failure.promise]);
}

/**
 * Does what is due of some executions, each in a transaction of its own: what one of them claims runs, whatever
 * becomes of the others.
 */
async function advanceDue(
  dependencies: EndDependencies,
  room: number,
  onClaims: (claims: Claims) => void,
): Promise<void> {
  const { clock, database } = dependencies;
  const ids = await database.read((queries) =>
    dueExecutions(queries, clock.steadyMs(), Math.min(BATCH, room)),
  );
  // Transactions run one after another: each has the room that those before it left (I3).
  let left = room;
  const advanced = await Promise.allSettled(
    ids.map(async (id) =>
      onClaims(
        await database.transact(async (tx) => {
          const due = { moment: momentOf(clock), id, room: left };
          const claims = await advance(dependencies, tx, due);
          left -= claims.calls.length + (claims.invocation === undefined ? 0 : 1);
          return claims;
        }),
      ),
    ),
  );
  for (const outcome of advanced) {
    if (outcome.status === 'rejected') throw outcome.reason;
  }
}

async function runInvocation(
  dependencies: EndDependencies,
  claimed: ClaimedInvocation,
  signal: AbortSignal,
): Promise<void> {
  const { clock, log, database, waiters } = dependencies;
  const { invocationId, execution } = claimed;
  const end = await invokeOnce(dependencies, claimed, signal);
  const isRefused = end.kind === 'throttled' || end.kind === 'refused';
  const isFirst = execution.details.tokenNumber === 1 && isAwaited(execution);
  const patience = { clock, log, signal, what: 'to store the end of an invocation' };
  await untilDone(patience, () =>
    database.transact(async (tx) => {
      const draft = await openDraft(tx, momentOf(clock), execution.id);
      if (draft === undefined) return;
      if (isRefused && isFirst && !isOver(draft.execution.status)) {
        // Whoever waits is told what Invoke answers then; the execution has not begun.
        await deleteExecution(tx, execution.id);
        tx.afterCommit(() => waiters.settle(execution.id, end));
        return;
      }
      const left = isRefused ? laterOrNever(end) : end;
      await finishInvocation(dependencies, draft, invocationId, left);
    }),
  );
}

type Refusal = Extract<End, { readonly kind: 'throttled' | 'refused' }>;

function laterOrNever(refusal: Refusal): InvocationEnd {
  if (refusal.kind === 'throttled' || !(refusal.error instanceof AwsError)) {
    return { kind: 'refused' };
  }
  const { code, message, status } = refusal.error;
  if (code !== 'ResourceNotFoundException' && status !== 400) return { kind: 'refused' };
  return { kind: 'gone', error: { ErrorType: code, ErrorMessage: message } };
}

/** @throws StoreFailed; the signal's reason */
async function invokeOnce(
  { invoker, log, waiters }: EndDependencies,
  { execution, invocationId, payload }: ClaimedInvocation,
  signal: AbortSignal,
): Promise<Exclude<InvocationEnd, { readonly kind: 'refused' }> | Refusal> {
  const { traceHeader, tenantId, tokenNumber } = execution.details;
  // Later ones bring what has been done, for which nobody pays as for the event.
  const isFirst = tokenNumber === 1;
  try {
    const outcome = await invoker().invoke(
      {
        ...addressOf(execution),
        requestId: invocationId,
        payload,
        source: isFirst && execution.details.isAsynchronous ? 'invoke-async' : 'invoke',
        responseMode: 'buffered',
        traceHeader,
        isOfExecution: true,
        isLogTailWanted: true,
        ...(tenantId === undefined ? {} : { tenantId }),
      },
      signal,
    );
    if (outcome.kind === 'throttled') return { kind: 'throttled', outcome };
    waiters.noteReport(execution.id, outcome.report);
    if (outcome.kind === 'failed') {
      // It may have ended with the server: then it has not run.
      signal.throwIfAborted();
      return { kind: 'failed', error: errorOfPayload(textOf(outcome.payload)) };
    }
    const bytes = await collectBytes(outcome.payload, SYNCHRONOUS_PAYLOAD_BYTES_MAX * 2);
    return { kind: 'answered', payload: textOf(bytes) };
  } catch (error) {
    if (signal.aborted || error instanceof StoreFailed) throw error;
    if (!(error instanceof AwsError)) {
      log.error('an invocation of a durable execution failed', { id: execution.id, error });
    }
    return { kind: 'refused', error };
  }
}

async function runChained(
  dependencies: EndDependencies,
  call: ClaimedCall,
  signal: AbortSignal,
): Promise<void> {
  const { clock, log, database } = dependencies;
  const ending = await runCall(dependencies, call, signal);
  const patience = { clock, log, signal, what: 'to store the end of a chained invocation' };
  await untilDone(patience, () =>
    database.transact(async (tx) => {
      const draft = await openDraft(tx, momentOf(clock), call.execution.id);
      if (draft !== undefined) await finishCall(draft, call.stored.operation.Id, ending);
    }),
  );
}
