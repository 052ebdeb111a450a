/**
 * Metric math: what an expression says, and what it makes of lines.
 * @see https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/using-metric-math.html
 */
import { validationError } from './errors.ts';
import { FUNCTIONS } from './math-functions.ts';
import type { Argument } from './math-functions.ts';
import { apply, linesValue, numberValue } from './math-values.ts';
import type { Grid, Line, Value } from './math-values.ts';

const LENGTH_MAX = 1024;
const DEPTH_MAX = 50;

type Lines = ReadonlyMap<string, Line>;

/** A parsed expression: asked for its value over the lines of other queries. */
export type Expression = (lines: Lines, grid: Grid) => Value;

/** @throws AwsError ValidationError */
export function parseExpression(text: string): Expression {
  if (text.length > LENGTH_MAX) throw unsupported(text);
  const parser = new ExpressionParser(text);
  return parser.parse();
}

/** @throws AwsError ValidationError where the expression makes no single line */
export function evaluateExpression(expression: Expression, lines: Lines, grid: Grid): Line {
  const value = expression(lines, grid);
  const [line, ...rest] = value.kind === 'lines' ? value.lines : [];
  if (line === undefined || rest.length > 0)
    throw validationError('The expression must make exactly one time series.');
  return line;
}

function unsupported(text: string): ReturnType<typeof validationError> {
  return validationError(`Error in expression '${text}': the syntax is not supported.`);
}

/** The weakest first; words are written as signs. */
const LEVELS: readonly (readonly string[])[] = [
  ['||'],
  ['&&'],
  ['==', '!=', '<', '<=', '>', '>='],
  ['+', '-'],
  ['*', '/'],
];
const SIGNS: Readonly<Record<string, string>> = { AND: '&&', OR: '||' };

class ExpressionParser {
  readonly #text: string;
  readonly #tokens: readonly string[];
  #index = 0;
  #depth = 0;

  constructor(text: string) {
    this.#text = text;
    const found =
      text.match(/\d+(?:\.\d*)?(?:[eE][+-]?\d+)?|[A-Za-z]\w*|&&|\|\||[=!<>]=|\S/g) ?? [];
    this.#tokens = found.map((token) => SIGNS[token] ?? token);
  }

  parse(): Expression {
    const expression = this.#whole();
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

  #whole(): Expression {
    this.#depth += 1;
    if (this.#depth > DEPTH_MAX) throw unsupported(this.#text);
    const expression = this.#level(0);
    this.#depth -= 1;
    return expression;
  }

  #level(level: number): Expression {
    const operators = LEVELS[level];
    if (operators === undefined) return this.#power();
    let left = this.#level(level + 1);
    while (operators.includes(this.#peek())) {
      const operator = this.#peek();
      this.#index += 1;
      left = combine(operator, left, this.#level(level + 1));
    }
    return left;
  }

  #power(): Expression {
    const base = this.#operand();
    return this.#take('^') ? combine('^', base, this.#operand()) : base;
  }

  #operand(): Expression {
    const token = this.#peek();
    if (this.#take('-')) return combine('-', () => numberValue(0), this.#operand());
    if (this.#take('(')) {
      const inner = this.#whole();
      this.#expect(')');
      return inner;
    }
    if (this.#take('[')) return this.#list();
    this.#index += 1;
    if (/^\d/.test(token)) return () => numberValue(Number(token));
    if (/^[A-Z][A-Z_\d]*$/.test(token)) return this.#call(token);
    if (/^[a-z]/.test(token)) return (lines) => linesValue([lineOf(lines, token)]);
    throw unsupported(this.#text);
  }

  #list(): Expression {
    const items = [this.#whole()];
    while (this.#take(',')) items.push(this.#whole());
    this.#expect(']');
    return (lines, grid) =>
      linesValue(
        items.flatMap((item) => {
          const value = item(lines, grid);
          return value.kind === 'lines' ? value.lines : [];
        }),
      );
  }

  #call(name: string): Expression {
    this.#expect('(');
    if (name === 'METRICS') {
      this.#expect(')');
      return (lines) => linesValue([...lines.values()]);
    }
    const compute = FUNCTIONS[name];
    if (compute === undefined) throw unsupported(this.#text);
    const given = [this.#argument()];
    while (this.#take(',')) given.push(this.#argument());
    this.#expect(')');
    return (lines, grid) => {
      const value = compute(
        given.map((one) => one(lines, grid)),
        grid,
      );
      if (value === undefined) throw unsupported(this.#text);
      return value;
    };
  }

  #argument(): (lines: Lines, grid: Grid) => Argument {
    const word = this.#peek();
    if (word !== 'REPEAT' && word !== 'LINEAR') return this.#whole();
    this.#index += 1;
    return () => ({ kind: 'word', word });
  }
}

function lineOf(lines: Lines, id: string): Line {
  const line = lines.get(id);
  if (line === undefined)
    throw validationError(`The expression refers to ${id}, which no query before it has as Id.`);
  return line;
}

function combine(operator: string, left: Expression, right: Expression): Expression {
  return (lines, grid) => apply(operator, left(lines, grid), right(lines, grid));
}
