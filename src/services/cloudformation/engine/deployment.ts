/** One operation on a stack, while it runs: the stack, its template and what there is of its resources. */
import { AwsError } from '#aws/errors.ts';
import { present } from '#kernel/assert.ts';
import { parseJson, type JsonObject } from '#kernel/json.ts';
import type { Transaction } from '#ports/world/database.ts';
import type { EngineDependencies } from '../dependencies.ts';
import { evaluate } from '../functions/evaluate.ts';
import { createScope, type ScopeOptions, type StackScope } from '../functions/scope.ts';
import type { Goal, Leftover, Resource, Stack, StackEvent, StackOperation } from '../model.ts';
import { listExports } from '../store-links.ts';
import {
  addEvent,
  addLeftover,
  forgetResource,
  listResources,
  saveResource,
  saveStack,
  stackOfId,
} from '../store-stacks.ts';
import { ownOf } from '../own.ts';
import { dependenciesOf } from '../template/check.ts';
import { readTemplate, type Template } from '../template/template.ts';

const HIDDEN = '****';
const SUFFIX_LENGTH = 12;
const SUFFIX_CHARACTERS = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789';

/** Another operation took the place of the one that runs. */
export class Superseded extends Error {
  override readonly name = 'Superseded';
}

export interface Deployment {
  readonly dependencies: EngineDependencies;
  readonly stack: Stack;
  readonly operation: StackOperation;
  readonly template: Template;
  readonly scope: StackScope;
  /** A resource's properties as events show them: without what nobody is to read. */
  shownProperties(logicalId: string): string | undefined;
  /**
   * Logical ids of what a resource of the template needs to be there before it.
   * @throws AwsError where a condition cannot be decided: then nothing can be made, but all be deleted
   */
  needsOf(logicalId: string): readonly string[];
  /** As they are now, by their logical ids. */
  readonly resources: Map<string, Resource>;
  readonly signal: AbortSignal;
}

/** The template that a goal was made of. */
export function templateOf({ processed }: Goal): Template {
  return readTemplate(parseJson(processed) as JsonObject); // What was stored is JSON of a template.
}

/** Reads what an operation needs to go on, from wherever it was left. */
export async function openDeployment(
  dependencies: EngineDependencies,
  stack: Stack,
  signal: AbortSignal,
): Promise<Deployment> {
  const { rows, exports } = await dependencies.database.read(async (queries) => ({
    rows: await listResources(queries, stack.id),
    exports: await listExports(queries, stack),
  }));
  const resources = new Map(rows.map((row) => [row.logicalId, row]));
  const template = templateOf(stack.goal);
  const shared = {
    accountId: stack.accountId,
    region: stack.region,
    stackName: stack.name,
    stackId: stack.id,
    exports: new Map(exports.map(({ name, value }) => [name, value])),
    existing: (logicalId: string) => resources.get(logicalId)?.current,
  };
  const { parameters, notificationArns } = stack.goal;
  const scope = createScope({ ...shared, template, parameters, notificationArns });
  const operation = present(stack.operation, 'the stack is being worked on');
  const goal = (operation.phase === 'back' ? operation.before?.goal : undefined) ?? stack.goal;
  const shownProperties = propertiesShown(goal, shared);
  let needs: ReadonlyMap<string, readonly string[]> | undefined;
  const needsOf = (logicalId: string): readonly string[] => {
    needs ??= dependenciesOf(template, scope.condition);
    return needs.get(logicalId) ?? [];
  };
  return {
    dependencies,
    stack,
    operation,
    template,
    scope,
    shownProperties,
    needsOf,
    resources,
    signal,
  };
}

/** Parameters that nobody is to read are `****`, and dynamic references stay as the template has them. */
function propertiesShown(
  goal: Goal,
  shared: Omit<ScopeOptions, 'template' | 'parameters' | 'notificationArns'>,
): Deployment['shownProperties'] {
  const template = templateOf(goal);
  const parameters = goal.parameters.map((one) =>
    one.isHidden ? { key: one.key, value: HIDDEN, isHidden: true } : one,
  );
  const scope = createScope({ ...shared, ...goal, template, parameters });
  return (logicalId) => {
    const properties = ownOf(template.resources, logicalId)?.properties;
    if (properties === undefined) return undefined;
    try {
      return JSON.stringify(evaluate(properties, scope));
    } catch (error) {
      if (error instanceof AwsError) return undefined; // Of another template than this resource is.
      throw error;
    }
  };
}

