/** The parts that conditions, updates and projections share: paths, values and calls. */
import { isReservedWord } from './reserved-words.ts';
import type { TokenReader } from './lexer.ts';
import type { Placeholders } from './placeholders.ts';
import type { Call, PathOperand, ValueOperand } from './syntax.ts';

export interface Parsing {
  readonly reader: TokenReader;
  readonly placeholders: Placeholders;
  /** Words that cannot be names here, in upper case. */
  readonly keywords: ReadonlySet<string>;
}

/** Indexes that no list reaches are cut, so that they stay exact numbers. */
const INDEX_MAX = 2 ** 31;

/** @throws ValidationException where no path begins here */
export function parsePath(parsing: Parsing): PathOperand {
  const { reader } = parsing;
  const path: (string | number)[] = [];
  const problems: Pick<PathOperand, 'reservedWord' | 'undefinedName'>[] = [];
  parseName(parsing, path, problems);
  while (true) {
    if (reader.skipSymbol('.')) parseName(parsing, path, problems);
    else if (reader.isSymbol('[')) path.push(parseIndex(reader));
    else break;
  }
  const reserved = problems.find((problem) => problem.reservedWord !== undefined);
  const missing = problems.find((problem) => problem.undefinedName !== undefined);
  return { kind: 'path', path, ...reserved, ...missing };
}

function parseName(
  { reader, placeholders, keywords }: Parsing,
  path: (string | number)[],
  problems: Pick<PathOperand, 'reservedWord' | 'undefinedName'>[],
): void {
  const token = reader.peek();
  if (token.kind === 'name-placeholder') {
    const name = placeholders.name(token.text);
    if (name === undefined) problems.push({ undefinedName: token.text });
    path.push(name ?? token.text);
  } else if (token.kind === 'name' && !keywords.has(token.text.toUpperCase())) {
    if (isReservedWord(token.text)) problems.push({ reservedWord: token.text });
    path.push(token.text);
  } else throw reader.unexpected();
  reader.take();
}

function parseIndex(reader: TokenReader): number {
  reader.expectSymbol('[');
  if (reader.peek().kind !== 'number') throw reader.unexpected();
  const index = Math.min(Number(reader.take().text), INDEX_MAX);
  reader.expectSymbol(']');
  return index;
}

/** The value placeholder that is next, or `undefined`. */
export function parseValuePlaceholder({ reader, placeholders }: Parsing): ValueOperand | undefined {
  const token = reader.peek();
  if (token.kind !== 'value-placeholder') return undefined;
  reader.take();
  const value = placeholders.value(token.text);
  return value === undefined
    ? { kind: 'value', value: { NULL: true }, undefinedName: token.text }
    : { kind: 'value', value };
}

/** True where a name and a parenthesis are next. */
export function isCall({ reader, keywords }: Parsing): boolean {
  const token = reader.peek();
  return (
    token.kind === 'name' && !keywords.has(token.text.toUpperCase()) && reader.isSymbol('(', 1)
  );
}

/** The call that is next; `parseArgument` reads one operand. */
export function parseCall<T>(
  { reader }: Parsing,
  parseArgument: () => T,
): Omit<Call, 'operands'> & { readonly operands: readonly T[] } {
  const name = reader.take().text;
  reader.expectSymbol('(');
  const operands = [parseArgument()];
  while (reader.skipSymbol(',')) operands.push(parseArgument());
  reader.expectSymbol(')');
  return { kind: 'call', name, operands };
}
