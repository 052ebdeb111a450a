/**
 * Runs the operation under way on a stack, phase after phase, until the stack is at rest.
 * I1 Each phase begins by what is stored: a server that was killed goes on where it was.
 * I2 A stack's state changes only as long as its operation is this one: a deletion takes the place of a creation.
 */
import { AwsError } from '#aws/errors.ts';
import { present } from '#kernel/assert.ts';
import { StoreFailed, type Transaction } from '#ports/world/database.ts';
import type { EngineDependencies } from '../dependencies.ts';
import type { Phase, Stack, StackOperation, StackOutput } from '../model.ts';
import { replaceExports, replaceImports } from '../store-links.ts';
import { stackOfId } from '../store-stacks.ts';
import { withinTime } from './creation-time.ts';
import {
  openDeployment,
  putStack,
  Superseded,
  type Deployment,
  type StackChange,
} from './deployment.ts';
import { outputsOf, storeLinks } from './outputs.ts';
import { deleteAll } from './delete-all.ts';
import type { PhaseResult } from './failures.ts';
import { cleanUp } from './leftovers.ts';
import { moveBack } from './move-back.ts';
import { moveForward } from './move-forward.ts';
import { settle, settleReached } from './settle.ts';

/** Rejects with the signal's reason once that aborts; whatever is left to do is stored. */
export async function runOperation(
  dependencies: EngineDependencies,
  stackId: string,
  signal: AbortSignal,
): Promise<void> {
  for (;;) {
    const stack = await dependencies.database.read((queries) => stackOfId(queries, stackId));
    if (stack?.operation === undefined) return;
    try {
      await runPhase(dependencies, stack, stack.operation, signal);
    } catch (error) {
      if (!(error instanceof Superseded)) throw error;
      return;
    }
  }
}

/** What no resource can answer for ends the operation, a bug too: tried again it would fail again. */
async function runPhase(
  dependencies: EngineDependencies,
  stack: Stack,
  operation: StackOperation,
  signal: AbortSignal,
): Promise<void> {
  const { kind, phase } = operation;
  try {
    const deployment = await openDeployment(dependencies, stack, signal);
    await PHASES[kind][phase]?.(deployment);
  } catch (error) {
    if (signal.aborted || error instanceof Superseded || error instanceof StoreFailed) throw error;
    const statusReason = reasonOf(dependencies, stack.id, error);
    await putStack({ dependencies, operation }, stack.id, { ...endOf(operation), statusReason });
  }
}

function reasonOf({ log }: EngineDependencies, stackId: string, error: unknown): string {
  if (error instanceof AwsError) return error.message;
  const stack = error instanceof Error ? (error.stack ?? error.message) : String(error);
  log.error('the work on a stack ended because of a bug', { stackId, stack });
  return 'Internal Failure';
}

/** How an operation ends that cannot go on; what is only cleaned up after it does not undo it. */
function endOf(operation: StackOperation) {
  const { kind, phase, onFailure, before } = operation;
  if (phase === 'cleanup') return { status: 'UPDATE_COMPLETE' };
  if (phase === 'cleanup-back') return { status: 'UPDATE_ROLLBACK_COMPLETE' };
  if (phase === 'forward') {
    return { status: `${kind.toUpperCase()}_FAILED`, ...goalBefore(operation) };
  }
  if (before !== undefined) return { status: 'UPDATE_ROLLBACK_FAILED', ...goalBefore(operation) };
  return { status: onFailure === 'DELETE' ? 'DELETE_FAILED' : 'ROLLBACK_FAILED' };
}

/** What a stack that stops where it failed can go back to. */
function goalBefore({ before }: Pick<StackOperation, 'before'>): Pick<Stack, 'rollbackGoal'> {
  return before === undefined ? {} : { rollbackGoal: before.goal };
}

type RunPhase = (deployment: Deployment) => Promise<void>;
type Phases = Readonly<Partial<Record<Phase, RunPhase>>>;

const PHASES: Readonly<Record<StackOperation['kind'], Phases>> = {
  create: {
    forward: create,
    back: (deployment) =>
      takeDown(deployment, deployment.operation.onFailure === 'DELETE' ? 'DELETE' : 'ROLLBACK'),
  },
  update: {
    forward: update,
    async cleanup(deployment) {
      // No sooner: until now the update could be cancelled, and go back to what was before it.
      await settle(deployment);
      await finishUpdate(deployment, 'UPDATE_COMPLETE');
    },
    back: rollBackUpdate,
    'cleanup-back': (deployment) => finishUpdate(deployment, 'UPDATE_ROLLBACK_COMPLETE'),
  },
  delete: { forward: (deployment) => takeDown(deployment, 'DELETE') },
};

