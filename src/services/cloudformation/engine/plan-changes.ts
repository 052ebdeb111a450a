/** What an operation would change, before anything is done. Pure but for what it is given. */
import { isDeepStrictEqual } from 'node:util';
import { parseJson, type JsonObject } from '#kernel/json.ts';
import { evaluate, KNOWN_AFTER_APPLY, type Scope } from '../functions/evaluate.ts';
import { createScope } from '../functions/scope.ts';
import type { Existing, Goal, Resource, ResourceChange, Stack } from '../model.ts';
import { validation } from '../errors.ts';
import { ownOf } from '../own.ts';
import { dependenciesOf } from '../template/check.ts';
import type { Template } from '../template/template.ts';
import { templateOf } from './deployment.ts';
import { changedProperties } from './difference.ts';
import { evaluateProperties, typeOf } from './resolve-properties.ts';

export interface PlanOptions {
  readonly stack: Stack;
  readonly goal: Goal;
  readonly resources: readonly Resource[];
  readonly exports: ReadonlyMap<string, string>;
}

/**
 * The changes of resources that a goal asks for, sorted by their logical ids.
 * @throws AwsError where a function of the template fails, and where a resource would be of another type
 */
export function planChanges({ stack, goal, resources, exports }: PlanOptions): ResourceChange[] {
  const template = templateOf(goal);
  checkTypes(template, resources);
  const known = new Map(resources.map((row) => [row.logicalId, row]));
  const isRemade = new Set<string>();
  const existing = (logicalId: string): Existing | 'unknown' | undefined => {
    if (!Object.hasOwn(template.resources, logicalId)) return undefined;
    const row = known.get(logicalId);
    return isRemade.has(logicalId) ? 'unknown' : (row?.current ?? 'unknown');
  };
  const { accountId, region, name: stackName, id: stackId } = stack;
  const { parameters, notificationArns } = goal;
  const scope = createScope({
    accountId,
    region,
    template,
    parameters,
    stackName,
    stackId,
    notificationArns,
    exports,
    existing,
  });
  const changes: ResourceChange[] = [];
  const included = inOrder(template, scope.condition).filter((id) => {
    const definition = template.resources[id];
    return definition !== undefined && scope.includes(definition);
  });
  for (const id of included) {
    const properties = evaluateProperties(template, scope, id, goal);
    const row = known.get(id);
    const change =
      row?.current === undefined
        ? added(template, id)
        : modified(row, properties, metadataOf(template, scope, id));
    if (change === undefined) continue;
    if (change.replacement === 'True') isRemade.add(id);
    changes.push(change);
  }
  const removed = resources.filter(({ logicalId }) => !included.includes(logicalId)).map(removedOf);
  return [...changes, ...removed].sort((a, b) => (a.logicalId < b.logicalId ? -1 : 1));
}

/** @throws AwsError ValidationError where a resource would be of another type than it is */
function checkTypes({ resources }: Template, rows: readonly Resource[]): void {
  const other = rows.filter(({ logicalId, type }) => {
    const wanted = ownOf(resources, logicalId)?.type;
    return wanted !== undefined && wanted !== type;
  });
  if (other.length === 0) return;
  const ids = other.map(({ logicalId }) => logicalId).join(', ');
  throw validation(
    `Update of resource type is not permitted. The new template modifies resource type of the following resources: [${ids}]`,
  );
}

/** What others need comes first. */
function inOrder(template: Template, isChosen: (condition: string) => boolean): string[] {
  const needs = dependenciesOf(template, isChosen);
  const ordered = new Set<string>();
  const visit = (id: string): void => {
    if (ordered.has(id)) return;
    for (const need of needs.get(id) ?? []) visit(need);
    ordered.add(id);
  };
  for (const id of needs.keys()) visit(id);
  return [...ordered];
}

function added(template: Template, logicalId: string): ResourceChange {
  const type = template.resources[logicalId]?.type ?? '';
  return { action: 'Add', logicalId, type, properties: [], scope: [] };
}

function removedOf({ logicalId, type, current }: Resource): ResourceChange {
  return {
    action: 'Remove',
    logicalId,
    type,
    ...(current === undefined ? {} : { physicalId: current.physicalId }),
    properties: [],
    scope: [],
  };
}

function metadataOf(template: Template, scope: Scope, id: string): string | undefined {
  const metadata = template.resources[id]?.metadata;
  return metadata === undefined ? undefined : JSON.stringify(evaluate(metadata, scope));
}

function modified(
  { logicalId, type: typeName, current, metadata: metadataBefore }: Resource,
  properties: JsonObject,
  metadata: string | undefined,
): ResourceChange | undefined {
  const before = current?.properties ?? {};
  // A dynamic reference is known once it is resolved; what it stood for is not compared.
  const changed = changedProperties(before, properties).filter(
    (name) => !JSON.stringify(properties[name] ?? '').includes('{{resolve:'),
  );
  const hasMetadata = metadata !== metadataBefore;
  if (changed.length === 0 && !hasMetadata) return undefined;
  const type = typeOf(typeName);
  const replacing = changed.filter(
    (name) => type.update === undefined || type.replacing.includes(name),
  );
  const isUnknown = (name: string): boolean =>
    JSON.stringify(properties[name] ?? '').includes(KNOWN_AFTER_APPLY);
  const replacement =
    replacing.length === 0 ? 'False' : replacing.every(isUnknown) ? 'Conditional' : 'True';
  return {
    action: 'Modify',
    logicalId,
    type: typeName,
    ...(current === undefined ? {} : { physicalId: current.physicalId }),
    replacement,
    properties: changed,
    scope: [...(changed.length > 0 ? ['Properties'] : []), ...(hasMetadata ? ['Metadata'] : [])],
  };
}

/** True where a goal changes nothing but resources: outputs, policies, or what stands in their definition. */
export function changesMore(stack: Stack, goal: Goal): boolean {
  const before = parseJson(stack.goal.processed) as JsonObject;
  const after = parseJson(goal.processed) as JsonObject;
  if (!isDeepStrictEqual(stack.goal.tags, goal.tags)) return true;
  if (!isDeepStrictEqual(stack.goal.parameters, goal.parameters)) return true;
  return ['Resources', 'Outputs'].some((name) => !isDeepStrictEqual(before[name], after[name]));
}