/** 12 characters by which a name is nobody else's. */
export function newSuffix({ dependencies: { random } }: Deployment): string {
  const bytes = random.bytes(SUFFIX_LENGTH);
  return [...bytes].map((byte) => SUFFIX_CHARACTERS[byte % SUFFIX_CHARACTERS.length]).join('');
}

/** Stores a resource, with the events that tell of it: of its state, where nothing else is said. */
export async function putResource(
  deployment: Deployment,
  resource: Resource,
  told: readonly ToldState[] = [resource],
): Promise<void> {
  const { dependencies, stack, resources } = deployment;
  await dependencies.database.transact(async (tx) => {
    await saveResource(tx, stack.id, resource);
    for (const state of told) await addEvent(tx, stack.id, resourceEvent(deployment, state));
  });
  resources.set(resource.logicalId, resource);
}

/** Forgets a resource; what stood for it waits for its deletion. */
export async function dropResource(
  { dependencies, stack, resources }: Deployment,
  { logicalId }: Resource,
  leftovers: readonly Leftover[],
): Promise<void> {
  await dependencies.database.transact(async (tx) => {
    for (const leftover of leftovers) await addLeftover(tx, stack.id, leftover);
    await forgetResource(tx, stack.id, logicalId);
  });
  resources.delete(logicalId);
}

/** What an event tells of a resource. */
type ToldState = Pick<Resource, 'logicalId' | 'type' | 'status' | 'statusReason' | 'current'>;

/** The event of a resource's state. */
export function resourceEvent(
  { dependencies: { random, clock }, operation, shownProperties }: Deployment,
  { logicalId, type, status, statusReason, current }: ToldState,
): StackEvent {
  const properties = current && shownProperties(logicalId);
  return {
    id: `${logicalId}-${status}-${random.uuid()}`,
    logicalId,
    physicalId: current?.physicalId ?? '',
    type,
    status,
    ...(statusReason === undefined ? {} : { reason: statusReason }),
    atMs: clock.now(),
    ...(operation.token === undefined ? {} : { token: operation.token }),
    ...(properties === undefined ? {} : { properties }),
  };
}

/** What of a stack changes with its state. */
export type StackChange = Partial<Omit<Stack, 'operation' | 'statusReason'>> & {
  readonly status: string;
  readonly statusReason?: string;
  /** Absent: the operation is over. */
  readonly operation?: StackOperation;
};

/**
 * Gives the stack its next state, and tells of it; `also` is part of the same transaction.
 * @throws Superseded where another operation has begun
 */
export async function putStack(
  {
    dependencies: { database, clock, random },
    operation,
  }: Pick<Deployment, 'dependencies' | 'operation'>,
  stackId: string,
  change: StackChange,
  also?: (tx: Transaction) => Promise<void>,
): Promise<void> {
  await database.transact(async (tx) => {
    const stack = present(
      await stackOfId(tx, stackId),
      'a stack is never forgotten while it is worked on',
    );
    if (stack.operation?.id !== operation.id) throw new Superseded();
    const { operation: _, statusReason: __, isNeverWhole, ...kept } = stack;
    await saveStack(tx, { ...kept, ...neverWhole(change, isNeverWhole), ...change });
    await addEvent(tx, stackId, stackEvent(stack, change, random.uuid(), clock.now()));
    await also?.(tx);
  });
}

/** Whether a stack never was whole: from the failure of its creation on, until something comes to its end. */
function neverWhole(
  { status }: Pick<Stack, 'status'>,
  isNeverWhole = false,
): Pick<Stack, 'isNeverWhole'> {
  const isLeft = status === 'CREATE_FAILED' || (isNeverWhole && !status.endsWith('_COMPLETE'));
  return isLeft ? { isNeverWhole: true } : {};
}

/** The event of a stack's own state. */
export function stackEvent(
  { id, name, operation }: Stack,
  { status, statusReason }: Pick<StackChange, 'status' | 'statusReason'>,
  eventId: string,
  atMs: number,
): StackEvent {
  return {
    id: eventId,
    logicalId: name,
    physicalId: id,
    type: 'AWS::CloudFormation::Stack',
    status,
    ...(statusReason === undefined ? {} : { reason: statusReason }),
    atMs,
    ...(operation?.token === undefined ? {} : { token: operation.token }),
  };
}
