/** A table as DynamoDB knows it; stored as JSON, one definition a table. Pure. */
import { formatArn } from '#kernel/arn.ts';
import type {
  OnDemandThroughput,
  Projection,
  RestoreSummary,
  SSESpecification,
  Tag,
  WarmThroughput,
} from '#aws/models/dynamodb.types.gen.ts';
import type { KeyType } from '../value/value.ts';

export interface KeyAttribute {
  readonly name: string;
  readonly type: KeyType;
}

export interface Keys {
  readonly hash: KeyAttribute;
  readonly range?: KeyAttribute;
}

export interface Throughput {
  readonly read: number;
  readonly write: number;
  readonly increasedAtMs?: number;
  readonly decreasedAtMs?: number;
}

export interface Index {
  readonly kind: 'global' | 'local';
  /** Under which its entries are stored; unique in the whole store. */
  readonly number: number;
  readonly name: string;
  readonly keys: Keys;
  readonly projection: Projection;
  /** Zeros where the table is paid by request. Global indexes only. */
  readonly throughput: Throughput;
  readonly onDemandThroughput?: OnDemandThroughput;
  readonly warmThroughput?: WarmThroughput;
  /** Writes go to a CREATING index, reads do not until it is filled. */
  readonly status: 'CREATING' | 'ACTIVE';
}

export type StreamViewType = 'KEYS_ONLY' | 'NEW_IMAGE' | 'OLD_IMAGE' | 'NEW_AND_OLD_IMAGES';

/** The newest stream of a table. */
export interface TableStream {
  readonly number: number;
  /** The time of its making, as in its ARN. */
  readonly label: string;
  readonly viewType: StreamViewType;
  readonly isEnabled: boolean;
}

/** Items are found by their time by means of an index that nobody sees. */
export interface TimeToLive {
  readonly attribute: string;
  readonly number: number;
}

/** A Kinesis data stream that is told of the table's changes. */
export interface KinesisDestination {
  readonly streamArn: string;
  /** A disabled one is shown for as long as the table stands. */
  readonly status: 'ACTIVE' | 'DISABLED';
  readonly precision?: string;
}

export interface ResourcePolicy {
  readonly policy: string;
  readonly revisionId: string;
}

export interface Table {
  readonly accountId: string;
  readonly region: string;
  readonly name: string;
  readonly number: number;
  /** AWS's TableId, a UUID. */
  readonly id: string;
  readonly createdAtMs: number;
  readonly attributes: readonly KeyAttribute[];
  readonly keys: Keys;
  readonly indexes: readonly Index[];
  readonly billingMode: 'PROVISIONED' | 'PAY_PER_REQUEST';
  /** Since when it is paid by request. */
  readonly payPerRequestAtMs?: number;
  /** True where the mode was asked for, or changed: only then is it described. */
  readonly isBillingModeShown: boolean;
  readonly throughput: Throughput;
  readonly onDemandThroughput?: OnDemandThroughput;
  readonly warmThroughput?: WarmThroughput;
  readonly stream?: TableStream;
  readonly timeToLive?: TimeToLive;
  readonly isDeletionProtected: boolean;
  readonly tableClass?: string;
  readonly encryption?: SSESpecification;
  readonly recoveryPeriodDays?: number;
  readonly tags: readonly Tag[];
  readonly policy?: ResourcePolicy;
  readonly streamPolicy?: ResourcePolicy;
  readonly kinesisDestinations?: readonly KinesisDestination[];
  /** The other Regions in which this table is kept. */
  readonly replicas?: readonly string[];
  /** What it was made of. */
  readonly restored?: RestoreSummary;
  /** Indexes with contributor insights, by name; the table itself has none. */
  readonly insights?: readonly string[];
}

/** The ARN of a table. */
export function tableArn(table: Pick<Table, 'accountId' | 'region' | 'name'>): string {
  return formatArn('dynamodb', table.region, table.accountId, `table/${table.name}`);
}

/** The ARN of an index of a table. */
export function indexArn(table: Table, index: Index): string {
  return `${tableArn(table)}/index/${index.name}`;
}

/** The ARN of the stream with that label. */
export function streamArn(
  table: Pick<Table, 'accountId' | 'region' | 'name'>,
  label: string,
): string {
  return `${tableArn(table)}/stream/${label}`;
}

/** The index of that name, whatever its status. */
export function findIndex(table: Table, name: string): Index | undefined {
  return table.indexes.find((index) => index.name === name);
}

/** The key attributes, hash first. */
export function keyAttributes(keys: Keys): readonly KeyAttribute[] {
  return keys.range ? [keys.hash, keys.range] : [keys.hash];
}

/** The names of the key attributes, hash first. */
export function keyNames(keys: Keys): readonly string[] {
  return keys.range ? [keys.hash.name, keys.range.name] : [keys.hash.name];
}

/** The names of what an index carries of an item; `undefined` for everything. */
export function projectedNames(table: Table, index: Index): ReadonlySet<string> | undefined {
  if (index.projection.ProjectionType === 'ALL') return undefined;
  return new Set([
    ...keyNames(table.keys),
    ...keyNames(index.keys),
    ...(index.projection.NonKeyAttributes ?? []),
  ]);
}
