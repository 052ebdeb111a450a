/** Values of metric math: numbers, and lines of values by their time. */

/** Values by their time, in ms since 1970. */
export type Line = ReadonlyMap<number, number>;
export type Value =
  | { readonly kind: 'number'; readonly number: number }
  | { readonly kind: 'lines'; readonly lines: readonly Line[] };

/** The times of a request, of which a line may lack some. */
export interface Grid {
  /** Ascending, in ms since 1970. */
  readonly times: readonly number[];
  readonly periodSeconds: number;
}

/** A number as a value. */
export function numberValue(number: number): Value {
  return { kind: 'number', number };
}

/** Lines as a value. */
export function linesValue(lines: readonly Line[]): Value {
  return { kind: 'lines', lines };
}

/** Truth is 1, all else 0. */
const truth = (is: boolean): number => Number(is);

export const OPERATORS: Readonly<Record<string, (a: number, b: number) => number>> = {
  '+': (a, b) => a + b,
  '-': (a, b) => a - b,
  '*': (a, b) => a * b,
  '/': (a, b) => a / b,
  '^': (a, b) => a ** b,
  '==': (a, b) => truth(a === b),
  '!=': (a, b) => truth(a !== b),
  '<': (a, b) => truth(a < b),
  '<=': (a, b) => truth(a <= b),
  '>': (a, b) => truth(a > b),
  '>=': (a, b) => truth(a >= b),
  '&&': (a, b) => truth(a !== 0 && b !== 0),
  '||': (a, b) => truth(a !== 0 || b !== 0),
};

/** An operation on two values; a time that one of them lacks, and a division by zero, make no value. */
export function apply(operator: string, a: Value, b: Value): Value {
  const compute = OPERATORS[operator] ?? ((): number => NaN);
  if (a.kind === 'number' && b.kind === 'number') return numberValue(compute(a.number, b.number));
  const longest = [a, b].map((value) => (value.kind === 'lines' ? value.lines.length : 1));
  const count = Math.max(...longest);
  return linesValue(
    Array.from({ length: count }, (_, index) =>
      applyToLines(compute, sideAt(a, index), sideAt(b, index)),
    ),
  );
}

/** A number, or the line of that index; one line stands beside each of the other's. */
function sideAt(value: Value, index: number): Line | number {
  if (value.kind === 'number') return value.number;
  return value.lines[value.lines.length === 1 ? 0 : index] ?? new Map();
}

function applyToLines(
  compute: (a: number, b: number) => number,
  a: Line | number,
  b: Line | number,
): Line {
  const times =
    typeof a === 'number' ? (typeof b === 'number' ? [] : [...b.keys()]) : [...a.keys()];
  const line = new Map<number, number>();
  for (const time of times) {
    const [x, y] = [valueAt(a, time), valueAt(b, time)];
    const value = x === undefined || y === undefined ? NaN : compute(x, y);
    if (Number.isFinite(value)) line.set(time, value);
  }
  return line;
}

/** A side's value at a time. */
export function valueAt(side: Line | number, time: number): number | undefined {
  return typeof side === 'number' ? side : side.get(time);
}

/** A value with each of its lines replaced. */
export function mapLines(value: Value, change: (line: Line) => Line): Value {
  return value.kind === 'number' ? value : linesValue(value.lines.map(change));
}

/** Of several lines one, time by time; of one line a number. */
export function reduce(value: Value, compute: (values: readonly number[]) => number): Value {
  if (value.kind === 'number') return value;
  const [only, ...rest] = value.lines;
  if (only !== undefined && rest.length === 0) {
    return numberValue(only.size === 0 ? 0 : compute([...only.values()]));
  }
  const times = new Set(value.lines.flatMap((line) => [...line.keys()]));
  const line = new Map<number, number>();
  for (const time of times) {
    const values = value.lines.flatMap((one) => one.get(time) ?? []);
    line.set(time, compute(values));
  }
  return linesValue([line]);
}
