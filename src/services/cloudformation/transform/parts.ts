/** What the parts of the transform share: the template that grows, and small makers of values. Pure. */
import { createHash } from 'node:crypto';
import { isObject, type Json, type JsonObject } from '#kernel/json.ts';
import { validation } from '../errors.ts';

const HASH_LENGTH = 10;

export interface TransformContext {
  readonly accountId: string;
  readonly region: string;
  /** Values of the template's parameters, as far as they are known. */
  readonly parameters: ReadonlyMap<string, string>;
}

/** A resource of AWS::Serverless on its way. */
export interface Source {
  readonly id: string;
  readonly properties: JsonObject;
  /** `Condition`, `DependsOn`, `DeletionPolicy` and so on: what stands beside the properties. */
  readonly attributes: JsonObject;
}

/** The template that is made; resources are added, and a few of those that are there are changed. */
export interface Target {
  readonly resources: Record<string, Json>;
  readonly context: TransformContext;
  /** Routes that functions' events ask for, by the logical id of their API. */
  readonly routes: Map<string, Route[]>;
  /** Logical ids by what the template calls them: `Function.Alias`. */
  readonly generated: Map<string, string>;
}

/** A function as events refer to it. */
export interface FunctionTarget {
  readonly id: string;
  /** `Ref` of the function or of its alias. */
  readonly name: Json;
  readonly arn: Json;
}

export interface Route {
  readonly path: string;
  readonly method: string;
  readonly functionId: string;
  /** An ARN: the function's, or its alias's. */
  readonly target: Json;
  readonly auth?: JsonObject;
  readonly settings: JsonObject;
}

/** The first characters of a hash, by which SAM's ids change with what they stand for. */
export function hashOf(value: unknown): string {
  const text = JSON.stringify(sorted(value));
  return createHash('sha256').update(text).digest('hex').slice(0, HASH_LENGTH);
}

function sorted(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sorted);
  if (!isObject(value)) return value;
  const keys = Object.keys(value).sort();
  return Object.fromEntries(keys.map((key) => [key, sorted(value[key])]));
}

export const ref = (name: string): JsonObject => ({ Ref: name });
export const attribute = (id: string, name: string): JsonObject => ({ 'Fn::GetAtt': [id, name] });
export const sub = (text: string, values?: JsonObject): JsonObject => ({
  'Fn::Sub': values === undefined ? text : [text, values],
});

interface NewResource {
  readonly properties: JsonObject;
  /** What stands beside the source's properties. */
  readonly from?: JsonObject;
  /** What it names without a reference. */
  readonly dependsOn?: string | undefined;
}

/** Adds a resource, with its source's condition; permissions and the like wait for nothing but what they refer to. */
export function add(
  { resources }: Target,
  id: string,
  type: string,
  { properties, from, dependsOn }: NewResource,
): void {
  const { Condition: condition } = from ?? {};
  resources[id] = {
    Type: type,
    ...(condition === undefined ? {} : { Condition: condition }),
    ...(dependsOn === undefined ? {} : { DependsOn: dependsOn }),
    Properties: present(properties),
  };
}

/** The members that are there. */
export function present(values: JsonObject): JsonObject {
  return Object.fromEntries(Object.entries(values).filter(([, value]) => value !== undefined));
}

/** Some members of a structure, those that are there. */
export function pick(values: JsonObject, names: readonly string[]): JsonObject {
  return present(Object.fromEntries(names.map((name) => [name, values[name]])));
}

/** A structure, or none. */
export function objectOf(value: Json | undefined): JsonObject {
  return isObject(value) ? value : {};
}

/** The items of a list; one value alone is a list of it. */
export function listOf(value: Json | undefined): readonly Json[] {
  if (value === undefined || value === null) return [];
  return Array.isArray(value) ? value : [value];
}

/** A value that has to be known now: a text, or a parameter's. */
export function knownText(
  value: Json | undefined,
  { parameters }: TransformContext,
): string | undefined {
  if (typeof value === 'string') return value;
  const { Ref: name } = objectOf(value);
  return typeof name === 'string' ? parameters.get(name) : undefined;
}

/** Tags as SAM writes them, as a list, with SAM's own. */
export function tagList(tags: Json | undefined, own: JsonObject = {}): Json {
  const all = { ...objectOf(tags), ...own };
  return Object.entries(all).map(([Key, Value]) => ({ Key, Value: Value ?? '' }));
}

/** @throws AwsError ValidationError, as the transform reports it */
export function invalid(id: string, message: string): never {
  throw validation(
    `Transform AWS::Serverless-2016-10-31 failed with: Invalid Serverless Application Specification document. Number of errors found: 1. Resource with id [${id}] is invalid. ${message}`,
  );
}

/** Bucket and key of `s3://bucket/key`, or of a structure that names them. */
export function objectAddress(uri: Json | undefined, id: string): JsonObject {
  if (typeof uri === 'string') {
    const [, S3Bucket, S3Key, version] =
      /^s3:\/\/([^/]+)\/([^?]+)(?:\?versionId=(.+))?$/.exec(uri) ?? [];
    if (S3Bucket === undefined || S3Key === undefined) {
      return invalid(
        id,
        "'CodeUri' is not a valid S3 Uri of the form 's3://bucket/key' with optional versionId query parameter.",
      );
    }
    return present({ S3Bucket, S3Key, S3ObjectVersion: version });
  }
  const { Bucket, Key, Version } = objectOf(uri);
  return present({ S3Bucket: Bucket, S3Key: Key, S3ObjectVersion: Version });
}
