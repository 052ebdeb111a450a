/** Names, values and paths of a statement; parameters are taken in their order. */
import type { AttributeValue } from '#aws/models/dynamodb.types.gen.ts';
import type { AwsError } from '#aws/errors.ts';
import { validation } from '../errors.ts';
import type { PathOperand } from '../expressions/syntax.ts';
import { canonicalNumber } from '../value/number.ts';
import { parseValue } from '../value/parse-value.ts';
import { typeOf, type Value } from '../value/value.ts';
import type { StatementReader } from './lexer.ts';
import { notWellFormed } from './lexer.ts';

/** A statement being parsed. */
export interface Parsing {
  readonly reader: StatementReader;
  readonly parameters: readonly AttributeValue[];
  /** How many parameters were taken. */
  used: number;
}

/** The refusal of more or fewer parameters than question marks. */
export function parametersDiffer(): AwsError {
  return validation("Number of parameters in request and statement don't match.");
}

/** A name, with quotes or without. @throws ValidationException */
export function parseName({ reader }: Parsing): string {
  const { kind, text } = reader.peek();
  if (kind !== 'word' && kind !== 'quoted') throw reader.unexpected();
  if (text === '') throw reader.unexpected();
  reader.take();
  return text;
}

/** `a.b[0]['c']`. @throws ValidationException */
export function parsePath(parsing: Parsing): PathOperand {
  const { reader } = parsing;
  const path: (string | number)[] = [parseName(parsing)];
  for (;;) {
    if (reader.skipSymbol('.')) path.push(parseName(parsing));
    else if (reader.skipSymbol('[')) {
      const { kind, text } = reader.take();
      if (kind === 'number' && /^\d{1,9}$/.test(text)) path.push(Number(text));
      else if (kind === 'string') path.push(text);
      else throw notWellFormed('Unexpected term');
      reader.expectSymbol(']');
    } else return { kind: 'path', path };
  }
}

/** True where a value begins, and not a path. */
export function isValue({ reader }: Parsing): boolean {
  const { kind } = reader.peek();
  if (kind === 'string' || kind === 'number') return true;
  if (['?', '{', '[', '<<', '-', '+'].some((symbol) => reader.isSymbol(symbol))) return true;
  return ['TRUE', 'FALSE', 'NULL'].some((word) => reader.isWord(word));
}

/**
 * A literal or a parameter.
 * @throws ValidationException for what is no value
 */
export function parseLiteral(parsing: Parsing): Value {
  const { reader } = parsing;
  const { kind, text } = reader.peek();
  if (kind === 'string') {
    reader.take();
    return { S: text };
  }
  if (kind === 'number' || reader.isSymbol('-') || reader.isSymbol('+'))
    return parseNumber(parsing);
  if (reader.skipSymbol('?')) return nextParameter(parsing);
  if (reader.skipSymbol('[')) return { L: parseItems(parsing, ']') };
  if (reader.skipSymbol('<<')) return setOf(parseItems(parsing, '>>'));
  if (reader.skipSymbol('{')) return parseMap(parsing);
  if (reader.skipWord('TRUE')) return { BOOL: true };
  if (reader.skipWord('FALSE')) return { BOOL: false };
  if (reader.skipWord('NULL')) return { NULL: true };
  throw reader.unexpected();
}

function parseNumber({ reader }: Parsing): Value {
  const isNegative = reader.skipSymbol('-');
  if (!isNegative) reader.skipSymbol('+');
  const { kind, text } = reader.take();
  if (kind !== 'number') throw notWellFormed('Unexpected term');
  return { N: canonicalNumber(isNegative ? `-${text}` : text) };
}

function nextParameter(parsing: Parsing): Value {
  const parameter = parsing.parameters[parsing.used];
  if (parameter === undefined) throw parametersDiffer();
  parsing.used += 1;
  return parseValue(parameter);
}

function parseItems(parsing: Parsing, end: string): Value[] {
  const { reader } = parsing;
  const items: Value[] = [];
  if (reader.skipSymbol(end)) return items;
  do items.push(reader.nested(() => parseLiteral(parsing)));
  while (reader.skipSymbol(','));
  reader.expectSymbol(end);
  return items;
}

function parseMap(parsing: Parsing): Value {
  const { reader } = parsing;
  const entries: [string, Value][] = [];
  if (reader.skipSymbol('}')) return { M: {} };
  do {
    const { kind, text } = reader.take();
    if (kind !== 'string') throw notWellFormed('Unexpected term');
    reader.expectSymbol(':');
    entries.push([text, reader.nested(() => parseLiteral(parsing))]);
  } while (reader.skipSymbol(','));
  reader.expectSymbol('}');
  return { M: Object.fromEntries(entries) };
}

/** A bag of strings, numbers or binaries is a set. */
function setOf(members: readonly Value[]): Value {
  const types = new Set(members.map(typeOf));
  const [type] = types;
  if (types.size > 1 || type === undefined || !['S', 'N', 'B'].includes(type)) {
    throw notWellFormed('Unexpected term');
  }
  const of = (name: string): unknown[] =>
    members.map((member) => (member as Record<string, unknown>)[name]); // All are of that type.
  return parseValue({ [`${type}S`]: of(type) });
}
