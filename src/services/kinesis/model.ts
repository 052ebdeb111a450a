/** Streams, shards, records: what they are, and the rules that need no store. */
import { formatArn, parseArn } from '#kernel/arn.ts';
import { HOUR_MS } from '#kernel/units.ts';
import { CHANGE_MS } from './limits.ts';

export interface StreamAddress {
  readonly accountId: string;
  readonly region: string;
  readonly name: string;
}

/** What can be set of a stream. */
export interface StreamSettings {
  readonly mode: string;
  readonly retentionHours: number;
  readonly recordKibMax: number;
  /** Shard-level metrics that were asked for. */
  readonly metrics: readonly string[];
  /** The KMS key; absent where the stream is not encrypted. */
  readonly keyId?: string;
  readonly warmMibps?: number;
  readonly distribution?: string;
  readonly policy?: string;
  readonly tags: Readonly<Record<string, string>>;
}

/** A stream. Times are ms since 1970. */
export interface Stream extends StreamAddress {
  /** AWS's StreamId: 20 characters, a hyphen, three more. */
  readonly streamId: string;
  readonly createdAtMs: number;
  /** What the stream says until `settledAtMs`; from then on it is ACTIVE. */
  readonly changing: 'CREATING' | 'UPDATING';
  readonly settledAtMs: number;
  readonly settings: StreamSettings;
  /** The newest number that was taken of the stream's one sequence. */
  readonly lastSequence: number;
}

/** A part of a stream, by its range of hash keys, both ends included. */
export interface Shard {
  readonly index: number;
  readonly startHash: bigint;
  readonly endHash: bigint;
  readonly parentIndex?: number;
  readonly adjacentParentIndex?: number;
  readonly openedSequence: number;
  readonly openedAtMs: number;
  /** Present once the shard takes no more records. */
  readonly closedSequence?: number;
  readonly closedAtMs?: number;
}

/** A record in a shard. */
export interface StoredRecord {
  readonly sequence: number;
  readonly atMs: number;
  readonly partitionKey: string | undefined;
  readonly data: Uint8Array;
}

/** What a record counts as: its data and its partition key. */
export function recordBytes(data: Uint8Array, partitionKey = ''): number {
  return data.byteLength + Buffer.byteLength(partitionKey);
}

/** A registered consumer, for enhanced fan-out. */
export interface StreamConsumer {
  readonly streamId: string;
  readonly name: string;
  readonly arn: string;
  readonly createdAtMs: number;
  readonly tags: Readonly<Record<string, string>>;
  readonly policy?: string;
}

/** `arn:aws:kinesis:REGION:ACCOUNT:stream/NAME`. */
export function streamArn({ accountId, region, name }: StreamAddress): string {
  return formatArn('kinesis', region, accountId, `stream/${name}`);
}

/** The address in an ARN of a stream, or of one of its consumers; `undefined` for another ARN. */
export function parseStreamArn(text: string): StreamAddress | undefined {
  const arn = parseArn(text);
  if (arn?.service !== 'kinesis') return undefined;
  const [kind, name] = arn.resource.split('/');
  if (kind !== 'stream' || !name) return undefined;
  return { accountId: arn.accountId, region: arn.region, name };
}

/** `shardId-000000000012`. */
export function shardId(index: number): string {
  return `shardId-${String(index).padStart(12, '0')}`;
}

/**
 * The number of a shard; AWS takes it without its prefix and zeros also. `undefined` for no
 * shard's id.
 */
export function parseShardId(text: string): number | undefined {
  const digits = /^(?:[a-zA-Z0-9_.]*-)?(\d{1,12})$/.exec(text)?.[1];
  if (digits === undefined || Number(digits) > 0x7f_ff_ff_ff) return undefined;
  return Number(digits);
}

/** The topic of Wakeups on which each commit to a stream is told. */
export function streamTopic(arn: string): string {
  return `kinesis/${arn}`;
}

/** CREATING, UPDATING or ACTIVE, at a time in ms since 1970; a change that seems longer than any was set back under. */
export function statusAt({ changing, settledAtMs }: Stream, nowMs: number): string {
  const leftMs = settledAtMs - nowMs;
  return leftMs > 0 && leftMs <= CHANGE_MS ? changing : 'ACTIVE';
}

/** The oldest time of arrival that a stream still shows, in ms since 1970. */
export function trimmedBeforeMs({ settings }: Stream, nowMs: number): number {
  return nowMs - settings.retentionHours * HOUR_MS;
}
