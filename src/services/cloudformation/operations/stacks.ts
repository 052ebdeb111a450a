import type { Operations, UpdateStackInput } from '#aws/models/cloudformation.types.gen.ts';
import type { RequestContext } from '#aws/operation.ts';
import type { Queries, Transaction } from '#ports/world/database.ts';
import type { CloudformationDependencies } from '../dependencies.ts';
import { changesMore, planChanges } from '../engine/plan-changes.ts';
import { stackExists, validation } from '../errors.ts';
import { nameOfStack, stackArn, type Goal, type Stack, type StackOperation } from '../model.ts';
import { importersOf, listExports } from '../store-links.ts';
import { findStack, listResources, saveStack } from '../store-stacks.ts';
import { begin, nestingOf, newOperation, requireRoom, requireStack } from './begin.ts';
import { prepareGoal } from './prepare-goal.ts';
import { checkRole } from './sender.ts';
import { policyText } from './stack-policies.ts';

const UPDATABLE: ReadonlySet<string> = new Set([
  'CREATE_COMPLETE',
  'UPDATE_COMPLETE',
  'UPDATE_ROLLBACK_COMPLETE',
  'IMPORT_COMPLETE',
]);
/** The policy of a stack that has none. */
const NO_POLICY = '{}';
/** A stack whose operation has stopped where it failed: it can go on from there, or back. */
const PAUSED: ReadonlySet<string> = new Set(['CREATE_FAILED', 'UPDATE_FAILED']);

/** Makes a stack; its resources follow. */
export function createStack(dependencies: CloudformationDependencies): Operations['CreateStack'] {
  const { database, clock, random } = dependencies;
  return async (context, input) => {
    const { StackName: name, DisableRollback: disableRollback = false } = input;
    if (input.OnFailure !== undefined && input.DisableRollback !== undefined) {
      throw validation('Either DisableRollback or OnFailure can be specified, not both.');
    }
    const known = await database.read((queries) => findStack(queries, context, name));
    if (known !== undefined) throw stackExists(name);
    const { accountId, region } = context;
    const id = stackArn(context, name, random.uuid());
    const goal = await prepareGoal(dependencies, context, input, {
      stackId: id,
      before: undefined,
      isDirect: true,
    });
    const { StackPolicyBody: policyBody, StackPolicyURL: policyUrl } = input;
    const policy = await policyText(dependencies, context, policyBody, policyUrl);
    const onFailure = onFailureOf(input.OnFailure ?? (disableRollback ? 'DO_NOTHING' : undefined));
    const operation = newOperation(dependencies, context, {
      kind: 'create',
      onFailure,
      roleArn: goal.roleArn,
      token: input.ClientRequestToken,
    });
    const minutes = input.TimeoutInMinutes;
    const stack: Stack = {
      accountId,
      region,
      id,
      name,
      status: 'CREATE_IN_PROGRESS',
      goal,
      outputs: [],
      disableRollback,
      ...(minutes === undefined ? {} : { timeoutMinutes: minutes }),
      isProtected: input.EnableTerminationProtection ?? false,
      ...(policy === undefined ? {} : { policy }),
      createdAtMs: clock.now(),
      operation,
    };
    await database.transact(async (tx) => {
      if ((await findStack(tx, context, name)) !== undefined) throw stackExists(name);
      await requireRoom(tx, context);
      await begin(dependencies, tx, { ...stack, ...(await nestingOf(tx, context)) });
    });
    return { StackId: id };
  };
}

/** What to do when a creation fails. */
export function onFailureOf(text: string | undefined): StackOperation['onFailure'] {
  return text === 'DELETE' || text === 'DO_NOTHING' ? text : 'ROLLBACK';
}

/** Brings a stack to another template, or to other parameters. */
export function updateStack(dependencies: CloudformationDependencies): Operations['UpdateStack'] {
  const { database } = dependencies;
  return async (context, input) => {
    const known = await database.read((queries) => requireStack(queries, context, input.StackName));
    requireUpdatable(known, input.DisableRollback);
    const goal = await prepareGoal(dependencies, context, input, {
      stackId: known.id,
      before: known.goal,
      isDirect: true,
    });
    const policies = await policiesOf(dependencies, context, input);
    await database.transact(async (tx) => {
      const stack = await requireStack(tx, context, known.id);
      requireUpdatable(stack, input.DisableRollback);
      const exports = new Map((await listExports(tx, context)).map((one) => [one.name, one.value]));
      const resources = await listResources(tx, stack.id);
      const changes = planChanges({ stack, goal, resources, exports });
      if (changes.length === 0 && !changesMore(stack, goal) && !isPaused(stack)) {
        throw validation('No updates are to be performed.');
      }
      const operation = newOperation(dependencies, context, {
        kind: 'update',
        onFailure: input.DisableRollback === true ? 'DO_NOTHING' : 'ROLLBACK',
        roleArn: goal.roleArn,
        token: input.ClientRequestToken,
        ...lastStable(stack),
        ...policyDuring(stack, policies),
      });
      const begun = updating(stack, goal, operation, dependencies.clock.now());
      await begin(dependencies, tx, { ...begun, ...policies.lasting });
    });
    return { StackId: known.id };
  };
}

