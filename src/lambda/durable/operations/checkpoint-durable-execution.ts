import type {
  CheckpointDurableExecutionResponse,
  Operation,
  Operations,
  OperationUpdate,
} from '#aws/models/lambda.types.gen.ts';

import { applyUpdate } from '../apply-update.ts';
import { type ChainTarget, findTargets, startChained } from '../chain.ts';
import { checkUpdates, type Known } from '../check-updates.ts';
import { TOPIC } from '../dependencies.ts';
import { Draft, momentOf } from '../draft.ts';
import { endExecution, type EndDependencies } from '../end.ts';
import { lookUp } from '../find.ts';
import type { StoredOperation } from '../model.ts';
import { arnOf } from '../model.ts';
import { enterPause } from '../pause.ts';
import { writeCallbackId, writeToken } from '../names.ts';
import { newsOf, tellNews } from '../news.ts';
import { findOperation } from '../store-operations.ts';
import { ringTimers } from '../timers.ts';
import { isCurrent, refusalOf } from '../token.ts';

/**
 * Takes what a function has done, and tells it what has happened meanwhile.
 * @see https://docs.aws.amazon.com/lambda/latest/api/API_CheckpointDurableExecution.html
 */
export function checkpointDurableExecution(
  dependencies: EndDependencies,
): Operations['CheckpointDurableExecution'] {
  const { database, clock, wakeups } = dependencies;
  return async (context, input) => {
    const { DurableExecutionArn, CheckpointToken, Updates: updates = [], ClientToken } = input;
    const found = await database.read((queries) => lookUp(queries, context, DurableExecutionArn));
    if (found === undefined) throw refusalOf(CheckpointToken, DurableExecutionArn);
    const targets = await findTargets(dependencies, found, updates);
    return database.transact(async (tx) => {
      const execution = await lookUp(tx, context, DurableExecutionArn);
      if (execution === undefined) throw refusalOf(CheckpointToken, DurableExecutionArn);
      const draft = new Draft(tx, momentOf(clock), execution);
      const ownIds = new Set(updates.map(({ Id }) => Id));
      const request = { token: CheckpointToken, clientToken: ClientToken, ownIds };
      const repeated = await repeatedAnswer(draft, request);
      if (repeated !== undefined) return repeated;
      if (!isCurrent(execution, CheckpointToken)) {
        throw refusalOf(CheckpointToken, DurableExecutionArn);
      }
      const known = await knownOf(draft, updates);
      checkUpdates(execution, known, updates);
      await applyAll(dependencies, draft, { updates, known, targets });
      const answer = await answerOf(draft, request);
      await draft.save();
      tx.afterCommit(() => wakeups.notify(TOPIC));
      return answer;
    });
  };
}

interface CheckpointRequest {
  readonly token: string;
  readonly clientToken: string | undefined;
  /** Of the operations that it changes. */
  readonly ownIds: ReadonlySet<string>;
}

/** The answer that was not heard, where a client asks for it again. */
async function repeatedAnswer(
  draft: Draft,
  { token, clientToken, ownIds }: CheckpointRequest,
): Promise<CheckpointDurableExecutionResponse | undefined> {
  const { id, details } = draft.execution;
  const { lastCheckpoint: last } = details;
  if (last === undefined || last.token !== token || last.clientToken !== clientToken) {
    return undefined;
  }
  const { operations } = await newsOf(draft.tx, id, last.seenChanges, ownIds);
  return responseOf(operations, last.answeredToken);
}

/** The operations that the updates name, and their parents. */
async function knownOf(draft: Draft, updates: readonly OperationUpdate[]): Promise<Known> {
  const ids = new Set(updates.flatMap(({ Id, ParentId }) => [Id, ParentId ?? Id]));
  const known = new Map<string, StoredOperation>();
  for (const id of ids) {
    const stored = await findOperation(draft.tx, draft.execution.id, id);
    if (stored !== undefined) known.set(id, stored);
  }
  return known;
}

interface Batch {
  readonly updates: readonly OperationUpdate[];
  readonly known: Known;
  readonly targets: ReadonlyMap<string, ChainTarget>;
}

async function applyAll(
  dependencies: EndDependencies,
  draft: Draft,
  { updates, known, targets }: Batch,
): Promise<void> {
  const standing = new Map(known);
  for (const update of updates) {
    if (update.Type === 'EXECUTION') {
      await endBy(dependencies, draft, update);
      continue;
    }
    const target = targets.get(update.Id);
    if (update.Type === 'CHAINED_INVOKE' && target !== undefined) {
      await startChained(dependencies, draft, update, target);
      continue;
    }
    const callbackId = (): string =>
      writeCallbackId({
        executionArn: arnOf(draft.execution),
        operationId: update.Id,
        secret: dependencies.random.uuid(),
      });
    const { change, event } = applyUpdate(
      standing.get(update.Id),
      update,
      draft.moment,
      callbackId,
    );
    standing.set(update.Id, await draft.put(change));
    await draft.tell(event);
  }
}

/** The execution's end, by a result that is too large for the function's answer. */
async function endBy(
  dependencies: EndDependencies,
  draft: Draft,
  { Action, Payload, Error: error }: OperationUpdate,
): Promise<void> {
  await endExecution(dependencies, draft, {
    status: Action === 'SUCCEED' ? 'SUCCEEDED' : 'FAILED',
    ...(Payload === undefined ? {} : { result: Payload }),
    ...(error === undefined ? {} : { error }),
  });
}

/** The operations that the function has not seen as they are, and the next token where there is to be a next. */
async function answerOf(
  draft: Draft,
  { token, clientToken, ownIds }: CheckpointRequest,
): Promise<CheckpointDurableExecutionResponse> {
  if (draft.execution.endedAtMs !== undefined) return responseOf([], undefined);
  if (draft.execution.status === 'PAUSING') return pausedAnswer(draft);
  // Chained invocations that are due wait for the engine.
  await ringTimers(draft, 0);
  const { id, invocationId = '', details } = draft.execution;
  const { seenChanges, tokenNumber } = details;
  const operations = await tellNews(draft, ownIds);
  const number = tokenNumber + 1;
  const answeredToken = writeToken({ executionId: id, invocationId, number });
  draft.note({
    tokenNumber: number,
    ...(clientToken === undefined
      ? {}
      : { lastCheckpoint: { clientToken, token, answeredToken, seenChanges } }),
  });
  return responseOf(operations, answeredToken);
}

/** Without a token: the function ends its invocation, and is told the rest when it is invoked again. */
async function pausedAnswer(draft: Draft): Promise<CheckpointDurableExecutionResponse> {
  draft.note({ tokenNumber: draft.execution.details.tokenNumber + 1 });
  await enterPause(draft);
  return responseOf([], undefined);
}

function responseOf(
  operations: readonly Operation[],
  token: string | undefined,
): CheckpointDurableExecutionResponse {
  return {
    ...(token === undefined ? {} : { CheckpointToken: token }),
    NewExecutionState: { Operations: operations },
  };
}
