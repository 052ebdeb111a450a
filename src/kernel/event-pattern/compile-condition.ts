/** One match expression, `{"prefix": "a"}`, with the reasons for which AWS refuses it. */
import { parseCidr } from './address-range.ts';
import type { Condition, NumericBound, PatternDialect, TextCondition } from './pattern.ts';
import { PatternRefused, type PatternTokens, type Token } from './tokens.ts';
import { checkWildcard } from './wildcard.ts';

const ONE_KEY = 'Only one key allowed in match expression';

/**
 * Parses behind `{`.
 * @throws PatternRefused
 */
export function parseCondition(tokens: PatternTokens, dialect: PatternDialect): Condition {
  const name = tokens.next();
  if (name.kind !== 'name') throw tokens.refuse('Match expression name not found', name);
  switch (name.text) {
    case 'exactly':
      return parseEquals(tokens);
    case 'prefix':
    case 'suffix':
      return parseAffix(tokens, name.text);
    case 'equals-ignore-case':
    case 'wildcard':
      return textCondition(
        name.text,
        readText(tokens, `${name.text} match pattern must be a string`),
      );
    case 'cidr':
      return {
        kind: 'cidr',
        range: parseCidr(readText(tokens, 'prefix match pattern must be a string')),
      };
    case 'numeric':
      return parseNumeric(tokens);
    case 'exists':
      return parseExists(tokens);
    case 'anything-but':
      return parseAnythingBut(tokens, dialect);
    default:
      throw tokens.refuse(`Unrecognized match type ${name.text}`, name);
  }
}

/** A string and the end of its object. */
function readText(tokens: PatternTokens, refusal: string): string {
  const token = tokens.next();
  if (token.kind !== 'string') throw tokens.refuse(refusal, token);
  expectEnd(tokens);
  return token.text;
}

function expectEnd(tokens: PatternTokens, refusal = ONE_KEY): void {
  const token = tokens.next();
  if (token.kind !== '}') throw tokens.refuse(refusal, token);
}

function parseEquals(tokens: PatternTokens): Condition {
  return { kind: 'equals', value: readText(tokens, 'exact match pattern must be a string') };
}

function textCondition(kind: TextCondition['kind'], text: string): TextCondition {
  if (kind === 'wildcard') checkWildcard(text);
  const ignoresCase = kind === 'equals-ignore-case';
  return { kind, text: ignoresCase ? text.toLowerCase() : text, ignoresCase };
}

/** `{"prefix": "a"}` or `{"prefix": {"equals-ignore-case": "a"}}`. */
function parseAffix(tokens: PatternTokens, kind: 'prefix' | 'suffix'): Condition {
  const refusal = `${kind} match pattern must be a string`;
  const token = tokens.next();
  if (token.kind === 'string') {
    expectEnd(tokens);
    return textCondition(kind, token.text);
  }
  if (token.kind !== '{') throw tokens.refuse(refusal, token);
  const name = tokens.next();
  if (name.kind !== 'name' || name.text !== 'equals-ignore-case') {
    throw tokens.refuse(`Unsupported ${kind} pattern: ${name.text}`, name);
  }
  const text = readText(tokens, 'equals-ignore-case match pattern must be a string');
  expectEnd(tokens);
  return { kind, text: text.toLowerCase(), ignoresCase: true };
}

function parseExists(tokens: PatternTokens): Condition {
  const token = tokens.next();
  if (token.text !== 'true' && token.text !== 'false') {
    throw tokens.refuse('exists match pattern must be either true or false.', token);
  }
  expectEnd(tokens);
  return { kind: 'exists', isPresent: token.text === 'true' };
}

const TOO_MANY = 'Too many elements in numeric expression';

function parseNumeric(tokens: PatternTokens): Condition {
  const list = tokens.next();
  if (list.kind !== '[') throw tokens.refuse('Value of numeric must be an array.', list);
  const first = tokens.next();
  if (first.kind !== 'string') {
    throw tokens.refuse(`Invalid member in numeric match: ${first.text}`, first, true);
  }
  const lower = readBound(tokens, first, 'Unrecognized numeric range operator: ');
  const bounds = [lower];
  let token = tokens.next();
  if (token.kind !== ']') {
    if (lower.operator !== '>' && lower.operator !== '>=') throw tokens.refuse(TOO_MANY, token);
    const upper = readUpperBound(tokens, token);
    bounds.push(upper);
    token = tokens.next();
    if (token.kind !== ']') {
      throw tokens.refuse('Too many terms in numeric range expression', token);
    }
    if (lower.value >= upper.value) throw tokens.refuse('Bottom must be less than top', token);
  }
  expectEnd(tokens, TOO_MANY);
  return { kind: 'numeric', bounds };
}

