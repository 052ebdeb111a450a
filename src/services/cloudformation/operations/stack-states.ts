/** In which states a stack takes which operation. */
import type { Queries } from '#ports/world/database.ts';
import { validation } from '../errors.ts';
import { nameOfStack, type Goal, type Stack, type StackOperation } from '../model.ts';
import { importersOf, listExports } from '../store-links.ts';

const UPDATABLE: ReadonlySet<string> = new Set([
  'CREATE_COMPLETE',
  'UPDATE_COMPLETE',
  'UPDATE_ROLLBACK_COMPLETE',
  'IMPORT_COMPLETE',
]);
/** A stack whose operation has stopped where it failed: it can go on from there, or back. */
const PAUSED: ReadonlySet<string> = new Set(['CREATE_FAILED', 'UPDATE_FAILED']);

/** A stack whose update has begun. */
export function updating(
  stack: Stack,
  goal: Goal,
  operation: StackOperation,
  nowMs: number,
): Stack {
  const { statusReason: _, ...rest } = stack;
  const begun = { ...rest, status: 'UPDATE_IN_PROGRESS', goal, operation, updatedAtMs: nowMs };
  return wasNeverWhole(stack) ? { ...begun, isNeverWhole: true } : begun;
}

/** True for a stack whose operation failed and was not rolled back. */
export function isPaused({ status }: Stack): boolean {
  return PAUSED.has(status);
}

/** One whose creation failed under an earlier version has no flag yet. */
export function wasNeverWhole({ status, isNeverWhole = false }: Stack): boolean {
  return isNeverWhole || status === 'CREATE_FAILED';
}

/** What an update goes back to; nothing where the stack was never whole. */
export function lastStable(stack: Stack): Pick<StackOperation, 'before'> {
  if (!isPaused(stack)) return { before: { goal: stack.goal } };
  return stack.rollbackGoal === undefined ? {} : { before: { goal: stack.rollbackGoal } };
}

/**
 * @param isRollbackDisabled of the request that is about to change the stack; a change set is made in any case
 * @throws AwsError ValidationError
 */
export function requireUpdatable(stack: Stack, isRollbackDisabled = false): void {
  const { id, status } = stack;
  if (UPDATABLE.has(status)) return;
  if (!isPaused(stack)) {
    throw validation(`Stack:${id} is in ${status} state and can not be updated.`);
  }
  if (status === 'CREATE_FAILED' && !stack.disableRollback) {
    throw validation(
      `This stack cannot be updated from [${status}] state because it contains [on-failure: DO_NOTHING]. Please use disable-rollback option instead during stack creation.`,
    );
  }
  if (isRollbackDisabled) return;
  throw validation(
    `This stack is currently in a non-terminal [${status}] state. To update the stack from this state, please use the disable-rollback parameter with update-stack API. To rollback to the last known good state, use the rollback-stack API`,
  );
}

/** @throws AwsError ValidationError where a stack is protected against its deletion */
export function requireUnprotected({ name, isProtected }: Stack): void {
  if (!isProtected) return;
  throw validation(`Stack [${name}] cannot be deleted while TerminationProtection is enabled`);
}

/** @throws AwsError ValidationError where others import what a stack exports */
export async function requireUnused(queries: Queries, stack: Stack): Promise<void> {
  for (const { name, stackId } of await listExports(queries, stack)) {
    const users = stackId === stack.id ? await importersOf(queries, stack, name) : [];
    const others = users.filter((id) => id !== stack.id).map(nameOfStack);
    if (others.length === 0) continue;
    throw validation(`Cannot delete export ${name} as it is in use by ${others.join(', ')}.`);
  }
}
