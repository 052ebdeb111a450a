/**
 * Functions of metric math.
 * @see https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/using-metric-math.html#metric-math-syntax-functions-list
 */
import { SECOND_MS } from '#kernel/units.ts';
import { linesValue, mapLines, numberValue, reduce, valueAt } from './math-values.ts';
import type { Grid, Line, Value } from './math-values.ts';

/** What a function is given; a word that is no query's id, `REPEAT`, comes as itself. */
export type Argument = Value | { readonly kind: 'word'; readonly word: string };

export type MathFunction = (given: readonly Argument[], grid: Grid) => Value | undefined;

const sum = (values: readonly number[]): number => values.reduce((total, one) => total + one, 0);
const mean = (values: readonly number[]): number => sum(values) / values.length;

function deviation(values: readonly number[]): number {
  const average = mean(values);
  return Math.sqrt(mean(values.map((value) => (value - average) ** 2)));
}

function reducing(compute: (values: readonly number[]) => number): MathFunction {
  return ([value]) => (isValue(value) ? reduce(value, compute) : undefined);
}

function each(compute: (value: number) => number): MathFunction {
  return ([value]) => {
    if (!isValue(value)) return undefined;
    if (value.kind === 'number') return numberValue(compute(value.number));
    return mapLines(value, (line) =>
      known([...line].map(([time, one]) => [time, compute(one)] as const)),
    );
  };
}

/** From each value and the one before it, in order of time; the first has none. */
function stepping(
  compute: (step: { readonly change: number; readonly seconds: number }) => number,
): MathFunction {
  return ([value]) =>
    isValue(value) ? mapLines(value, (line) => steps(ascending(line), compute)) : undefined;
}

function steps(
  points: readonly (readonly [number, number])[],
  compute: (step: { readonly change: number; readonly seconds: number }) => number,
): Line {
  return known(
    points.slice(1).map(([time, value], index) => {
      const [before = time, earlier = value] = points[index] ?? [];
      return [time, compute({ change: value - earlier, seconds: (time - before) / SECOND_MS })];
    }),
  );
}

function ascending(line: Line): (readonly [number, number])[] {
  return [...line].sort(([a], [b]) => a - b);
}

function known(points: readonly (readonly [number, number])[]): Line {
  return new Map(points.filter(([, value]) => Number.isFinite(value)));
}

function isValue(argument: Argument | undefined): argument is Value {
  return argument !== undefined && argument.kind !== 'word';
}

function runningSum(line: Line): Line {
  let total = 0;
  return new Map(ascending(line).map(([time, value]) => [time, (total += value)] as const));
}

/** Values for the times that a line lacks: a number, another line's, the last, or between the neighbours. */
function fill([value, filler]: readonly Argument[], { times }: Grid): Value | undefined {
  if (!isValue(value) || filler === undefined) return undefined;
  return mapLines(value, (line) => {
    const filled = new Map<number, number>();
    for (const time of times) {
      const own = line.get(time) ?? filledAt(line, filler, time);
      if (own !== undefined) filled.set(time, own);
    }
    return filled;
  });
}

function filledAt(line: Line, filler: Argument, time: number): number | undefined {
  if (filler.kind === 'number') return filler.number;
  if (filler.kind === 'lines') return filler.lines[0]?.get(time);
  const points = ascending(line);
  const before = points.findLast(([at]) => at < time);
  if (filler.word === 'REPEAT') return before?.[1];
  const after = points.find(([at]) => at > time);
  if (filler.word !== 'LINEAR' || before === undefined || after === undefined) return undefined;
  const part = (time - before[0]) / (after[0] - before[0]);
  return before[1] + part * (after[1] - before[1]);
}

/** Time by time one value or the other; a time that the condition lacks has none. */
function choose([condition, then, otherwise]: readonly Argument[], grid: Grid): Value | undefined {
  if (!isValue(condition) || !isValue(then)) return undefined;
  const sides = [condition, then, ...(isValue(otherwise) ? [otherwise] : [])];
  const [test, yes, no] = sides.map((one) =>
    one.kind === 'number' ? one.number : (one.lines[0] ?? new Map<number, number>()),
  );
  if (sides.every(({ kind }) => kind === 'number')) {
    const chosen = test === 0 ? no : yes;
    return typeof chosen === 'number' ? numberValue(chosen) : undefined;
  }
  const points = grid.times.flatMap((time) => {
    const is = valueAt(test ?? 0, time);
    const side = is === 0 ? no : yes;
    const value = is === undefined || side === undefined ? undefined : valueAt(side, time);
    return value === undefined ? [] : [[time, value] as const];
  });
  return linesValue([new Map(points)]);
}

function ofLines(compute: (lines: readonly Line[], grid: Grid) => Value): MathFunction {
  return ([value], grid) => (value?.kind === 'lines' ? compute(value.lines, grid) : undefined);
}

/** Lines and a number that all of them share, so that a number may stand where a line is asked for. */
function timeSeries([value]: readonly Argument[], { times }: Grid): Value | undefined {
  if (!isValue(value) || value.kind === 'lines') return value as Value | undefined;
  return linesValue([new Map(times.map((time) => [time, value.number]))]);
}

export const FUNCTIONS: Readonly<Record<string, MathFunction>> = {
  ABS: each(Math.abs),
  AVG: reducing(mean),
  CEIL: each(Math.ceil),
  DIFF: stepping(({ change }) => change),
  DIFF_TIME: stepping(({ seconds }) => seconds),
  FILL: fill,
  FIRST: ofLines(([first]) => linesValue(first === undefined ? [] : [first])),
  FLOOR: each(Math.floor),
  IF: choose,
  LAST: ofLines((lines) => linesValue(lines.slice(-1))),
  LOG: each(Math.log),
  LOG10: each(Math.log10),
  MAX: reducing((values) => Math.max(...values)),
  METRIC_COUNT: ofLines((lines) => numberValue(lines.length)),
  MIN: reducing((values) => Math.min(...values)),
  PERIOD: ofLines((_, { periodSeconds }) => numberValue(periodSeconds)),
  RATE: stepping(({ change, seconds }) => change / seconds),
  REMOVE_EMPTY: ofLines((lines) => linesValue(lines.filter(({ size }) => size > 0))),
  RUNNING_SUM: ([value]) => (isValue(value) ? mapLines(value, runningSum) : undefined),
  STDDEV: reducing(deviation),
  SUM: reducing(sum),
  TIME_SERIES: timeSeries,
};