async function create(deployment: Deployment): Promise<void> {
  const { stack, operation } = deployment;
  const { onFailure } = operation;
  const { reason } = await reachGoal(deployment, async (outputs) => {
    // From here on a deletion may begin, which asks what stands for a resource, and nothing else.
    await settle(deployment);
    return { status: 'CREATE_COMPLETE', outputs };
  });
  if (reason === undefined) return;
  if (onFailure === 'DO_NOTHING') {
    await putStack(deployment, stack.id, { status: 'CREATE_FAILED', statusReason: reason });
    return;
  }
  const isRollback = onFailure === 'ROLLBACK';
  await putStack(deployment, stack.id, {
    status: isRollback ? 'ROLLBACK_IN_PROGRESS' : 'DELETE_IN_PROGRESS',
    statusReason: `${reason}${isRollback ? 'Rollback' : 'Delete'} requested by user.`,
    operation: { ...operation, phase: 'back' },
  });
}

/** The state of a stack all of which is there, stored with its exports and imports; or the reason why it is not. */
async function reachGoal(
  deployment: Deployment,
  reached: (outputs: readonly StackOutput[]) => Promise<StackChange>,
): Promise<PhaseResult> {
  try {
    const { reason } = await withinTime(deployment, moveForward);
    if (reason !== undefined) return { reason };
    const outputs = await outputsOf(deployment);
    await putStack(deployment, deployment.stack.id, await reached(outputs), (tx) =>
      storeLinks(tx, deployment, outputs),
    );
    return {};
  } catch (error) {
    if (error instanceof AwsError) return { reason: `${error.message}. ` };
    throw error;
  }
}

/** Deletes all that a stack has, and tells of its end with that word. */
async function takeDown(deployment: Deployment, word: 'DELETE' | 'ROLLBACK'): Promise<void> {
  const { stack, operation, dependencies } = deployment;
  await settleReached(deployment);
  const result = await deleteAll(deployment, operation.retain);
  const isDone = result.reason === undefined;
  const deletedAtMs = dependencies.clock.now();
  const change = {
    ...ending(`${word}_COMPLETE`, `${word}_FAILED`, result),
    ...(word === 'DELETE' && isDone ? { deletedAtMs } : {}),
  };
  await putStack(deployment, stack.id, change, async (tx) => {
    if (isDone) await forgetLinks(tx, stack);
  });
}

/** What is not there any more neither exports nor imports. */
async function forgetLinks(tx: Transaction, stack: Stack): Promise<void> {
  await replaceExports(tx, stack, stack.id, []);
  await replaceImports(tx, stack, stack.id, []);
}

async function update(deployment: Deployment): Promise<void> {
  const { stack, operation } = deployment;
  await settleReached(deployment);
  const { reason } = await reachGoal(deployment, async (outputs) => ({
    status: 'UPDATE_COMPLETE_CLEANUP_IN_PROGRESS',
    outputs,
    operation: { ...operation, phase: 'cleanup' },
  }));
  if (reason === undefined) return;
  if (operation.onFailure === 'DO_NOTHING') {
    const change = { status: 'UPDATE_FAILED', statusReason: reason };
    await putStack(deployment, stack.id, { ...change, ...goalBefore(operation) });
    return;
  }
  await putStack(deployment, stack.id, {
    status: 'UPDATE_ROLLBACK_IN_PROGRESS',
    statusReason: reason.trim(),
    operation: { ...operation, phase: 'back' },
  });
}

async function rollBackUpdate(deployment: Deployment): Promise<void> {
  const { stack, operation } = deployment;
  const { reason: statusReason } = await moveBack(deployment);
  const { goal } = present(operation.before, 'an update has a before');
  if (statusReason !== undefined) {
    const status = 'UPDATE_ROLLBACK_FAILED';
    await putStack(deployment, stack.id, { status, statusReason, rollbackGoal: goal });
    return;
  }
  await putStack(deployment, stack.id, {
    status: 'UPDATE_ROLLBACK_COMPLETE_CLEANUP_IN_PROGRESS',
    goal,
    operation: { ...operation, phase: 'cleanup-back' },
  });
}

const UNDELETED = 'Update successful. One or more resources could not be deleted.';

/** What could not be cleaned up stays where it is; the update is done all the same. */
async function finishUpdate(deployment: Deployment, status: string): Promise<void> {
  const { reason } = await cleanUp(deployment);
  const told = reason !== undefined && status === 'UPDATE_COMPLETE' ? UNDELETED : reason;
  const change = told === undefined ? { status } : { status, statusReason: told };
  await putStack(deployment, deployment.stack.id, change);
}

function ending(complete: string, failed: string, { reason }: PhaseResult) {
  return reason === undefined ? { status: complete } : { status: failed, statusReason: reason };
}
