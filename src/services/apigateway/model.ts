/** A REST API as it is stored: one document, of which a deployment is a copy. */
import type {
  Authorizer,
  Deployment,
  DocumentationPart,
  DocumentationVersion,
  GatewayResponse,
  Method,
  Model,
  RequestValidator,
  RestApi,
  Stage,
} from '#aws/models/apigateway.types.gen.ts';

/** Where something lives. */
export interface Place {
  readonly accountId: string;
  readonly region: string;
}

export type ById<Value> = Readonly<Record<string, Value>>;

export interface ResourceRecord {
  readonly id: string;
  readonly parentId?: string;
  readonly pathPart?: string;
  /** By HTTP method, or `ANY`. */
  readonly methods: ById<Method>;
}

/** What a deployment keeps: everything that a request's way depends on. */
export interface ApiContent {
  readonly api: RestApi;
  readonly resources: ById<ResourceRecord>;
  /** By name. */
  readonly models: ById<Model>;
  readonly validators: ById<RequestValidator>;
  readonly authorizers: ById<Authorizer>;
  /** By type; those that were set alone. */
  readonly gatewayResponses: ById<GatewayResponse>;
}

export interface ApiRecord extends Place, ApiContent {
  readonly id: string;
  readonly documentationParts: ById<DocumentationPart>;
  readonly documentationVersions: ById<DocumentationVersion>;
}

export interface DeploymentRecord extends Deployment {
  readonly id: string;
}

export interface StageRecord extends Stage {
  readonly stageName: string;
  readonly deploymentId: string;
}

export const HTTP_METHODS = [
  'GET',
  'PUT',
  'POST',
  'DELETE',
  'PATCH',
  'OPTIONS',
  'HEAD',
  'ANY',
] as const;

/** The path of a resource: `/pets/{id}`. */
export function pathOf(resources: ById<ResourceRecord>, resource: ResourceRecord): string {
  const parts: string[] = [];
  let current: ResourceRecord | undefined = resource;
  while (current?.parentId !== undefined) {
    parts.unshift(current.pathPart ?? '');
    current = resources[current.parentId];
  }
  return `/${parts.join('/')}`;
}

/** `arn:aws:execute-api:REGION:ACCOUNT:API/STAGE/METHOD/PATH`. */
export function methodArn(
  { accountId, region }: Place,
  { apiId, stage, method, path }: MethodAddress,
): string {
  return `arn:aws:execute-api:${region}:${accountId}:${apiId}/${stage}/${method}${path}`;
}

export interface MethodAddress {
  readonly apiId: string;
  readonly stage: string;
  readonly method: string;
  /** With its slash. */
  readonly path: string;
}

/** What is kept under a key; nothing that every object has. */
export function entryOf<Value>(values: ById<Value>, key: string): Value | undefined {
  return Object.hasOwn(values, key) ? values[key] : undefined;
}

/** A copy without a key. */
export function without<Value>(values: ById<Value>, key: string): ById<Value> {
  const { [key]: _, ...rest } = values;
  return rest;
}

/** A copy without some of its members. */
export function omit<T extends object, Name extends keyof T>(
  value: T,
  ...names: readonly Name[]
): Omit<T, Name> {
  const left: readonly string[] = names.map(String);
  const kept = Object.entries(value).filter(([name]) => !left.includes(name));
  return Object.fromEntries(kept) as Omit<T, Name>;
}

/** A type whose members that may be absent are left out where they are. */
export type Compacted<T> = {
  readonly [Key in keyof T as undefined extends T[Key] ? never : Key]: T[Key];
} & {
  readonly [Key in keyof T as undefined extends T[Key] ? Key : never]?: Exclude<T[Key], undefined>;
};

/** A copy without members that are absent, and without maps and lists that are empty. */
export function compact<T extends object>(value: T): Compacted<T> {
  const kept = Object.entries(value).filter(([, member]) => !isEmpty(member));
  // Only members that are optional can be left out: whoever calls gives no others empty.
  return Object.fromEntries(kept) as Compacted<T>;
}

function isEmpty(value: unknown): boolean {
  if (value === undefined || value === null) return true;
  return typeof value === 'object' && Object.keys(value).length === 0;
}
