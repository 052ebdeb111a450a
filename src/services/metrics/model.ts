/** The nouns of CloudWatch's metrics. */
import type { Metric } from '#aws/models/cloudwatch.types.gen.ts';
import { formatArn } from '#kernel/arn.ts';
import type { Aggregate } from './aggregate.ts';

export interface Scope {
  readonly accountId: string;
  readonly region: string;
}

export interface Dimension {
  readonly Name: string;
  readonly Value: string;
}

/** What makes a metric. */
export interface MetricKey extends Scope {
  readonly namespace: string;
  readonly name: string;
  /** Canonical: JSON of pairs, by name. */
  readonly dimensions: string;
}

export interface Point {
  readonly atMs: number;
  readonly unit: string;
  readonly aggregate: Aggregate;
}

/** Dimensions as a key: the same for the same ones, in whichever order they come. */
export function dimensionsKey(dimensions: readonly Dimension[] | undefined): string {
  const pairs = (dimensions ?? []).map(({ Name, Value }) => [Name, Value] as const);
  return JSON.stringify(pairs.sort(([a], [b]) => (a < b ? -1 : 1)));
}

/** The metric that a request names. */
export function metricKey(
  { accountId, region }: Scope,
  { Namespace: namespace = '', MetricName: name = '', Dimensions }: Metric,
): MetricKey {
  return { accountId, region, namespace, name, dimensions: dimensionsKey(Dimensions) };
}

/** A metric's key as a text. */
export function metricId({ accountId, region, namespace, name, dimensions }: MetricKey): string {
  return JSON.stringify([accountId, region, namespace, name, dimensions]);
}

/** The dimensions of a key, by name. */
export function parseDimensions(key: string): Dimension[] {
  // Written by dimensionsKey.
  return (JSON.parse(key) as [string, string][]).map(([Name, Value]) => ({ Name, Value }));
}

/** An alarm's ARN. */
export function alarmArn({ region, accountId }: Scope, name: string): string {
  return formatArn('cloudwatch', region, accountId, `alarm:${name}`);
}

/** Whether a rule's word, a name or an ARN, means an alarm. */
export function isNamed(alarm: Scope & { readonly name: string }, named: string): boolean {
  return named === alarm.name || named === alarmArn(alarm, alarm.name);
}

/** Points by the period in which they lie, counted from the first period's begin; in order of time. */
export function byPeriod(
  points: readonly Point[],
  startMs: number,
  periodMs: number,
): Map<number, Point[]> {
  const periods = new Map<number, Point[]>();
  for (const point of points) {
    const atMs = startMs + Math.floor((point.atMs - startMs) / periodMs) * periodMs;
    const period = periods.get(atMs);
    if (period === undefined) periods.set(atMs, [point]);
    else period.push(point);
  }
  return periods;
}
