/**
 * Conditions, filters and key conditions, by recursive descent:
 *
 *     or         = and { OR and }
 *     and        = not { AND not }
 *     not        = NOT not | comparison
 *     comparison = primary [ comparator operand | BETWEEN operand AND operand | IN ( operand, … ) ]
 *     primary    = ( or ) | operand
 *
 * A parenthesis may hold a condition or an operand; what follows it tells which.
 */
import { EXPRESSION_OPERATORS_MAX } from '../limits.ts';
import { isCall, parseCall, parsePath, parseValuePlaceholder } from './parse-operand.ts';
import type { Parsing } from './parse-operand.ts';
import { TokenReader } from './lexer.ts';
import type { Placeholders } from './placeholders.ts';
import type { Comparator, Condition, Operand } from './syntax.ts';

const KEYWORDS: ReadonlySet<string> = new Set(['AND', 'OR', 'NOT', 'BETWEEN', 'IN']);
const COMPARATORS: ReadonlySet<string> = new Set(['=', '<>', '<', '<=', '>', '>=']);

export interface ParsedCondition {
  readonly condition: Condition;
  readonly hasRedundantParentheses: boolean;
  readonly reader: TokenReader;
}

/** What was read: a condition, or an operand that still wants a comparator. */
type Part =
  | { readonly kind: 'condition'; readonly condition: Condition; readonly isGroup: boolean }
  | { readonly kind: 'operand'; readonly operand: Operand; readonly isGroup: boolean };

interface ConditionParsing extends Parsing {
  hasRedundantParentheses: boolean;
  operators: number;
}

/** @throws ValidationException for what is no condition; what it means is checked elsewhere */
export function parseCondition(
  label: string,
  expression: string,
  placeholders: Placeholders,
): ParsedCondition {
  const reader = new TokenReader(label, expression);
  const parsing: ConditionParsing = {
    reader,
    placeholders,
    keywords: KEYWORDS,
    hasRedundantParentheses: false,
    operators: 0,
  };
  const condition = asCondition(parsing, parseOr(parsing));
  if (reader.peek().kind !== 'end') throw reader.unexpected();
  if (parsing.operators > EXPRESSION_OPERATORS_MAX) {
    throw reader.error(
      `The expression contains too many operators; operator count: ${parsing.operators}`,
    );
  }
  return { condition, hasRedundantParentheses: parsing.hasRedundantParentheses, reader };
}

function parseOr(parsing: ConditionParsing): Part {
  let part = parseAnd(parsing);
  while (parsing.reader.isWord('OR')) {
    const left = asCondition(parsing, part);
    parsing.reader.take();
    part = conditionPart({ kind: 'or', left, right: asCondition(parsing, parseAnd(parsing)) });
  }
  return part;
}

function parseAnd(parsing: ConditionParsing): Part {
  let part = parseNot(parsing);
  while (parsing.reader.isWord('AND')) {
    const left = asCondition(parsing, part);
    parsing.reader.take();
    part = conditionPart({ kind: 'and', left, right: asCondition(parsing, parseNot(parsing)) });
  }
  return part;
}

function parseNot(parsing: ConditionParsing): Part {
  if (!parsing.reader.skipWord('NOT')) return parseComparison(parsing);
  const part = parsing.reader.nested(() => parseNot(parsing));
  return conditionPart({ kind: 'not', condition: asCondition(parsing, part) });
}

function parseComparison(parsing: ConditionParsing): Part {
  const { reader } = parsing;
  const part = parsePrimary(parsing);
  if (part.kind === 'condition') return part;
  const { operand } = part;
  const token = reader.peek();
  if (token.kind === 'symbol' && COMPARATORS.has(token.text)) {
    reader.take();
    parsing.operators += 1;
    const comparator = token.text as Comparator; // It is one of COMPARATORS.
    return conditionPart({
      kind: 'compare',
      comparator,
      left: operand,
      right: parseOperand(parsing),
    });
  }
  if (reader.skipWord('BETWEEN')) {
    parsing.operators += 1;
    const low = parseOperand(parsing);
    reader.expectWord('AND');
    return conditionPart({ kind: 'between', operand, low, high: parseOperand(parsing) });
  }
  if (reader.skipWord('IN')) return conditionPart(parseIn(parsing, operand));
  return part;
}

function parseIn(parsing: ConditionParsing, operand: Operand): Condition {
  const { reader } = parsing;
  parsing.operators += 1;
  reader.expectSymbol('(');
  const list = [parseOperand(parsing)];
  while (reader.skipSymbol(',')) list.push(parseOperand(parsing));
  reader.expectSymbol(')');
  return { kind: 'in', operand, list };
}

/** A group in parentheses, or one operand. */
function parsePrimary(parsing: ConditionParsing): Part {
  const { reader } = parsing;
  if (!reader.skipSymbol('(')) {
    return { kind: 'operand', operand: parsePlainOperand(parsing), isGroup: false };
  }
  const part = reader.nested(() => parseOr(parsing));
  reader.expectSymbol(')');
  if (part.isGroup) parsing.hasRedundantParentheses = true;
  return { ...part, isGroup: true };
}

function parseOperand(parsing: ConditionParsing): Operand {
  const { reader } = parsing;
  if (!reader.isSymbol('(')) return parsePlainOperand(parsing);
  const part = parsePrimary(parsing);
  if (part.kind === 'condition') throw reader.unexpected();
  return part.operand;
}

function parsePlainOperand(parsing: ConditionParsing): Operand {
  if (!isCall(parsing)) return parseValuePlaceholder(parsing) ?? parsePath(parsing);
  parsing.operators += 1;
  return parsing.reader.nested(() => parseCall(parsing, () => parseOperand(parsing)));
}

function conditionPart(condition: Condition): Part {
  return { kind: 'condition', condition, isGroup: false };
}

/** A call stands as a condition by itself; any other operand lacks its comparator. */
function asCondition({ reader }: ConditionParsing, part: Part): Condition {
  if (part.kind === 'condition') return part.condition;
  if (part.operand.kind === 'call') return part.operand;
  throw reader.unexpected();
}
