/** What several services' resources have in common. */
import { AwsError } from '#aws/errors.ts';
import { isObject, type Json, type JsonObject } from '#kernel/json.ts';
import { changedProperties } from '../engine/difference.ts';
import type { Existing } from '../model.ts';
import { textOf, type Made, type ResourceType, type Values, type Work } from './resource-type.ts';
import { toText } from '../text.ts';

const GONE = /NotFound|NoSuch|NonExistent|DoesNotExist/;

/** Waits for a deletion; what is gone already is no error. */
export async function gone(deletion: Promise<unknown>): Promise<void> {
  await orAbsent(deletion);
}

/** What an operation answers; `undefined` where what it asks for is not there. */
export async function orAbsent<T>(answer: Promise<T>): Promise<T | undefined> {
  try {
    return await answer;
  } catch (error) {
    if (error instanceof AwsError && (GONE.test(error.code) || error.status === 404))
      return undefined;
    throw error;
  }
}

/** 400: something did not become what it was to be. */
export function notStabilized(message: string): AwsError {
  return new AwsError({ code: 'NotStabilized', status: 400, message });
}

/** True where an operation finds what it asks for. */
export async function isThere(answer: Promise<unknown>): Promise<boolean> {
  return (await orAbsent(answer.then(() => true))) ?? false;
}

/** True where one of the properties is another than before. */
export function hasChanged(work: Work, before: Existing, ...names: readonly string[]): boolean {
  const changed = changedProperties(before.properties, work.properties);
  return names.some((name) => changed.includes(name));
}

/** The properties but for some. */
export function without(properties: JsonObject, ...names: readonly string[]): JsonObject {
  return Object.fromEntries(Object.entries(properties).filter(([name]) => !names.includes(name)));
}

/**
 * The name of a resource: as its template gives it in a property, or one of ours.
 * @param written how ours is written, where that is another way
 */
export function nameBy(
  property: string,
  lengthMax?: number,
  written = (name: string): string => name,
): (work: Work) => string {
  return (work) => textOf(work.properties, property) ?? written(work.newName(lengthMax));
}

/** Names of ours are nobody else's. @param property in which a template may give another */
export function ownName(
  property: string,
  nameOf: (work: Work) => string,
): NonNullable<ResourceType['unclaimed']> {
  return async (work) => (work.properties[property] === undefined ? nameOf(work) : undefined);
}

/** A text out of an answer. */
export function answered(answer: Values, name: string): string {
  const value = answer[name];
  return typeof value === 'string' ? value : toText(value ?? '');
}

/** A member of an answer that is a structure. */
export function member(answer: Values, name: string): Values {
  const value = answer[name];
  return isObject(value) ? value : {};
}

/** The structures of a value that is a list; none of any other. */
export function structuresOf(value: unknown): readonly JsonObject[] {
  return Array.isArray(value) ? value.filter((one): one is JsonObject => isObject(one)) : [];
}

/** How a service's tags are changed. */
export interface TagOperations {
  readonly service: string;
  /** `TagResource` and `UntagResource` where nothing is said. */
  readonly tag?: string;
  readonly untag?: string;
  /** The resource, as both operations name it. */
  readonly target: Values;
  /** Members of the inputs. */
  readonly tagsMember?: string;
  readonly keysMember?: string;
}

/** Sets the tags that are new or other than before, and takes away those that are not there any more. */
export async function changeTags(
  work: Work,
  before: Existing,
  {
    service,
    tag = 'TagResource',
    untag = 'UntagResource',
    target,
    tagsMember = 'Tags',
    keysMember = 'TagKeys',
  }: TagOperations,
): Promise<void> {
  const old = tagsOf(before.properties['Tags']);
  const now = tagsOf(work.properties['Tags']);
  const removed = [...old.keys()].filter((key) => !now.has(key));
  const set = [...now].filter(([key, value]) => old.get(key) !== value);
  if (removed.length > 0) await work.call(service, untag, { ...target, [keysMember]: removed });
  if (set.length === 0) return;
  const tags = set.map(([Key, Value]) => ({ Key, Value }));
  await work.call(service, tag, { ...target, [tagsMember]: tags });
}

/** Tags as they stand in properties, as a map. */
export function tagsOf(tags: Json | undefined): Map<string, string> {
  if (Array.isArray(tags)) {
    return new Map(structuresOf(tags).map(({ Key, Value }) => [toText(Key), toText(Value)]));
  }
  return new Map(
    isObject(tags) ? Object.entries(tags).map(([key, value]) => [key, toText(value)]) : [],
  );
}

/** A resource that is nothing here: its template can be deployed, and that is all. */
export function inert(
  properties: readonly string[],
  attributesOf: (work: Work, id: string) => NonNullable<Made['attributes']> = () => ({}),
): ResourceType {
  const made = async (work: Work, id: string): Promise<Made> => ({
    physicalId: id,
    attributes: attributesOf(work, id),
  });
  return {
    properties,
    replacing: [],
    create: (work) => made(work, work.newName()),
    update: (work, before) => made(work, before.physicalId),
    delete: async () => undefined,
  };
}
