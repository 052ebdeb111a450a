/**
 * Conditions on selected values, joined by `&&`, `||` and parentheses: the inside of JSON patterns and the
 * fields of space-delimited ones.
 */
import { compileRegex } from './regex.ts';
import type { Scanner } from './scanner.ts';

const DEPTH_MAX = 32;

/** A value that a selector found; a JSON scalar, `undefined` for an object or an array. */
export type Scalar = string | number | boolean | null | undefined;

/** Finds a selector's values in an event; none where it points to nothing. */
export type Select = (selector: string) => readonly Scalar[];

export type Condition = (select: Select) => boolean;

interface ConditionSyntax {
  /** A sticky expression for a selector. */
  readonly selector: RegExp;
  /** Hears of every selector. */
  readonly onSelector?: (selector: string) => void;
}

/**
 * Reads conditions up to where they end.
 * @throws InvalidFilterPattern
 */
export function readConditions(scanner: Scanner, syntax: ConditionSyntax, depth = 0): Condition {
  const alternatives = [readAll(scanner, syntax, depth)];
  for (scanner.skipSpace(); scanner.take('||'); scanner.skipSpace()) {
    alternatives.push(readAll(scanner, syntax, depth));
  }
  return (select) => alternatives.some((condition) => condition(select));
}

function readAll(scanner: Scanner, syntax: ConditionSyntax, depth: number): Condition {
  const conditions = [readOne(scanner, syntax, depth)];
  for (scanner.skipSpace(); scanner.take('&&'); scanner.skipSpace()) {
    conditions.push(readOne(scanner, syntax, depth));
  }
  return (select) => conditions.every((condition) => condition(select));
}

function readOne(scanner: Scanner, syntax: ConditionSyntax, depth: number): Condition {
  scanner.skipSpace();
  if (scanner.take('(')) {
    if (depth >= DEPTH_MAX) throw scanner.error();
    const inner = readConditions(scanner, syntax, depth + 1);
    scanner.skipSpace();
    if (!scanner.take(')')) throw scanner.error();
    return inner;
  }
  const selector = scanner.match(syntax.selector);
  if (selector === undefined) throw scanner.error();
  syntax.onSelector?.(selector);
  const test = readTest(scanner);
  return (select) => test(select(selector));
}

type Test = (values: readonly Scalar[]) => boolean;

function readTest(scanner: Scanner): Test {
  scanner.skipSpace();
  const word = scanner.match(/IS\s+TRUE\b|IS\s+FALSE\b|IS\s+NULL\b|NOT\s+EXISTS\b|EXISTS\b/iy);
  if (word !== undefined) return wordTest(word.toUpperCase().replace(/\s+/g, ' '));
  const operator = scanner.match(/!=|>=|<=|=|>|</y);
  if (operator === undefined) throw scanner.error();
  scanner.skipSpace();
  const test =
    operator === '=' || operator === '!=' ? readEquality(scanner) : readOrder(scanner, operator);
  if (operator === '!=') return (values) => values.some((value) => isScalar(value) && !test(value));
  return (values) => values.some((value) => isScalar(value) && test(value));
}

function isScalar(value: Scalar): value is string | number | boolean | null {
  return value !== undefined;
}

function wordTest(word: string): Test {
  if (word === 'NOT EXISTS') return (values) => values.length === 0;
  if (word === 'EXISTS') return (values) => values.length > 0;
  const wanted = word === 'IS NULL' ? null : word === 'IS TRUE';
  return (values) => values.includes(wanted);
}

function readEquality(scanner: Scanner): (value: string | number | boolean | null) => boolean {
  const expression = scanner.regex();
  if (expression !== undefined) {
    const isFound = compileRegex(expression);
    return (value) => isFound(String(value));
  }
  const quoted = scanner.quoted();
  const text = quoted ?? readBareValue(scanner);
  const isWanted = wildcardTest(text);
  const number = quoted === undefined ? numberOf(text) : undefined;
  return (value) =>
    typeof value === 'number' && number !== undefined
      ? value === number
      : isWanted(String(value)) || sameNumber(value, number);
}

/** A field of a space-delimited event is text also where it shows a number. */
function sameNumber(value: string | number | boolean | null, number: number | undefined): boolean {
  return number !== undefined && typeof value === 'string' && numberOf(value) === number;
}

function readOrder(
  scanner: Scanner,
  operator: string,
): (value: string | number | boolean | null) => boolean {
  const bound = numberOf(readBareValue(scanner));
  if (bound === undefined) throw scanner.error();
  return (value) => {
    const number =
      typeof value === 'number' ? value : typeof value === 'string' ? numberOf(value) : undefined;
    if (number === undefined) return false;
    if (operator === '>') return number > bound;
    if (operator === '<') return number < bound;
    return operator === '>=' ? number >= bound : number <= bound;
  };
}

function readBareValue(scanner: Scanner): string {
  const text = scanner.match(/[^\s"%(){}[\],&|=<>!]+/y);
  if (text === undefined) throw scanner.error();
  return text;
}

/** A text in which `*` stands for anything. */
function wildcardTest(text: string): (value: string) => boolean {
  const parts = text.split('*');
  if (parts.length === 1) return (value) => value === text;
  const [first = '', ...rest] = parts;
  const last = rest.pop() ?? '';
  return (value) => {
    if (!value.startsWith(first) || value.length < first.length + last.length) return false;
    let from = first.length;
    for (const part of rest) {
      const found = value.indexOf(part, from);
      if (found === -1) return false;
      from = found + part.length;
    }
    return value.endsWith(last) && from <= value.length - last.length;
  };
}

/** The number that a text shows, in plain or scientific notation. */
function numberOf(text: string): number | undefined {
  return /^[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?$/.test(text) ? Number(text) : undefined;
}
