/**
 * The statements of PartiQL that DynamoDB knows.
 * @see https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/ql-reference.html
 */
import type { AttributeValue } from '#aws/models/dynamodb.types.gen.ts';
import { validation } from '../errors.ts';
import type { Condition, Path, UpdateAction, UpdateValue } from '../expressions/syntax.ts';
import type { Attributes } from '../value/value.ts';
import { StatementReader } from './lexer.ts';
import { parseCondition } from './parse-condition.ts';
import {
  isValue,
  parametersDiffer,
  parseLiteral,
  parseName,
  parsePath,
  type Parsing,
} from './parse-value.ts';

export interface SelectStatement {
  readonly kind: 'select';
  readonly table: string;
  readonly index?: string;
  /** Absent for `*`. */
  readonly paths?: readonly Path[];
  readonly where?: Condition;
  readonly order: readonly { readonly name: string; readonly isBackward: boolean }[];
}

/** What of an item a statement returns: `ALL OLD`, `MODIFIED NEW` … */
export type Returning = 'ALL_OLD' | 'ALL_NEW' | 'MODIFIED_OLD' | 'MODIFIED_NEW';

export interface UpdateStatement {
  readonly kind: 'update';
  readonly table: string;
  readonly actions: readonly UpdateAction[];
  readonly where?: Condition;
  readonly returning?: Returning;
}

export interface DeleteStatement {
  readonly kind: 'delete';
  readonly table: string;
  readonly where?: Condition;
  readonly returning?: Returning;
}

export interface InsertStatement {
  readonly kind: 'insert';
  readonly table: string;
  readonly item: Attributes;
}

/** `EXISTS(SELECT …)`, a condition of a transaction. */
export interface ExistsStatement {
  readonly kind: 'exists';
  readonly table: string;
  readonly where?: Condition;
}

export type WriteStatement = InsertStatement | UpdateStatement | DeleteStatement | ExistsStatement;
export type Statement = SelectStatement | WriteStatement;

/**
 * Parses a statement, its parameters in place.
 * @throws ValidationException
 */
export function parseStatement(
  text: string,
  parameters: readonly AttributeValue[] = [],
): Statement {
  const parsing: Parsing = { reader: new StatementReader(text), parameters, used: 0 };
  const { reader } = parsing;
  const statement = parseOne(parsing);
  reader.skipSymbol(';');
  if (reader.peek().kind !== 'end') throw reader.unexpected();
  if (parsing.used !== parameters.length) throw parametersDiffer();
  return statement;
}

function parseOne(parsing: Parsing): Statement {
  const { reader } = parsing;
  if (reader.skipWord('SELECT')) return parseSelect(parsing);
  if (reader.skipWord('INSERT')) return parseInsert(parsing);
  if (reader.skipWord('UPDATE')) return parseUpdate(parsing);
  if (reader.skipWord('DELETE')) return parseDelete(parsing);
  if (reader.skipWord('EXISTS')) return parseExists(parsing);
  throw reader.unexpected();
}

function parseSelect(parsing: Parsing): SelectStatement {
  const { reader } = parsing;
  const paths: Path[] = [];
  if (!reader.skipSymbol('*')) {
    do paths.push(parsePath(parsing).path);
    while (reader.skipSymbol(','));
  }
  reader.expectWord('FROM');
  const table = parseName(parsing);
  const index = reader.skipSymbol('.') ? parseName(parsing) : undefined;
  const where = parseWhere(parsing);
  return {
    kind: 'select',
    table,
    ...(index === undefined ? {} : { index }),
    ...(paths.length === 0 ? {} : { paths }),
    ...(where && { where }),
    order: parseOrder(parsing),
  };
}

function parseWhere(parsing: Parsing): Condition | undefined {
  return parsing.reader.skipWord('WHERE') ? parseCondition(parsing) : undefined;
}

function parseOrder(parsing: Parsing): SelectStatement['order'] {
  const { reader } = parsing;
  if (!reader.skipWord('ORDER')) return [];
  reader.expectWord('BY');
  const order = [];
  do {
    const name = parseName(parsing);
    const isBackward = reader.skipWord('DESC');
    if (!isBackward) reader.skipWord('ASC');
    order.push({ name, isBackward });
  } while (reader.skipSymbol(','));
  return order;
}

