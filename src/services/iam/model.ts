import { formatArn } from '#kernel/arn.ts';

/** What policies are attached to, and what carries a role to a machine. */
export type Kind = 'role' | 'user' | 'group' | 'instance-profile';
/** Those that hold policies. */
export type Holder = Exclude<Kind, 'instance-profile'>;

export interface Tag {
  readonly Key: string;
  readonly Value: string;
}

/** A role, user, group or instance profile. Names differ by more than case within an account and kind. */
export interface Entity {
  readonly accountId: string;
  readonly kind: Kind;
  readonly name: string;
  /** `AROA`, `AIDA`, `AGPA` or `AIPA` and 17 characters. */
  readonly id: string;
  readonly path: string;
  readonly createdAtMs: number;
  readonly tags: readonly Tag[];
  readonly details: EntityDetails;
}

/** What only some kinds have. */
export interface EntityDetails {
  readonly trustPolicy?: string;
  readonly description?: string;
  readonly sessionSecondsMax?: number;
  readonly boundaryArn?: string;
  /** Names of an instance profile's roles. */
  readonly roles?: readonly string[];
}

/** A managed policy that a customer made. */
export interface ManagedPolicy {
  readonly accountId: string;
  readonly arn: string;
  readonly name: string;
  readonly id: string;
  readonly path: string;
  readonly description?: string;
  readonly tags: readonly Tag[];
  /** `v1`. */
  readonly defaultVersion: string;
  /** The number of the last version that was ever made. */
  readonly lastVersion: number;
  readonly createdAtMs: number;
  readonly updatedAtMs: number;
}

export interface StoredVersion {
  readonly versionId: string;
  readonly document: string;
  readonly createdAtMs: number;
}

export interface StoredAccessKey {
  readonly accessKeyId: string;
  readonly accountId: string;
  readonly userName: string;
  readonly secretAccessKey: string;
  readonly isActive: boolean;
  readonly createdAtMs: number;
}

export const ID_PREFIXES: Readonly<Record<Kind, string>> = {
  role: 'AROA',
  user: 'AIDA',
  group: 'AGPA',
  'instance-profile': 'AIPA',
};

/** `arn:aws:iam::ACCOUNT:role/path/name`. */
export function arnOf({ accountId, kind, path, name }: Omit<Entity, 'tags' | 'details'>): string {
  return formatArn('iam', '', accountId, `${kind}${path}${name}`);
}

/** Where roles are that belong to a service. */
export const SERVICE_ROLE_PATH = '/aws-service-role/';

/** True for a role that belongs to a service of AWS's: only that service changes it. */
export function isServiceLinked({ kind, path }: Pick<Entity, 'kind' | 'path'>): boolean {
  return kind === 'role' && path.startsWith(SERVICE_ROLE_PATH);
}

/** Names are compared without their case. */
export function keyOf(name: string): string {
  return name.toLowerCase();
}

/** Tags with some set; the last of a key wins, keys compared without their case. */
export function mergeTags(current: readonly Tag[], set: readonly Tag[]): Tag[] {
  const merged = new Map(current.map((tag) => [keyOf(tag.Key), tag]));
  for (const { Key, Value } of set) merged.set(keyOf(Key), { Key, Value });
  return [...merged.values()];
}

/** Tags without some. */
export function removeTags(current: readonly Tag[], keys: readonly string[]): Tag[] {
  const removed = new Set(keys.map(keyOf));
  return current.filter(({ Key }) => !removed.has(keyOf(Key)));
}
