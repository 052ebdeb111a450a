/** A resource's properties with everything in them resolved: functions, dynamic references, the stack's tags. */
import { AwsError } from '#aws/errors.ts';
import { isObject, type Json, type JsonObject } from '#kernel/json.ts';
import { present } from '#kernel/assert.ts';
import { validation } from '../errors.ts';
import { evaluate } from '../functions/evaluate.ts';
import type { StackScope } from '../functions/scope.ts';
import type { CloudformationDependencies } from '../dependencies.ts';
import type { Existing, Goal, Stack, Tag } from '../model.ts';
import { RESOURCE_TYPES } from '../resources/registry.ts';
import type { ResourceType } from '../resources/resource-type.ts';
import type { Template } from '../template/template.ts';
import { toText } from '../text.ts';

const DYNAMIC = /\{\{resolve:([a-z-]+):([^{}]*)\}\}/g;

/** @throws AwsError ValidationError */
export function evaluateProperties(
  template: Template,
  scope: StackScope,
  logicalId: string,
  goal: Pick<Goal, 'tags'>,
): JsonObject {
  const definition = present(template.resources[logicalId], 'the template has the resource');
  // An object stays one, or is left out.
  const properties = (evaluate(definition.properties, scope) ?? {}) as JsonObject;
  const type = typeOf(definition.type);
  checkProperties(logicalId, type, properties);
  return type.tags === undefined || goal.tags.length === 0
    ? properties
    : { ...properties, Tags: withTags(properties['Tags'], goal.tags, type.tags) };
}

/** How a type of resources is made. */
export function typeOf(name: string): ResourceType {
  const key = name.startsWith('Custom::') ? 'AWS::CloudFormation::CustomResource' : name;
  return present(RESOURCE_TYPES.get(key), `templates with ${name} are refused`);
}

/** True where both are one thing: of the same id, in the same place. */
export function isSame(type: string, one: Existing, other: Existing): boolean {
  const { within = [] } = typeOf(type);
  const placeOf = ({ properties }: Existing): string =>
    JSON.stringify(within.map((name) => properties[name]));
  return one.physicalId === other.physicalId && placeOf(one) === placeOf(other);
}

/** True for types that can be made here. */
export function isKnownType(name: string): boolean {
  return name.startsWith('Custom::') || RESOURCE_TYPES.has(name);
}

/** @throws AwsError where a required property is missing, or one is given that nobody knows */
function checkProperties(logicalId: string, type: ResourceType, properties: JsonObject): void {
  const { properties: known, required = [] } = type;
  const missing = required.filter((name) => properties[name] === undefined);
  const unknown =
    known === 'any' ? [] : Object.keys(properties).filter((name) => !known.includes(name));
  const findings = [
    ...missing.map((name) => `#: required key [${name}] not found`),
    ...unknown.map((name) => `#: extraneous key [${name}] is not permitted`),
  ];
  if (findings.length === 0) return;
  throw validation(
    `Properties validation failed for resource ${logicalId} with message:\n${findings.join('\n')}`,
  );
}

/** The stack's tags, and the resource's own before them. */
function withTags(own: Json | undefined, tags: readonly Tag[], form: 'list' | 'map'): Json {
  const given = Object.fromEntries(tags.map(({ Key, Value }) => [Key, Value]));
  if (form === 'map') return { ...given, ...(isObject(own) ? own : {}) };
  const list = Array.isArray(own) ? (own as readonly Json[]) : [];
  const keys = new Set(list.map((tag) => (isObject(tag) ? tag['Key'] : undefined)));
  return [
    ...list,
    ...tags.filter(({ Key }) => !keys.has(Key)).map(({ Key, Value }) => ({ Key, Value })),
  ];
}

/**
 * Puts in what dynamic references stand for: parameters of SSM's parameter store.
 * @see https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/dynamic-references.html
 * @throws AwsError
 */
export async function resolveDynamic(
  dependencies: CloudformationDependencies,
  stack: Stack,
  value: JsonObject,
  signal: AbortSignal,
): Promise<JsonObject> {
  const found = new Map<string, string>();
  for (const [whole = '', service, reference = ''] of JSON.stringify(value).matchAll(DYNAMIC)) {
    if (service !== 'ssm' && service !== 'ssm-secure') {
      throw validation(`Dynamic references to ${service} are not supported by Hearth: ${whole}`);
    }
    found.set(whole, await readParameter(dependencies, stack, reference, signal));
  }
  return found.size === 0 ? value : (replaceIn(value, found) as JsonObject); // An object stays one.
}

async function readParameter(
  { operations }: CloudformationDependencies,
  stack: Stack,
  name: string,
  signal: AbortSignal,
): Promise<string> {
  const sender = present(stack.operation, 'the stack is being worked on').sender;
  const call = { service: 'ssm', operation: 'GetParameter', input: { Name: name }, sender };
  try {
    const { Parameter: parameter } = await operations.call(call, signal);
    return isObject(parameter) ? toText(parameter['Value']) : '';
  } catch (error) {
    if (!(error instanceof AwsError) || error.status >= 500) throw error;
    throw validation(`Unable to fetch parameters [${name}] from parameter store for this account.`);
  }
}

function replaceIn(value: Json | undefined, found: ReadonlyMap<string, string>): Json | undefined {
  if (typeof value === 'string')
    return value.replaceAll(DYNAMIC, (whole) => found.get(whole) ?? whole);
  if (Array.isArray(value)) return value.map((item: Json) => replaceIn(item, found) ?? null);
  if (!isObject(value)) return value;
  const entries = Object.entries(value);
  return Object.fromEntries(entries.map(([key, item]) => [key, replaceIn(item, found)]));
}
