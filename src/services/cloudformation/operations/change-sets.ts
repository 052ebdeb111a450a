import { AwsError } from '#aws/errors.ts';
import type { CreateChangeSetInput, Operations } from '#aws/models/cloudformation.types.gen.ts';
import type { RequestContext } from '#aws/operation.ts';
import type { Queries } from '#ports/world/database.ts';
import type { CloudformationDependencies } from '../dependencies.ts';
import { changesMore, planChanges } from '../engine/plan-changes.ts';
import { changeSetExists, invalidChangeSetStatus, noSuchChangeSet, validation } from '../errors.ts';
import {
  changeSetArn,
  nameOfStack,
  stackArn,
  type ChangeSet,
  type Goal,
  type Place,
  type Stack,
} from '../model.ts';
import {
  changeSetOfId,
  forgetChangeSet,
  forgetChangeSets,
  listChangeSets,
  listExports,
  saveChangeSet,
} from '../store-links.ts';
import { addEvent, findStack, listResources, saveStack } from '../store-stacks.ts';
import { stackEvent } from '../engine/deployment.ts';
import { begin, newOperation, requireRoom, requireStack } from './begin.ts';
import { describedChangeSet, summarisedChangeSet } from './describe-change-set.ts';
import { prepareGoal } from './prepare-goal.ts';
import { isPaused, lastStable, requireUpdatable, updating } from './stack-states.ts';
import { onFailureOf } from './stacks.ts';

const NO_CHANGES =
  "The submitted information didn't contain changes. Submit different information to create a change set.";

/** Works out what would change; a stack that is not there comes into being, without resources. */
export function createChangeSet(
  dependencies: CloudformationDependencies,
): Operations['CreateChangeSet'] {
  const { database, random } = dependencies;
  return async (context, input) => {
    const { StackName: name, ChangeSetName: setName, ChangeSetType: type = 'UPDATE' } = input;
    if (type === 'IMPORT') throw validation('Hearth does not import resources into stacks.');
    const known = await database.read((queries) => findStack(queries, context, name));
    const isNew = known === undefined || known.status === 'REVIEW_IN_PROGRESS';
    if (type === 'CREATE' && !isNew) {
      throw validation(
        `Stack [${name}] already exists and cannot be created again with the changeSet [${setName}].`,
      );
    }
    if (type === 'UPDATE') {
      if (known === undefined) throw validation(`Stack [${name}] does not exist`);
      requireUpdatable(known, true);
    }
    const before = isNew ? undefined : known.goal;
    const stackId = known?.id ?? stackArn(context, name, random.uuid());
    const goal = await prepareGoal(dependencies, context, input, {
      stackId,
      before,
      isDirect: false,
    });
    const id = changeSetArn(context, setName, random.uuid());
    return await database.transact(async (tx) => {
      const stack =
        (await findStack(tx, context, name)) ?? reviewed(dependencies, context, stackId, goal);
      const sets = await listChangeSets(tx, stack.id);
      if (sets.some((one) => one.name === setName)) throw changeSetExists(setName);
      if (known === undefined) {
        await requireRoom(tx, context);
        await saveStack(tx, stack);
        const told = { status: stack.status, statusReason: 'User Initiated' };
        await addEvent(tx, stack.id, stackEvent(stack, told, random.uuid(), stack.createdAtMs));
      }
      const set = await plan(dependencies, tx, { stack, goal, input, id, type });
      await saveChangeSet(tx, set);
      return { Id: id, StackId: stack.id };
    });
  };
}

/** A stack of which there is nothing but its change sets. */
function reviewed(
  { clock }: CloudformationDependencies,
  { accountId, region }: RequestContext,
  id: string,
  goal: Goal,
): Stack {
  return {
    accountId,
    region,
    id,
    name: nameOfStack(id),
    status: 'REVIEW_IN_PROGRESS',
    goal,
    outputs: [],
    disableRollback: false,
    isProtected: false,
    createdAtMs: clock.now(),
  };
}

interface PlanInput {
  readonly stack: Stack;
  readonly goal: Goal;
  readonly input: CreateChangeSetInput;
  readonly id: string;
  readonly type: string;
}

/** A change set that cannot be worked out, or changes nothing, is there, and has failed. */
async function plan(
  { clock }: CloudformationDependencies,
  queries: Queries,
  { stack, goal, input, id, type }: PlanInput,
): Promise<ChangeSet> {
  const shared = {
    id,
    name: input.ChangeSetName,
    stackId: stack.id,
    stackName: stack.name,
    type,
    ...(input.Description === undefined ? {} : { description: input.Description }),
    ...(input.OnStackFailure === undefined ? {} : { onFailure: input.OnStackFailure }),
    goal,
    createdAtMs: clock.now(),
    includesNested: input.IncludeNestedStacks ?? false,
  };
  const failed = (statusReason: string): ChangeSet => ({
    ...shared,
    changes: [],
    status: 'FAILED',
    executionStatus: 'UNAVAILABLE',
    statusReason,
  });
  try {
    const exports = new Map(
      (await listExports(queries, stack)).map((one) => [one.name, one.value]),
    );
    const resources = type === 'CREATE' ? [] : await listResources(queries, stack.id);
    const changes = planChanges({ stack, goal, resources, exports });
    const isSame = changes.length === 0 && !changesMore(stack, goal);
    if (type === 'UPDATE' && isSame && !isPaused(stack)) {
      return failed(NO_CHANGES);
    }
    return { ...shared, changes, status: 'CREATE_COMPLETE', executionStatus: 'AVAILABLE' };
  } catch (error) {
    if (error instanceof AwsError) return failed(error.message);
    throw error;
  }
}

