/** `stats`: groups of rows, and what is told of each. */
import { evaluate } from './evaluate.ts';
import type { Row } from './evaluate.ts';
import { MalformedQuery } from './syntax.ts';
import type { Command, Expression, Named, Value } from './syntax.ts';
import { compareValues, numberOf, textOf } from './values.ts';

/** Ours: groups of one query; the rows of further ones count nowhere. */
const GROUPS_MAX = 10_000;

interface Aggregate {
  add(row: Row, now: number): void;
  value(): Value;
}

type Stats = Extract<Command, { kind: 'stats' }>;

/** Takes rows one after another; in the end, one row a group. */
export class Grouping {
  readonly #stats: Stats;
  readonly #now: number;
  readonly #groups = new Map<
    string,
    { readonly keys: readonly Value[]; readonly aggregates: readonly Aggregate[] }
  >();

  constructor(stats: Stats, now: number) {
    this.#stats = stats;
    this.#now = now;
  }

  add(row: Row): void {
    const keys = this.#stats.by.map(({ expression }) => evaluate(expression, row, this.#now));
    const id = JSON.stringify(keys.map((key) => (key === undefined ? null : textOf(key))));
    let group = this.#groups.get(id);
    if (group === undefined) {
      if (this.#groups.size >= GROUPS_MAX) return;
      group = { keys, aggregates: this.#stats.results.map(aggregateOf) };
      this.#groups.set(id, group);
    }
    for (const aggregate of group.aggregates) aggregate.add(row, this.#now);
  }

  rows(): Map<string, Value>[] {
    const { by, results } = this.#stats;
    return [...this.#groups.values()].map(
      ({ keys, aggregates }) =>
        new Map([
          ...by.map(({ name }, index) => [name, keys[index]] as const),
          ...results.map(({ name }, index) => [name, aggregates[index]?.value()] as const),
        ]),
    );
  }
}

/**
 * Checks that results can be told of groups.
 * @throws MalformedQuery
 */
export function checkAggregates(results: readonly Named[]): void {
  for (const result of results) aggregateOf(result);
}

/** Aggregates may stand in an expression: `sum(a) / count(*)`. */
function aggregateOf({ expression }: Named): Aggregate {
  if (expression.kind === 'binary') {
    const left = aggregateOf({ name: '', expression: expression.left });
    const right = aggregateOf({ name: '', expression: expression.right });
    return {
      add(row, now) {
        left.add(row, now);
        right.add(row, now);
      },
      value() {
        const values = new Map([
          ['left', left.value()],
          ['right', right.value()],
        ]);
        const [a, b] = [...values.keys()].map((name) => ({ kind: 'field', name }) as const);
        if (a === undefined || b === undefined) return undefined;
        return evaluate({ ...expression, left: a, right: b }, values, 0);
      },
    };
  }
  if (expression.kind === 'literal') return { add() {}, value: () => expression.value };
  const make = expression.kind === 'call' ? AGGREGATES[expression.name] : undefined;
  if (expression.kind !== 'call' || make === undefined) {
    throw new MalformedQuery('stats needs an aggregation function', 0, 0);
  }
  return make(expression.arguments);
}

type Arguments = readonly Expression[];

/** Of the argument's values that are numbers. */
function ofNumbers(compute: (values: readonly number[]) => Value) {
  return ([argument]: Arguments): Aggregate => {
    const values: number[] = [];
    return {
      add(row, now) {
        const number = argument && numberOf(evaluate(argument, row, now));
        if (number !== undefined) values.push(number);
      },
      value: () => (values.length === 0 ? undefined : compute(values)),
    };
  };
}

/** Folds values into one. */
function folding(step: (folded: Value, value: Exclude<Value, undefined>) => Value, first?: Value) {
  return ([argument]: Arguments): Aggregate => {
    let folded = first;
    return {
      add(row, now) {
        const value = argument === undefined ? 1 : evaluate(argument, row, now);
        if (value !== undefined) folded = step(folded, value);
      },
      value: () => folded,
    };
  };
}

/** The argument of the event that is first or last by its time. */
function byTime(sign: number) {
  return ([argument]: Arguments): Aggregate => {
    let best: { readonly atMs: number; readonly value: Value } | undefined;
    return {
      add(row, now) {
        const atMs = numberOf(row.get('@timestamp')) ?? 0;
        if (argument === undefined || (best !== undefined && sign * (atMs - best.atMs) <= 0))
          return;
        best = { atMs, value: evaluate(argument, row, now) };
      },
      value: () => best?.value,
    };
  };
}

const sum = (values: readonly number[]): number => values.reduce((total, one) => total + one, 0);
const mean = (values: readonly number[]): number => sum(values) / values.length;

function percentile([argument, rank]: Arguments): Aggregate {
  const percent = rank?.kind === 'literal' ? Number(rank.value) : 50;
  const compute = (values: readonly number[]): Value => {
    const sorted = [...values].sort((a, b) => a - b);
    return sorted[Math.max(0, Math.ceil((percent / 100) * sorted.length) - 1)];
  };
  return ofNumbers(compute)(argument === undefined ? [] : [argument]);
}

function distinct([argument]: Arguments): Aggregate {
  const seen = new Set<string>();
  return {
    add(row, now) {
      const value = argument && evaluate(argument, row, now);
      if (value !== undefined) seen.add(textOf(value));
    },
    value: () => seen.size,
  };
}

export const AGGREGATES: Readonly<Record<string, (given: Arguments) => Aggregate>> = {
  count: folding((count) => (numberOf(count) ?? 0) + 1, 0),
  count_distinct: distinct,
  sum: ofNumbers(sum),
  avg: ofNumbers(mean),
  min: folding((least, value) => (compareValues(least, value) <= 0 ? least : value)),
  max: folding((most, value) =>
    most !== undefined && compareValues(most, value) >= 0 ? most : value,
  ),
  stddev: ofNumbers((values) => deviation(values, mean(values))),
  median: ([argument]) =>
    percentile([...(argument ? [argument] : []), { kind: 'literal', value: 50 }]),
  pct: percentile,
  percentile,
  earliest: byTime(-1),
  latest: byTime(1),
  sortsfirst: folding((least, value) => (compareValues(least, value) <= 0 ? least : value)),
  sortslast: folding((most, value) =>
    most !== undefined && compareValues(most, value) >= 0 ? most : value,
  ),
};

function deviation(values: readonly number[], average: number): number {
  return Math.sqrt(mean(values.map((value) => (value - average) ** 2)));
}
