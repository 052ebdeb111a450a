import { FUNCTIONS } from './functions.ts';
import type { Expression, Value } from './syntax.ts';
import { compareValues, isTrue, numberOf, textOf } from './values.ts';

/** What an expression is told about: a field's value, by name. */
export interface Row {
  get(name: string): Value;
}

/** What an expression says of a row. @param now ms since 1970 */
export function evaluate(expression: Expression, row: Row, now: number): Value {
  switch (expression.kind) {
    case 'literal':
      return expression.value;
    case 'field':
      return row.get(expression.name);
    case 'not':
      return !isTrue(evaluate(expression.operand, row, now));
    case 'call': {
      const values = expression.arguments.map((one) => evaluate(one, row, now));
      return FUNCTIONS[expression.name]?.({ values, now, eventTime: row.get('@timestamp') });
    }
    case 'in': {
      const operand = evaluate(expression.operand, row, now);
      return expression.list.some((one) => isEqual(operand, evaluate(one, row, now)));
    }
    case 'like': {
      const operand = evaluate(expression.operand, row, now);
      if (operand === undefined) return false;
      const { pattern } = expression;
      const text = textOf(operand);
      return typeof pattern === 'string'
        ? text.includes(pattern)
        : pattern.match(text) !== undefined;
    }
    default:
      return operate(expression, row, now);
  }
}

function operate(
  { operator, left, right }: Extract<Expression, { kind: 'binary' }>,
  row: Row,
  now: number,
): Value {
  const first = evaluate(left, row, now);
  if (operator === 'and') return isTrue(first) && isTrue(evaluate(right, row, now));
  if (operator === 'or') return isTrue(first) || isTrue(evaluate(right, row, now));
  const second = evaluate(right, row, now);
  const comparison = COMPARISONS[operator];
  if (comparison !== undefined) {
    if (operator === '!=') return !isEqual(first, second);
    if (first === undefined || second === undefined) return false;
    return comparison(compareValues(first, second));
  }
  const [a, b] = [numberOf(first), numberOf(second)];
  if (a === undefined || b === undefined) return undefined;
  const number = ARITHMETIC[operator]?.(a, b);
  return number !== undefined && Number.isFinite(number) ? number : undefined;
}

const COMPARISONS: Readonly<Record<string, (order: number) => boolean>> = {
  '=': (order) => order === 0,
  '!=': (order) => order !== 0,
  '<': (order) => order < 0,
  '<=': (order) => order <= 0,
  '>': (order) => order > 0,
  '>=': (order) => order >= 0,
};

const ARITHMETIC: Readonly<Record<string, (a: number, b: number) => number>> = {
  '+': (a, b) => a + b,
  '-': (a, b) => a - b,
  '*': (a, b) => a * b,
  '/': (a, b) => a / b,
  '%': (a, b) => a % b,
  '^': (a, b) => a ** b,
};

function isEqual(a: Value, b: Value): boolean {
  return a !== undefined && b !== undefined && compareValues(a, b) === 0;
}
