/**
 * Update expressions, by recursive descent:
 *
 *     update  = section { section }
 *     section = SET path = value, … | REMOVE path, … | ADD path :v, … | DELETE path :v, …
 *     value   = operand [ + operand | - operand ]
 */
import { unreachable } from '#kernel/assert.ts';
import { EXPRESSION_OPERATORS_MAX } from '../limits.ts';
import { isCall, parseCall, parsePath, parseValuePlaceholder } from './parse-operand.ts';
import type { Parsing } from './parse-operand.ts';
import { TokenReader } from './lexer.ts';
import type { Placeholders } from './placeholders.ts';
import type { Call, UpdateAction, UpdateValue, ValueOperand } from './syntax.ts';

const SECTIONS = ['SET', 'REMOVE', 'ADD', 'DELETE'] as const;
const KEYWORDS: ReadonlySet<string> = new Set(SECTIONS);

type Section = (typeof SECTIONS)[number];

export interface ParsedUpdate {
  readonly actions: readonly UpdateAction[];
  /** The sections in the order of the text; one may be there twice. */
  readonly sections: readonly Section[];
  readonly reader: TokenReader;
}

interface UpdateParsing extends Parsing {
  operators: number;
}

/** @throws ValidationException for what is no update; what it means is checked elsewhere */
export function parseUpdate(expression: string, placeholders: Placeholders): ParsedUpdate {
  const reader = new TokenReader('UpdateExpression', expression);
  const parsing: UpdateParsing = { reader, placeholders, keywords: KEYWORDS, operators: 0 };
  const actions: UpdateAction[] = [];
  const sections: Section[] = [];
  do {
    const section = SECTIONS.find((word) => reader.skipWord(word));
    if (section === undefined) throw reader.unexpected();
    sections.push(section);
    do actions.push(parseAction(parsing, section));
    while (reader.skipSymbol(','));
  } while (reader.peek().kind !== 'end');
  if (parsing.operators > EXPRESSION_OPERATORS_MAX) {
    throw reader.error(
      `The expression contains too many operators; operator count: ${parsing.operators}`,
    );
  }
  return { actions, sections, reader };
}

function parseAction(parsing: UpdateParsing, section: Section): UpdateAction {
  const target = parsePath(parsing);
  parsing.operators += 1;
  switch (section) {
    case 'REMOVE':
      return { kind: 'remove', target };
    case 'ADD':
      return { kind: 'add', target, value: parseOnlyValue(parsing) };
    case 'DELETE':
      return { kind: 'delete', target, value: parseOnlyValue(parsing) };
    case 'SET':
      parsing.reader.expectSymbol('=');
      return { kind: 'set', target, value: parseSetValue(parsing) };
    default:
      return unreachable(section);
  }
}

function parseOnlyValue(parsing: UpdateParsing): ValueOperand {
  const value = parseValuePlaceholder(parsing);
  if (value === undefined) throw parsing.reader.unexpected();
  return value;
}

function parseSetValue(parsing: UpdateParsing): UpdateValue {
  const left = parseOperand(parsing);
  const kind = parsing.reader.skipSymbol('+')
    ? '+'
    : parsing.reader.skipSymbol('-')
      ? '-'
      : undefined;
  if (kind === undefined) return left;
  parsing.operators += 1;
  return { kind, left, right: parseOperand(parsing) };
}

/** An operand, or any value in parentheses. */
function parseOperand(parsing: UpdateParsing): UpdateValue {
  const { reader } = parsing;
  if (reader.skipSymbol('(')) {
    return reader.nested(() => {
      const value = parseSetValue(parsing);
      reader.expectSymbol(')');
      return value;
    });
  }
  if (!isCall(parsing)) return parseValuePlaceholder(parsing) ?? parsePath(parsing);
  parsing.operators += 1;
  return reader.nested(() => parseCall(parsing, () => parseCallOperand(parsing)));
}

/** Sums are no operands of functions. */
function parseCallOperand(parsing: UpdateParsing): Call['operands'][number] {
  const operand = parseOperand(parsing);
  if ('left' in operand) throw parsing.reader.unexpected();
  return operand;
}
