/** Buses, rules and events: what they are, and the rules that need no store. */
import { formatArn, parseArn } from '#kernel/arn.ts';
import type { Json } from '#kernel/json.ts';

export const DEFAULT_BUS = 'default';

/** Where something lives. */
export interface Place {
  readonly accountId: string;
  readonly region: string;
}

export interface BusAddress extends Place {
  readonly bus: string;
}

export interface RuleAddress extends BusAddress {
  readonly rule: string;
}

export interface Bus {
  readonly name: string;
  readonly description?: string;
  /** The resource policy, as JSON. */
  readonly policy?: string;
  readonly kmsKeyIdentifier?: string;
  readonly deadLetterArn?: string;
  readonly tags: Tags;
  readonly createdAtMs: number;
  readonly modifiedAtMs: number;
}

export type Tags = Readonly<Record<string, string>>;

export interface Rule {
  readonly name: string;
  readonly pattern?: string;
  readonly schedule?: string;
  readonly state: string;
  readonly description?: string;
  readonly roleArn?: string;
  readonly createdBy: string;
  readonly tags: Tags;
  /** From where a rate counts, in ms since 1970: when the rule was last put or enabled. */
  readonly anchorMs: number;
}

/** An event, as its targets receive it, in this order. */
export interface EventEnvelope {
  readonly version: string;
  readonly id: string;
  readonly 'detail-type': string;
  readonly source: string;
  readonly account: string;
  /** `2026-01-01T00:00:00Z`, without a fraction. */
  readonly time: string;
  readonly region: string;
  /** Where it was replayed out of an archive. */
  readonly 'replay-name'?: string;
  readonly resources: readonly string[];
  readonly detail: Json;
}

/** `arn:aws:events:REGION:ACCOUNT:archive/NAME`. */
export function archiveArn({ accountId, region }: Place, name: string): string {
  return formatArn('events', region, accountId, `archive/${name}`);
}

/** `arn:aws:events:REGION:ACCOUNT:replay/NAME`. */
export function replayArn({ accountId, region }: Place, name: string): string {
  return formatArn('events', region, accountId, `replay/${name}`);
}

/** `arn:aws:events:REGION:ACCOUNT:event-bus/NAME`. */
export function busArn({ accountId, region, bus }: BusAddress): string {
  return formatArn('events', region, accountId, `event-bus/${bus}`);
}

/** A rule of the default bus has no bus in its ARN. */
export function ruleArn({ accountId, region, bus, rule }: RuleAddress): string {
  const name = bus === DEFAULT_BUS ? rule : `${bus}/${rule}`;
  return formatArn('events', region, accountId, `rule/${name}`);
}

/** The bus that a name or an ARN means; the default bus where nothing is said. */
export function busAddressOf(place: Place, nameOrArn: string | undefined): BusAddress {
  const { accountId, region } = place;
  if (nameOrArn === undefined) return { accountId, region, bus: DEFAULT_BUS };
  const arn = parseArn(nameOrArn);
  if (arn?.service !== 'events') return { accountId, region, bus: nameOrArn };
  const bus = arn.resource.replace(/^event-bus\//, '');
  return { accountId: arn.accountId, region: arn.region, bus };
}

/** Seconds are as fine as EventBridge tells time. */
export function eventTime(atMs: number): string {
  return `${new Date(atMs).toISOString().slice(0, 19)}Z`;
}
