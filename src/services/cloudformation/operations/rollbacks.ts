/** Ways back of stacks: from where an update is, or has stopped. */
import type { Operations } from '#aws/models/cloudformation.types.gen.ts';
import type { RequestContext } from '#aws/operation.ts';
import type { Transaction } from '#ports/world/database.ts';
import type { CloudformationDependencies } from '../dependencies.ts';
import { validation } from '../errors.ts';
import type { Stack } from '../model.ts';
import { begin, newOperation, requireStack } from './begin.ts';
import { checkRole } from './sender.ts';
import {
  isPaused,
  lastStable,
  requireUnprotected,
  requireUnused,
  wasNeverWhole,
} from './stack-states.ts';

/** Ends an update that is under way, and goes back to what was before it. */
export function cancelUpdateStack(
  dependencies: CloudformationDependencies,
): Operations['CancelUpdateStack'] {
  return async (context, { StackName, ClientRequestToken: token }) => {
    await goBack(dependencies, context, { StackName }, async (_, stack) => {
      const { before } = stack.operation ?? {};
      if (stack.status !== 'UPDATE_IN_PROGRESS' || before === undefined) {
        throw validation('CancelUpdateStack cannot be called from current stack status');
      }
      const roleArn = stack.goal.roleArn;
      const way = { kind: 'update', phase: 'back', before, roleArn, token } as const;
      const operation = newOperation(dependencies, context, way);
      return { ...stack, status: 'UPDATE_ROLLBACK_IN_PROGRESS', operation };
    });
    return {};
  };
}

/** Begins the way back that `plan` says for a stack; answers the stack's id. */
async function goBack(
  dependencies: CloudformationDependencies,
  context: RequestContext,
  { StackName, RoleARN }: { readonly StackName: string; readonly RoleARN?: string },
  plan: (tx: Transaction, stack: Stack) => Promise<Stack>,
): Promise<string> {
  const { database } = dependencies;
  const known = await database.read((queries) => requireStack(queries, context, StackName));
  await checkRole(dependencies, context, RoleARN, known.id);
  await database.transact(async (tx) => {
    const stack = await requireStack(tx, context, known.id);
    await begin(dependencies, tx, await plan(tx, stack));
  });
  return known.id;
}

/** Goes on with a way back that failed. */
export function continueUpdateRollback(
  dependencies: CloudformationDependencies,
): Operations['ContinueUpdateRollback'] {
  return async (context, input) => {
    await goBack(dependencies, context, input, async (_, stack) => {
      if (stack.status !== 'UPDATE_ROLLBACK_FAILED' || stack.rollbackGoal === undefined) {
        throw validation(
          `Stack:${stack.id} is in ${stack.status} state and can not continue rollback.`,
        );
      }
      const operation = newOperation(dependencies, context, {
        kind: 'update',
        phase: 'back',
        roleArn: input.RoleARN ?? stack.goal.roleArn,
        token: input.ClientRequestToken,
        before: { goal: stack.rollbackGoal },
      });
      return { ...stack, status: 'UPDATE_ROLLBACK_IN_PROGRESS', operation };
    });
    return {};
  };
}

/** Brings a stack that has stopped where it failed to what it was before, or deletes one that never was whole. */
export function rollbackStack(
  dependencies: CloudformationDependencies,
): Operations['RollbackStack'] {
  return async (context, input) => {
    const StackId = await goBack(dependencies, context, input, async (tx, stack) => {
      const { before } = lastStable(stack);
      // Earlier versions did not store what a failed update can go back to.
      if (!isPaused(stack) || (before === undefined && !wasNeverWhole(stack))) {
        throw validation(
          `Stack:${stack.id} is in ${stack.status} state and can not be rolled back.`,
        );
      }
      if (before === undefined) {
        requireUnprotected(stack);
        await requireUnused(tx, stack);
      }
      const operation = newOperation(dependencies, context, {
        kind: before === undefined ? 'create' : 'update',
        phase: 'back',
        ...(before === undefined ? { onFailure: 'DELETE' } : { before }),
        roleArn: input.RoleARN ?? stack.goal.roleArn,
        token: input.ClientRequestToken,
      });
      const status = before === undefined ? 'DELETE' : 'UPDATE_ROLLBACK';
      const { statusReason: _, ...rest } = stack;
      return { ...rest, status: `${status}_IN_PROGRESS`, operation };
    });
    return { StackId };
  };
}
