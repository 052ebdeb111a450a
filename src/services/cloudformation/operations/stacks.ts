import type { Operations, UpdateStackInput } from '#aws/models/cloudformation.types.gen.ts';
import type { RequestContext } from '#aws/operation.ts';
import { MINUTE_MS } from '#kernel/units.ts';
import type { CloudformationDependencies } from '../dependencies.ts';
import { changesMore, planChanges } from '../engine/plan-changes.ts';
import { stackExists, validation } from '../errors.ts';
import { stackArn, type Goal, type Stack, type StackOperation } from '../model.ts';
import { listExports } from '../store-links.ts';
import { findStack, listResources, saveStack } from '../store-stacks.ts';
import { begin, nestingOf, newOperation, requireRoom, requireStack } from './begin.ts';
import { logicalIdsOf, requireKnownIds } from './policy-ids.ts';
import { prepareGoal } from './prepare-goal.ts';
import { checkRole } from './sender.ts';
import { policyText } from './stack-policies.ts';
import {
  isPaused,
  lastStable,
  requireUnprotected,
  requireUnused,
  requireUpdatable,
  updating,
} from './stack-states.ts';

/** The policy of a stack that has none. */
const NO_POLICY = '{}';

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
    requireKnownIds(policy, logicalIdsOf({ accountId, region, id, name }, goal));
    const onFailure = onFailureOf(input.OnFailure ?? (disableRollback ? 'DO_NOTHING' : undefined));
    const { TimeoutInMinutes: minutes } = input;
    const operation = newOperation(dependencies, context, {
      kind: 'create',
      onFailure,
      ...(minutes === undefined ? {} : { untilSteadyMs: clock.steadyMs() + minutes * MINUTE_MS }),
      roleArn: goal.roleArn,
      token: input.ClientRequestToken,
    });
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
      checkPolicies(stack, goal, policies);
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

/** @throws AwsError ValidationError where one names a resource that is not there: while the update runs, or after it */
function checkPolicies(stack: Stack, goal: Goal, { lasting, during }: UpdatePolicies): void {
  const known = logicalIdsOf(stack, goal);
  requireKnownIds(during.policy, [...known, ...logicalIdsOf(stack, stack.goal)]);
  requireKnownIds(lasting.policy, known);
  if (lasting.policy === undefined) requireKnownIds(stack.policy, known, 'existing stack policy');
}

/** An update goes by the policy that the stack had before it, or by one for it alone. */
function policyDuring({ policy = NO_POLICY }: Stack, { lasting, during }: UpdatePolicies) {
  return lasting.policy === undefined ? during : { policy, ...during };
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
        throw validation(`Stack [${stack.id}] cannot be deleted while in status ${stack.status}`);
      }
      const retain = input.RetainResources ?? [];
      if (retain.length > 0 && stack.status !== 'DELETE_FAILED') {
        throw validation(
          `Invalid operation on stack [${stack.id}]. When you delete a stack, specify which resources to retain only when the stack is in the DELETE_FAILED state.`,
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
