import { validation } from '../errors.ts';
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

/**
 * The tokens of an expression, one of kind `end` last. What no token begins with is a symbol for
 * the parser to refuse.
 */
export function tokenize(expression: string): readonly Token[] {
  const tokens: Token[] = [];
  for (const match of expression.matchAll(TOKEN)) {
    const group = match.findIndex((text, index) => index > 0 && text !== undefined);
    const kind = KINDS[group];
    const start = match.index;
    if (kind) tokens.push({ kind, text: match[0], start, end: start + match[0].length });
  }
  tokens.push({ kind: 'end', text: '<EOF>', start: expression.length, end: expression.length });
  return tokens;
}

/**
 * How deep parentheses, calls and NOT may lie in one another: more than an expression's operators
 * fill.
 */
const DEPTH_MAX = 400;

/** Where a parser stands in the tokens of one expression. */
export class TokenReader {
  readonly #expression: string;
  readonly #tokens: readonly Token[];
  readonly #label: string;
  #index = 0;
  #depth = 0;

  /** `label` is the parameter's name: `UpdateExpression`. */
  constructor(label: string, expression: string) {
    this.#label = label;
    this.#expression = expression;
    this.#tokens = tokenize(expression);
  }

  /** The token `ahead` of the next one. */
  peek(ahead = 0): Token {
    return this.#tokens[this.#index + ahead] ?? this.#end();
  }

  take(): Token {
    const token = this.peek();
    this.#index += 1;
    return token;
  }

  isSymbol(text: string, ahead = 0): boolean {
    const token = this.peek(ahead);
    return token.kind === 'symbol' && token.text === text;
  }

  /** True where the next token is the word, in upper or lower case. */
  isWord(word: string): boolean {
    const token = this.peek();
    return token.kind === 'name' && token.text.toUpperCase() === word;
  }

  /** Takes the symbol if it is next. */
  skipSymbol(text: string): boolean {
    if (!this.isSymbol(text)) return false;
    this.#index += 1;
    return true;
  }

  skipWord(word: string): boolean {
    if (!this.isWord(word)) return false;
    this.#index += 1;
    return true;
  }

  /** @throws ValidationException where another token is next */
  expectSymbol(text: string): void {
    if (!this.skipSymbol(text)) throw this.syntaxError();
  }

  expectWord(word: string): void {
    if (!this.skipWord(word)) throw this.syntaxError();
  }

  /** Reads one level deeper. @throws ValidationException where that is too deep */
  nested<T>(read: () => T): T {
    if (this.#depth >= DEPTH_MAX) throw this.syntaxError();
    this.#depth += 1;
    const result = read();
    this.#depth -= 1;
    return result;
  }

  /** The error at the next token; `near` is the text from the token before to the one after. */
  syntaxError(): AwsError {
    const token = this.peek();
    const before = this.#tokens[this.#index - 1] ?? token;
    const after = token.kind === 'end' ? before : this.peek(1);
    const near = this.#expression.slice(before.start, after.kind === 'end' ? token.end : after.end);
    return this.error(`Syntax error; token: "${token.text}", near: "${near}"`);
  }

  error(message: string): AwsError {
    return validation(`Invalid ${this.#label}: ${message}`);
  }

  #end(): Token {
    const { length } = this.#expression;
    return { kind: 'end', text: '<EOF>', start: length, end: length };
  }
}