/** Tells of one change set. */
export function describeChangeSet({
  database,
}: CloudformationDependencies): Operations['DescribeChangeSet'] {
  return async (context, input) => {
    const set = await database.read((queries) => requireChangeSet(queries, context, input));
    return describedChangeSet(set);
  };
}

/** Change sets of a stack, the oldest first. */
export function listChangeSetsOf({
  database,
}: CloudformationDependencies): Operations['ListChangeSets'] {
  return async (context, { StackName }) =>
    database.read(async (queries) => {
      const stack = await requireStack(queries, context, StackName);
      return { Summaries: (await listChangeSets(queries, stack.id)).map(summarisedChangeSet) };
    });
}

/** Does what a change set says; the other ones of its stack go. */
export function executeChangeSet(
  dependencies: CloudformationDependencies,
): Operations['ExecuteChangeSet'] {
  const { database, clock } = dependencies;
  return async (context, input) => {
    await database.transact(async (tx) => {
      const set = await requireChangeSet(tx, context, input);
      if (set.executionStatus !== 'AVAILABLE' || set.goal === undefined) {
        throw invalidChangeSetStatus(
          `ChangeSet [${set.id}] cannot be executed in its current status of [${set.status}]`,
        );
      }
      const stack = await requireStack(tx, context, set.stackId);
      const isNew = stack.status === 'REVIEW_IN_PROGRESS';
      if (!isNew) requireUpdatable(stack, input.DisableRollback);
      const { goal, onFailure } = set;
      const isKept = input.DisableRollback === true ? 'DO_NOTHING' : undefined;
      const operation = newOperation(dependencies, context, {
        kind: isNew ? 'create' : 'update',
        onFailure: onFailureOf(isKept ?? onFailure),
        roleArn: goal.roleArn,
        token: input.ClientRequestToken,
        ...(isNew ? {} : lastStable(stack)),
      });
      const begun: Stack = isNew
        ? { ...stack, status: 'CREATE_IN_PROGRESS', goal, operation }
        : updating(stack, goal, operation, clock.now());
      const disableRollback = input.DisableRollback ?? false;
      await begin(dependencies, tx, { ...begun, disableRollback, changeSetId: set.id });
      await forgetChangeSets(tx, stack.id, set.id);
      await saveChangeSet(tx, { ...set, executionStatus: 'EXECUTE_COMPLETE' });
    });
    return {};
  };
}

/** Forgets a change set; one that is not there is no error where its stack is. */
export function deleteChangeSet({
  database,
}: CloudformationDependencies): Operations['DeleteChangeSet'] {
  return async (context, input) => {
    await database.transact(async (tx) => {
      const { ChangeSetName: name, StackName: stackName } = input;
      if (!name.startsWith('arn:') && stackName !== undefined) {
        await requireStack(tx, context, stackName);
      }
      const set = await findChangeSet(tx, context, input);
      if (set === undefined) return;
      await forgetChangeSet(tx, set.id);
    });
    return {};
  };
}

interface ChangeSetNames {
  readonly ChangeSetName: string;
  readonly StackName?: string;
}

/** @throws AwsError ChangeSetNotFoundException, ValidationError */
export async function requireChangeSet(
  queries: Queries,
  place: Place,
  names: ChangeSetNames,
): Promise<ChangeSet> {
  const set = await findChangeSet(queries, place, names);
  if (set === undefined) throw noSuchChangeSet(names.ChangeSetName);
  return set;
}

/** A change set of the place's; of the named stack alone, where there is a name: by it was decided who may. */
async function findChangeSet(
  queries: Queries,
  place: Place,
  { ChangeSetName: name, StackName: stackName }: ChangeSetNames,
): Promise<ChangeSet | undefined> {
  if (name.startsWith('arn:')) {
    const set = await changeSetOfId(queries, name);
    const stack = set && (await findStack(queries, place, set.stackId));
    if (stack === undefined) return undefined;
    const isNamed = stackName === undefined || [stack.name, stack.id].includes(stackName);
    return isNamed ? set : undefined;
  }
  if (stackName === undefined) {
    throw validation('StackName must be specified if ChangeSetName is not specified as an ARN.');
  }
  const stack = await requireStack(queries, place, stackName);
  const sets = await listChangeSets(queries, stack.id);
  return sets.find((set) => set.name === name);
}
