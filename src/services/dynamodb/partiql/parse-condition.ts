/**
 * WHERE, by recursive descent, as the conditions that expressions have:
 *
 *     or         = and { OR and }
 *     and        = not { AND not }
 *     not        = NOT not | comparison
 *     comparison = ( or ) | operand [ comparator operand | [NOT] BETWEEN … AND … | [NOT] IN … | IS [NOT] … ]
 */
import { validation } from '../errors.ts';
import type { Call, Comparator, Condition, Operand } from '../expressions/syntax.ts';
import { isValue, parseLiteral, parsePath, type Parsing } from './parse-value.ts';

const COMPARATORS: ReadonlyMap<string, Comparator> = new Map([
  ['=', '='],
  ['<>', '<>'],
  ['!=', '<>'],
  ['<', '<'],
  ['<=', '<='],
  ['>', '>'],
  ['>=', '>='],
]);

/** Functions that are conditions by themselves, with their number of operands. */
const CONDITIONS: ReadonlyMap<string, number> = new Map([
  ['attribute_exists', 1],
  ['attribute_not_exists', 1],
  ['attribute_type', 2],
  ['begins_with', 2],
  ['contains', 2],
]);

/** @throws ValidationException for what is no condition */
export function parseCondition(parsing: Parsing): Condition {
  const { reader } = parsing;
  let condition = parseAnd(parsing);
  while (reader.skipWord('OR')) {
    condition = { kind: 'or', left: condition, right: parseAnd(parsing) };
  }
  return condition;
}

function parseAnd(parsing: Parsing): Condition {
  let condition = parseNot(parsing);
  while (parsing.reader.skipWord('AND')) {
    condition = { kind: 'and', left: condition, right: parseNot(parsing) };
  }
  return condition;
}

function parseNot(parsing: Parsing): Condition {
  const { reader } = parsing;
  if (!reader.skipWord('NOT')) return parseComparison(parsing);
  return { kind: 'not', condition: reader.nested(() => parseNot(parsing)) };
}

function parseComparison(parsing: Parsing): Condition {
  const { reader } = parsing;
  if (reader.skipSymbol('(')) {
    const condition = reader.nested(() => parseCondition(parsing));
    reader.expectSymbol(')');
    return condition;
  }
  const operand = parseOperand(parsing);
  const comparator = COMPARATORS.get(reader.peek().kind === 'symbol' ? reader.peek().text : '');
  if (comparator !== undefined) {
    reader.take();
    return compared(comparator, operand, parseOperand(parsing));
  }
  if (reader.skipWord('IS')) return parseIs(parsing, operand);
  const isNegated = reader.skipWord('NOT');
  if (reader.skipWord('BETWEEN')) {
    const low = parseOperand(parsing);
    reader.expectWord('AND');
    const between = { kind: 'between', operand, low, high: parseOperand(parsing) } as const;
    return negated(between, isNegated);
  }
  if (reader.skipWord('IN')) return negated(parseIn(parsing, operand), isNegated);
  if (!isNegated && operand.kind === 'call' && CONDITIONS.has(operand.name)) return operand;
  throw reader.unexpected();
}

/** Unlike in an expression, what is missing differs from nothing. */
function compared(comparator: Comparator, left: Operand, right: Operand): Condition {
  const condition: Condition = { kind: 'compare', comparator, left, right };
  if (comparator !== '<>') return condition;
  return [left, right].reduce<Condition>(
    (whole, side) =>
      side.kind === 'path'
        ? { kind: 'and', left: callOf('attribute_exists', [side]), right: whole }
        : whole,
    condition,
  );
}

function negated(condition: Condition, isNegated: boolean): Condition {
  return isNegated ? { kind: 'not', condition } : condition;
}

function callOf(name: string, operands: readonly Operand[]): Call {
  return { kind: 'call', name, operands };
}

function parseIs(parsing: Parsing, operand: Operand): Condition {
  const { reader } = parsing;
  const isNegated = reader.skipWord('NOT');
  if (reader.skipWord('MISSING')) {
    return callOf(isNegated ? 'attribute_exists' : 'attribute_not_exists', [operand]);
  }
  reader.expectWord('NULL');
  const type = { kind: 'value', value: { S: 'NULL' } } as const;
  return negated(callOf('attribute_type', [operand, type]), isNegated);
}

function parseIn(parsing: Parsing, operand: Operand): Condition {
  const { reader } = parsing;
  const end = reader.skipSymbol('[') ? ']' : ')';
  if (end === ')') reader.expectSymbol('(');
  const list = [parseOperand(parsing)];
  while (reader.skipSymbol(',')) list.push(parseOperand(parsing));
  reader.expectSymbol(end);
  return { kind: 'in', operand, list };
}

function parseOperand(parsing: Parsing): Operand {
  const { reader } = parsing;
  if (isValue(parsing)) return { kind: 'value', value: parseLiteral(parsing) };
  if (reader.peek().kind !== 'word' || !reader.isSymbol('(', 1)) return parsePath(parsing);
  return reader.nested(() => parseFunction(parsing));
}

function parseFunction(parsing: Parsing): Call {
  const { reader } = parsing;
  const name = reader.take().text.toLowerCase();
  reader.expectSymbol('(');
  const operands = [parseOperand(parsing)];
  while (reader.skipSymbol(',')) operands.push(parseOperand(parsing));
  reader.expectSymbol(')');
  const wanted = name === 'size' ? 1 : CONDITIONS.get(name);
  if (wanted === undefined) throw validation(`Invalid function name; function: ${name}`);
  if (wanted === operands.length) return callOf(name, operands);
  throw validation(
    `Incorrect number of operands for operator or function; operator or function: ${name}, ` +
      `number of operands: ${operands.length}`,
  );
}
