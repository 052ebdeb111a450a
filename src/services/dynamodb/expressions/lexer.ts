import { validation } from '../errors.ts';
import { TokenCursor } from '../token-cursor.ts';
import type { AwsError } from '#aws/errors.ts';

export type TokenKind =
  | 'name'
  | 'name-placeholder'
  | 'value-placeholder'
  | 'number'
  | 'symbol'
  | 'end';

export interface Token {
  readonly kind: TokenKind;
  readonly text: string;
  /** Where it begins and ends in the expression. */
  readonly start: number;
  readonly end: number;
}

const TOKEN =
  /([ \t\r\n]+)|([A-Za-z][A-Za-z0-9_]*)|(#[A-Za-z0-9_]+)|(:[A-Za-z0-9_]+)|(\d+)|(<>|<=|>=|[^])/guy;

const KINDS: readonly (TokenKind | undefined)[] = [
  undefined,
  undefined,
  'name',
  'name-placeholder',
  'value-placeholder',
  'number',
  'symbol',
];

/** The tokens of an expression. What no token begins with is a symbol for the parser to refuse. */
export function tokenize(expression: string): readonly Token[] {
  const tokens: Token[] = [];
  for (const match of expression.matchAll(TOKEN)) {
    const group = match.findIndex((text, index) => index > 0 && text !== undefined);
    const kind = KINDS[group];
    const start = match.index;
    if (kind) tokens.push({ kind, text: match[0], start, end: start + match[0].length });
  }
  return tokens;
}

/**
 * How deep parentheses, calls and NOT may lie in one another: more than an expression's operators
 * fill.
 */
const DEPTH_MAX = 400;

/** Where a parser stands in the tokens of one expression. */
export class TokenReader extends TokenCursor<Token> {
  readonly #expression: string;
  readonly #label: string;

  /** `label` is the parameter's name: `UpdateExpression`. */
  constructor(label: string, expression: string) {
    const { length } = expression;
    const end: Token = { kind: 'end', text: '<EOF>', start: length, end: length };
    const tokens = tokenize(expression);
    super({ tokens, end, wordKind: 'name', depthMax: DEPTH_MAX });
    this.#label = label;
    this.#expression = expression;
  }

  /** The error at the next token; `near` is the text from the token before to the one after. */
  unexpected(): AwsError {
    const token = this.peek();
    const previous = this.peek(-1);
    const before = previous.kind === 'end' ? token : previous;
    const after = token.kind === 'end' ? before : this.peek(1);
    const near = this.#expression.slice(before.start, after.kind === 'end' ? token.end : after.end);
    return this.error(`Syntax error; token: "${token.text}", near: "${near}"`);
  }

  error(message: string): AwsError {
    return validation(`Invalid ${this.#label}: ${message}`);
  }

  protected tooDeep(): AwsError {
    return this.unexpected();
  }
}
