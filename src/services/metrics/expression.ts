/**
 * Metric math: the four operations, powers, and the functions that make one line of several.
 * @see https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/using-metric-math.html
 */
import { validationError } from './errors.ts';

const LENGTH_MAX = 1024;
const DEPTH_MAX = 50;

/** Values by their time. */
type Line = ReadonlyMap<number, number>;
type Lines = ReadonlyMap<string, Line>;
type Value =
  | { readonly kind: 'number'; readonly number: number }
  | { readonly kind: 'lines'; readonly lines: readonly Line[] };

/** A parsed expression: asked for its value over the lines of other queries. */
export type Expression = (lines: Lines) => Value;

/** @throws AwsError ValidationError */
export function parseExpression(text: string): Expression {
  if (text.length > LENGTH_MAX) throw unsupported(text);
  const parser = new ExpressionParser(text);
  return parser.parse();
}

/** @throws AwsError ValidationError where the expression makes no single line */
export function evaluateExpression(expression: Expression, lines: Lines): Line {
  const value = expression(lines);
  const [line, ...rest] = value.kind === 'lines' ? value.lines : [];
  if (line === undefined || rest.length > 0)
    throw validationError('The expression must make exactly one time series.');
  return line;
}

function unsupported(text: string): ReturnType<typeof validationError> {
  return validationError(`Error in expression '${text}': the syntax is not supported.`);
}

const FUNCTIONS: Readonly<Record<string, (values: readonly number[]) => number>> = {
  SUM: (values) => values.reduce((sum, value) => sum + value, 0),
  AVG: (values) => values.reduce((sum, value) => sum + value, 0) / values.length,
  MIN: (values) => Math.min(...values),
  MAX: (values) => Math.max(...values),
};

const OPERATORS: Readonly<Record<string, (a: number, b: number) => number>> = {
  '+': (a, b) => a + b,
  '-': (a, b) => a - b,
  '*': (a, b) => a * b,
  '/': (a, b) => a / b,
  '^': (a, b) => a ** b,
};

class ExpressionParser {
  readonly #text: string;
  readonly #tokens: readonly string[];
  #index = 0;
  #depth = 0;

  constructor(text: string) {
    this.#text = text;
    this.#tokens = text.match(/\d+(?:\.\d*)?(?:[eE][+-]?\d+)?|[A-Za-z]\w*|\S/g) ?? [];
  }

  parse(): Expression {
    const expression = this.#sum();
    if (this.#index < this.#tokens.length) throw unsupported(this.#text);
    return expression;
  }

  #peek(): string {
    return this.#tokens[this.#index] ?? '';
  }

  #take(token: string): boolean {
    if (this.#peek() !== token) return false;
    this.#index += 1;
    return true;
  }

  #expect(token: string): void {
    if (!this.#take(token)) throw unsupported(this.#text);
  }

  #sum(): Expression {
    this.#depth += 1;
    if (this.#depth > DEPTH_MAX) throw unsupported(this.#text);
    const expression = this.#chain(['+', '-'], () => this.#chain(['*', '/'], () => this.#power()));
    this.#depth -= 1;
    return expression;
  }

  #chain(operators: readonly string[], operand: () => Expression): Expression {
    let left = operand();
    while (operators.includes(this.#peek())) {
      const operator = this.#peek();
      this.#index += 1;
      left = combine(operator, left, operand());
    }
    return left;
  }

  #power(): Expression {
    const base = this.#operand();
    return this.#take('^') ? combine('^', base, this.#operand()) : base;
  }

  #operand(): Expression {
    const token = this.#peek();
    if (this.#take('-'))
      return combine('-', () => ({ kind: 'number', number: 0 }), this.#operand());
    if (this.#take('(')) {
      const inner = this.#sum();
      this.#expect(')');
      return inner;
    }
    if (this.#take('[')) return this.#list();
    this.#index += 1;
    if (/^\d/.test(token)) return () => ({ kind: 'number', number: Number(token) });
    if (/^[A-Z]+$/.test(token)) return this.#call(token);
    if (/^[a-z]/.test(token)) return (lines) => ({ kind: 'lines', lines: [lineOf(lines, token)] });
    throw unsupported(this.#text);
  }

  #list(): Expression {
    const items = [this.#sum()];
    while (this.#take(',')) items.push(this.#sum());
    this.#expect(']');
    return (lines) => ({
      kind: 'lines',
      lines: items.flatMap((item) => {
        const value = item(lines);
        return value.kind === 'lines' ? value.lines : [];
      }),
    });
  }

  #call(name: string): Expression {
    this.#expect('(');
    if (name === 'METRICS') {
      this.#expect(')');
      return (lines) => ({ kind: 'lines', lines: [...lines.values()] });
    }
    const compute = FUNCTIONS[name];
    if (compute === undefined) throw unsupported(this.#text);
    const argument = this.#sum();
    this.#expect(')');
    return (lines) => reduce(argument(lines), compute);
  }
}

function lineOf(lines: Lines, id: string): Line {
  const line = lines.get(id);
  if (line === undefined)
    throw validationError(`The expression refers to ${id}, which no query before it has as Id.`);
  return line;
}

/** Of several lines one, time by time; of one line a number. */
function reduce(value: Value, compute: (values: readonly number[]) => number): Value {
  if (value.kind === 'number') return value;
  const [only, ...rest] = value.lines;
  if (only !== undefined && rest.length === 0) {
    return { kind: 'number', number: only.size === 0 ? 0 : compute([...only.values()]) };
  }
  const times = new Set(value.lines.flatMap((line) => [...line.keys()]));
  const line = new Map<number, number>();
  for (const time of times) {
    const values = value.lines.flatMap((one) => one.get(time) ?? []);
    line.set(time, compute(values));
  }
  return { kind: 'lines', lines: [line] };
}

function combine(operator: string, left: Expression, right: Expression): Expression {
  return (lines) => apply(operator, left(lines), right(lines));
}

/** An operation on two values; a time that one of them lacks, and a division by zero, make no value. */
function apply(operator: string, a: Value, b: Value): Value {
  const compute = OPERATORS[operator] ?? ((): number => NaN);
  if (a.kind === 'number' && b.kind === 'number')
    return { kind: 'number', number: compute(a.number, b.number) };
  const longest = [a, b].map((value) => (value.kind === 'lines' ? value.lines.length : 1));
  const count = Math.max(...longest);
  const lines = Array.from({ length: count }, (_, index) => {
    const at = (value: Value): Line | number =>
      value.kind === 'number'
        ? value.number
        : (value.lines[value.lines.length === 1 ? 0 : index] ?? new Map());
    return applyToLines(compute, at(a), at(b));
  });
  return { kind: 'lines', lines };
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
    const [x, y] = [
      typeof a === 'number' ? a : a.get(time),
      typeof b === 'number' ? b : b.get(time),
    ];
    const value = x === undefined || y === undefined ? NaN : compute(x, y);
    if (Number.isFinite(value)) line.set(time, value);
  }
  return line;
}