function parseInsert(parsing: Parsing): InsertStatement {
  const { reader } = parsing;
  reader.expectWord('INTO');
  const table = parseName(parsing);
  reader.expectWord('VALUE');
  const value = parseLiteral(parsing);
  if ('M' in value) return { kind: 'insert', table, item: value.M };
  throw validation('Unsupported operation: Inserting value of the type is not supported.');
}

function parseUpdate(parsing: Parsing): UpdateStatement {
  const { reader } = parsing;
  const table = parseName(parsing);
  const actions: UpdateAction[] = [];
  while (reader.isWord('SET') || reader.isWord('REMOVE')) {
    const isSet = reader.take().text.toUpperCase() === 'SET';
    do actions.push(isSet ? parseSet(parsing) : { kind: 'remove', target: parsePath(parsing) });
    while (reader.skipSymbol(','));
  }
  if (actions.length === 0) throw reader.unexpected();
  const where = parseWhere(parsing);
  const returning = parseReturning(parsing);
  return {
    kind: 'update',
    table,
    actions,
    ...(where && { where }),
    ...(returning && { returning }),
  };
}

function parseDelete(parsing: Parsing): DeleteStatement {
  parsing.reader.expectWord('FROM');
  const table = parseName(parsing);
  const where = parseWhere(parsing);
  const returning = parseReturning(parsing);
  if (returning !== undefined && returning !== 'ALL_OLD') {
    throw validation('RETURNING clause only supports ALL OLD * for DELETE statements');
  }
  return { kind: 'delete', table, ...(where && { where }), ...(returning && { returning }) };
}

function parseExists(parsing: Parsing): ExistsStatement {
  const { reader } = parsing;
  reader.expectSymbol('(');
  reader.expectWord('SELECT');
  const { table, where } = parseSelect(parsing);
  reader.expectSymbol(')');
  return { kind: 'exists', table, ...(where && { where }) };
}

function parseReturning({ reader }: Parsing): Returning | undefined {
  if (!reader.skipWord('RETURNING')) return undefined;
  const extent = reader.take().text.toUpperCase();
  const age = reader.take().text.toUpperCase();
  reader.expectSymbol('*');
  const returning = `${extent}_${age}`;
  switch (returning) {
    case 'ALL_OLD':
    case 'ALL_NEW':
    case 'MODIFIED_OLD':
    case 'MODIFIED_NEW':
      return returning;
    default:
      throw reader.unexpected();
  }
}

/** `path = value`, or a set that grows or shrinks: `path = set_add(path, <<'a'>>)`. */
function parseSet(parsing: Parsing): UpdateAction {
  const { reader } = parsing;
  const target = parsePath(parsing);
  reader.expectSymbol('=');
  for (const [name, kind] of [
    ['SET_ADD', 'add'],
    ['SET_DELETE', 'delete'],
  ] as const) {
    if (!reader.isWord(name) || !reader.isSymbol('(', 1)) continue;
    reader.take();
    reader.expectSymbol('(');
    parsePath(parsing);
    reader.expectSymbol(',');
    const value = { kind: 'value', value: parseLiteral(parsing) } as const;
    reader.expectSymbol(')');
    return { kind, target, value };
  }
  return { kind: 'set', target, value: parseSum(parsing) };
}

function parseSum(parsing: Parsing): UpdateValue {
  const { reader } = parsing;
  let value = parseTerm(parsing);
  for (;;) {
    const kind = reader.isSymbol('+') ? '+' : reader.isSymbol('-') ? '-' : undefined;
    if (kind === undefined) return value;
    reader.take();
    value = { kind, left: value, right: parseTerm(parsing) };
  }
}

const CALLS: ReadonlySet<string> = new Set(['list_append', 'if_not_exists']);

function parseTerm(parsing: Parsing): UpdateValue {
  const { reader } = parsing;
  if (isValue(parsing)) return { kind: 'value', value: parseLiteral(parsing) };
  if (reader.skipSymbol('(')) {
    const value = reader.nested(() => parseSum(parsing));
    reader.expectSymbol(')');
    return value;
  }
  const name = reader.peek().text.toLowerCase();
  if (!reader.isSymbol('(', 1) || !CALLS.has(name)) return parsePath(parsing);
  reader.take();
  reader.expectSymbol('(');
  const operand = () =>
    isValue(parsing)
      ? ({ kind: 'value', value: parseLiteral(parsing) } as const)
      : parsePath(parsing);
  const first = operand();
  reader.expectSymbol(',');
  const operands = [first, operand()];
  reader.expectSymbol(')');
  return { kind: 'call', name, operands };
}
