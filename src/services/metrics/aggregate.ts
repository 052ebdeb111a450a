/** What is kept of the values of a while: the statistic set, and how often which value came. */
import { BUCKET_RATIO, EXACT_VALUES_MAX } from './limits.ts';

export interface Aggregate {
  readonly sampleCount: number;
  readonly sum: number;
  readonly minimum: number;
  readonly maximum: number;
  /** Counts by value, for percentiles; incomplete where statistic sets were put. */
  readonly counts: ReadonlyMap<number, number>;
}

/** Of one value that came some times. */
export function aggregateOf(value: number, count = 1): Aggregate {
  const counts = new Map([[value, count]]);
  return { sampleCount: count, sum: value * count, minimum: value, maximum: value, counts };
}

/** What both had together. */
export function mergeAggregates(a: Aggregate, b: Aggregate): Aggregate {
  const counts = new Map(a.counts);
  for (const [value, count] of b.counts) counts.set(value, (counts.get(value) ?? 0) + count);
  return {
    sampleCount: a.sampleCount + b.sampleCount,
    sum: a.sum + b.sum,
    minimum: Math.min(a.minimum, b.minimum),
    maximum: Math.max(a.maximum, b.maximum),
    counts: counts.size > EXACT_VALUES_MAX ? bucket(counts) : counts,
  };
}

/** What several had together; `undefined` of none. */
export function mergeAll(aggregates: readonly Aggregate[]): Aggregate | undefined {
  const [first, ...rest] = aggregates;
  return first && rest.reduce(mergeAggregates, first);
}

/** Gathers values one by one: what `mergeAggregates` would give, without a copy for each value. */
export class Gathering implements Aggregate {
  sampleCount = 0;
  sum = 0;
  minimum = Infinity;
  maximum = -Infinity;
  counts = new Map<number, number>();
  #isBucketed = false;

  add(value: number, count = 1): void {
    this.sampleCount += count;
    this.sum += value * count;
    this.minimum = Math.min(this.minimum, value);
    this.maximum = Math.max(this.maximum, value);
    const counted = this.#isBucketed ? nearest(value) : value;
    this.counts.set(counted, (this.counts.get(counted) ?? 0) + count);
    if (this.#isBucketed || this.counts.size <= EXACT_VALUES_MAX) return;
    this.#isBucketed = true;
    this.counts = bucket(this.counts);
  }
}

/** Counts values that are near each other as one: at most one for each step of the ratio. */
function bucket(counts: ReadonlyMap<number, number>): Map<number, number> {
  const buckets = new Map<number, number>();
  for (const [value, count] of counts) {
    const step = nearest(value);
    buckets.set(step, (buckets.get(step) ?? 0) + count);
  }
  return buckets;
}

/** The power of the ratio that is nearest to a value. */
function nearest(value: number): number {
  if (value === 0) return 0;
  const step = Math.round(Math.log(Math.abs(value)) / Math.log(BUCKET_RATIO));
  return Math.sign(value) * BUCKET_RATIO ** step;
}

/** True for the name of a statistic that `statisticOf` can tell. */
export function isStatistic(name: string): boolean {
  return (
    ['SampleCount', 'Sum', 'Minimum', 'Maximum', 'Average', 'IQM'].includes(name) ||
    parseRange(name) !== undefined
  );
}

/**
 * A statistic by its name: `Average`, `p99.9`, `tm90`; `undefined` where the values do not tell.
 * @see https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/Statistics-definitions.html
 */
export function statisticOf(name: string, aggregate: Aggregate): number | undefined {
  switch (name) {
    case 'SampleCount':
      return aggregate.sampleCount;
    case 'Sum':
      return aggregate.sum;
    case 'Minimum':
      return aggregate.minimum;
    case 'Maximum':
      return aggregate.maximum;
    case 'Average':
      return aggregate.sampleCount === 0 ? undefined : aggregate.sum / aggregate.sampleCount;
    default:
      return rangeStatistic(name, aggregate);
  }
}

interface Range {
  readonly kind: 'p' | 'tm' | 'wm' | 'tc' | 'ts';
  /** Shares of the values in order, from 0 to 1. */
  readonly from: number;
  readonly to: number;
}

function parseRange(name: string): Range | undefined {
  if (name === 'IQM') return { kind: 'tm', from: 0.25, to: 0.75 };
  const [, kind, text] = /^(p|tm|wm|tc|ts)(\d{1,3}(?:\.\d{1,10})?)$/.exec(name) ?? [];
  const share = Number(text) / 100;
  if (kind === undefined || !(share >= 0 && share <= 1)) return undefined;
  // The expression allows no other kinds.
  return { kind: kind as Range['kind'], from: 0, to: share };
}

function rangeStatistic(name: string, aggregate: Aggregate): number | undefined {
  const range = parseRange(name);
  const values = [...aggregate.counts].sort(([a], [b]) => a - b);
  const total = values.reduce((sum, [, count]) => sum + count, 0);
  if (range === undefined || total === 0 || total !== aggregate.sampleCount) return undefined;
  if (range.kind === 'p') return percentile(values, range.to * total);
  const kept = slice(values, range.from * total, range.to * total);
  const count = kept.reduce((sum, [, times]) => sum + times, 0);
  const sum = kept.reduce((all, [value, times]) => all + value * times, 0);
  if (range.kind === 'tc') return count;
  if (range.kind === 'ts') return sum;
  if (range.kind === 'tm') return count === 0 ? undefined : sum / count;
  const bound = percentile(values, range.to * total);
  return (sum + bound * (total - count)) / total;
}

/** The value that stands at a rank, of values in order. */
function percentile(values: readonly (readonly [number, number])[], rank: number): number {
  let passed = 0;
  for (const [value, count] of values) {
    passed += count;
    if (passed >= rank) return value;
  }
  return values.at(-1)?.[0] ?? 0;
}

/** The values between two ranks. */
function slice(
  values: readonly (readonly [number, number])[],
  from: number,
  to: number,
): (readonly [number, number])[] {
  let passed = 0;
  return values.flatMap(([value, count]) => {
    const taken = Math.min(passed + count, to) - Math.max(passed, from);
    passed += count;
    return taken > 0 ? [[value, taken] as const] : [];
  });
}
