/** Begins an operation on a stack: from here on the loop has it. */
import type { RequestContext } from '#aws/operation.ts';
import type { Transaction } from '#ports/world/database.ts';
import type { CloudformationDependencies } from '../dependencies.ts';
import { stackEvent } from '../engine/deployment.ts';
import { noSuchStack, tooManyStacks, validation } from '../errors.ts';
import { NESTED_DEPTH_MAX, STACKS_MAX } from '../limits.ts';
import type { Place, Stack, StackOperation } from '../model.ts';
import {
  addEvent,
  countStacks,
  findStack,
  saveStack,
  stackOfId,
  STACKS_TOPIC,
} from '../store-stacks.ts';
import { senderOf } from './sender.ts';
import type { Queries } from '#ports/world/database.ts';

/** Stores a stack with its operation, tells of its state, and wakes who does the work. */
export async function begin(
  { random, clock, wakeups }: CloudformationDependencies,
  tx: Transaction,
  stack: Stack,
): Promise<void> {
  await saveStack(tx, stack);
  const reason = stack.statusReason ?? 'User Initiated';
  const told = { status: stack.status, statusReason: reason };
  await addEvent(tx, stack.id, stackEvent(stack, told, random.uuid(), clock.now()));
  tx.afterCommit(() => wakeups.notify(STACKS_TOPIC));
}

/** An operation that is about to begin. */
export function newOperation(
  { random }: CloudformationDependencies,
  context: RequestContext,
  { roleArn, token, ...rest }: NewOperation,
): StackOperation {
  return {
    retain: [],
    onFailure: 'ROLLBACK',
    ...rest,
    id: random.uuid(),
    phase: rest.phase ?? 'forward',
    sender: senderOf(context, roleArn),
    ...(token === undefined ? {} : { token }),
  };
}

type NewOperation = Pick<StackOperation, 'kind'> &
  Partial<Omit<StackOperation, 'id' | 'sender' | 'kind' | 'token'>> & {
    readonly roleArn: string | undefined;
    readonly token: string | undefined;
  };

/** @throws AwsError ValidationError where there is no such stack */
export async function requireStack(
  queries: Queries,
  place: Place,
  nameOrId: string,
): Promise<Stack> {
  const stack = await findStack(queries, place, nameOrId);
  if (stack === undefined) throw noSuchStack(nameOrId);
  return stack;
}

/**
 * Where a new stack stands: in the one for which CloudFormation asks, or in none.
 * @throws AwsError ValidationError where too many are around it: a template that holds itself has no end
 */
export async function nestingOf(
  queries: Queries,
  { stackId: parentId }: RequestContext,
): Promise<Pick<Stack, 'nesting'>> {
  const parent = parentId === undefined ? undefined : await stackOfId(queries, parentId);
  if (parent === undefined) return {};
  const { rootId, depth: parentDepth } = parent.nesting ?? { rootId: parent.id, depth: 0 };
  const depth = parentDepth + 1;
  if (depth > NESTED_DEPTH_MAX) {
    throw validation(`Stacks are nested at most ${NESTED_DEPTH_MAX} levels deep.`);
  }
  return { nesting: { parentId: parent.id, rootId, depth } };
}

/** @throws AwsError LimitExceededException where there can be no more stacks */
export async function requireRoom(queries: Queries, place: Place): Promise<void> {
  if ((await countStacks(queries, place)) >= STACKS_MAX) throw tooManyStacks(STACKS_MAX);
}