function readUpperBound(tokens: PatternTokens, token: Token): NumericBound {
  if (token.kind !== 'string') {
    throw tokens.refuse(`Bad value in numeric range: ${token.text}`, token, true);
  }
  if (token.text !== '<' && token.text !== '<=') {
    throw tokens.refuse(`Bad numeric range operator: ${token.text}`, token, true);
  }
  return readBound(tokens, token, 'Bad numeric range operator: ');
}

const OPERATORS: readonly string[] = ['=', '<', '<=', '>', '>='];

function readBound(tokens: PatternTokens, operator: Token, refusal: string): NumericBound {
  const value = tokens.next();
  if (!OPERATORS.includes(operator.text)) {
    throw tokens.refuse(`${refusal}${operator.text}`, value);
  }
  if (value.kind !== 'number') {
    const name = operator.text === '=' ? 'equals' : operator.text;
    throw tokens.refuse(`Value of ${name} must be numeric`, value);
  }
  return {
    // One of OPERATORS, as was just checked.
    operator: operator.text as NumericBound['operator'],
    value: Number(value.text),
  };
}

const ANYTHING_BUT_VALUE = 'Value of anything-but must be an array or single string/number value.';

function parseAnythingBut(tokens: PatternTokens, dialect: PatternDialect): Condition {
  const token = tokens.next();
  if (token.kind === '{') return parseAnythingButObject(tokens, dialect);
  if (token.kind === '[') {
    const { conditions, end } = readList(tokens, (value) => {
      if (value.kind === 'string' || value.kind === 'number') return equalsOf(value);
      const message = 'Inside anything but list, start|null|boolean is not supported.';
      throw tokens.refuse(message, value);
    });
    if (!areOfOneType(conditions)) throw tokens.refuse(MIXED_TYPES, end);
    expectEnd(tokens, TOO_MANY);
    return { kind: 'anything-but', conditions };
  }
  if (token.kind !== 'string' && token.kind !== 'number') {
    throw tokens.refuse(ANYTHING_BUT_VALUE, token);
  }
  expectEnd(tokens, TOO_MANY);
  return { kind: 'anything-but', conditions: [equalsOf(token)] };
}

function equalsOf(token: Token): Condition {
  return { kind: 'equals', value: token.kind === 'number' ? Number(token.text) : token.text };
}

const MIXED_TYPES =
  'Inside anything but list, either all values are number or string, mixed type is not supported';

/** False for an empty list, which AWS refuses in the same words. */
function areOfOneType(conditions: readonly Condition[]): boolean {
  const types = conditions.map((condition) => typeof ('value' in condition && condition.value));
  return new Set(types).size === 1;
}

/** A list's values; AWS tells the position of a refused one twice. */
function readList(tokens: PatternTokens, read: (token: Token) => Condition): ConditionList {
  const conditions: Condition[] = [];
  for (let token = tokens.next(); ; token = tokens.next()) {
    if (token.kind === ']') return { conditions, end: token };
    try {
      conditions.push(read(token));
    } catch (error) {
      throw error instanceof PatternRefused ? tokens.refuseAgain(error, token) : error;
    }
  }
}

interface ConditionList {
  readonly conditions: readonly Condition[];
  readonly end: Token;
}

const NESTED: Readonly<Record<PatternDialect, readonly string[]>> = {
  eventbridge: ['prefix', 'suffix', 'equals-ignore-case', 'wildcard'],
  sns: ['prefix'],
};

/** `{"anything-but": {"suffix": ".txt"}}`, or a list of suffixes. */
function parseAnythingButObject(tokens: PatternTokens, dialect: PatternDialect): Condition {
  const name = tokens.next();
  if (name.kind !== 'name') throw tokens.refuse('Anything-But expression name not found', name);
  if (!NESTED[dialect].includes(name.text)) {
    throw tokens.refuse(`Unsupported anything-but pattern: ${name.text}`, name);
  }
  // One of NESTED, as was just checked.
  const kind = name.text as TextCondition['kind'];
  const first = tokens.next();
  if (first.kind === '{') throw tokens.refuse(ANYTHING_BUT_VALUE, first);
  const read = (token: Token): Condition => {
    if (token.kind !== 'string') throw tokens.refuse(nestedRefusal(kind, dialect), token);
    if (token.text === '' && (kind === 'prefix' || kind === 'suffix')) {
      throw tokens.refuse('Null prefix/suffix not allowed', token, true);
    }
    return textCondition(kind, token.text);
  };
  const conditions = first.kind === '[' ? readList(tokens, read).conditions : [read(first)];
  expectEnd(tokens);
  expectEnd(tokens);
  return { kind: 'anything-but', conditions };
}

function nestedRefusal(kind: TextCondition['kind'], dialect: PatternDialect): string {
  if (kind === 'wildcard') return 'wildcard match pattern must be a string';
  if (kind === 'equals-ignore-case') {
    return 'Inside anything-but/equals-ignore-case list, number|start|null|boolean is not supported.';
  }
  return `${dialect === 'sns' ? 'prefix' : 'prefix/suffix'} match pattern must be a string`;
}