interface UpdatePolicies {
  readonly lasting: Pick<Stack, 'policy'>;
  readonly during: Pick<StackOperation, 'policy'>;
}

async function policiesOf(
  dependencies: CloudformationDependencies,
  context: RequestContext,
  input: UpdateStackInput,
): Promise<UpdatePolicies> {
  const { StackPolicyBody, StackPolicyURL } = input;
  const { StackPolicyDuringUpdateBody: body, StackPolicyDuringUpdateURL: url } = input;
  const lasting = await policyText(dependencies, context, StackPolicyBody, StackPolicyURL);
  const during = await policyText(dependencies, context, body, url);
  return {
    lasting: lasting === undefined ? {} : { policy: lasting },
    during: during === undefined ? {} : { policy: during },
  };
}

/** An update goes by the policy that the stack had before it, or by one for it alone. */
function policyDuring({ policy = NO_POLICY }: Stack, { lasting, during }: UpdatePolicies) {
  return lasting.policy === undefined ? during : { policy, ...during };
}

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
function wasNeverWhole({ status, isNeverWhole = false }: Stack): boolean {
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

/** Deletes a stack with its resources; one that is not there is no error. */
export function deleteStack(dependencies: CloudformationDependencies): Operations['DeleteStack'] {
  const { database } = dependencies;
  return async (context, input) => {
    const known = await database.read((queries) => findStack(queries, context, input.StackName));
    if (known === undefined) return {};
    await checkRole(dependencies, context, input.RoleARN, known.id);
    await database.transact(async (tx) => {
      const stack = await requireStack(tx, context, known.id);
      if (stack.status === 'DELETE_COMPLETE') return;
      requireUnprotected(stack);
      if (stack.operation?.kind === 'delete') return;
      if (stack.operation?.kind === 'update') {
        throw validation(`Stack:${stack.id} is in ${stack.status} state and can not be deleted.`);
      }
      const retain = input.RetainResources ?? [];
      if (retain.length > 0 && stack.status !== 'DELETE_FAILED') {
        throw validation(
          'Invalid operation on stack [' +
            `${stack.id}]. RetainResources can be specified only if the stack is in the DELETE_FAILED state.`,
        );
      }
      await requireUnused(tx, stack);
      const { statusReason: _, ...rest } = stack;
      const operation = newOperation(dependencies, context, {
        kind: 'delete',
        retain,
        roleArn: input.RoleARN ?? stack.goal.roleArn,
        token: input.ClientRequestToken,
      });
      await begin(dependencies, tx, { ...rest, status: 'DELETE_IN_PROGRESS', operation });
    });
    return {};
  };
}

/** @throws AwsError ValidationError where a stack is protected against its deletion */
function requireUnprotected({ name, isProtected }: Stack): void {
  if (!isProtected) return;
  throw validation(`Stack [${name}] cannot be deleted while TerminationProtection is enabled`);
}

/** @throws AwsError ValidationError where others import what a stack exports */
async function requireUnused(queries: Queries, stack: Stack): Promise<void> {
  for (const { name, stackId } of await listExports(queries, stack)) {
    const users = stackId === stack.id ? await importersOf(queries, stack, name) : [];
    const others = users.filter((id) => id !== stack.id).map(nameOfStack);
    if (others.length === 0) continue;
    throw validation(`Cannot delete export ${name} as it is in use by ${others.join(', ')}.`);
  }
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

/** Protects a stack against its deletion, or does so no longer. */
export function updateTerminationProtection({
  database,
}: CloudformationDependencies): Operations['UpdateTerminationProtection'] {
  return async (context, { StackName, EnableTerminationProtection: isProtected }) =>
    database.transact(async (tx) => {
      const stack = await requireStack(tx, context, StackName);
      await saveStack(tx, { ...stack, isProtected });
      return { StackId: stack.id };
    });
}
