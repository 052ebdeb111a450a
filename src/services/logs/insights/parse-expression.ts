/** Reads expressions: by the strength of their operators, the weakest first. */
import { FUNCTIONS } from './functions.ts';
import { Lexer } from './lexer.ts';
import type { Token } from './lexer.ts';
import { InvalidRegex, compileRegex } from '#kernel/regex/index.ts';
import type { Regex } from '#kernel/regex/index.ts';
import { AGGREGATES } from './statistics.ts';
import { MalformedQuery } from './syntax.ts';
import type { Expression } from './syntax.ts';

/** Parentheses in parentheses, so that no query exhausts the stack. */
const DEPTH_MAX = 50;

const COMPARISONS: readonly string[] = ['=', '!=', '<', '<=', '>', '>='];

export class ExpressionParser {
  readonly #lexer: Lexer;
  #token: Token;
  #lastEnd = 0;
  #depth = 0;

  constructor(text: string) {
    this.#lexer = new Lexer(text);
    this.#token = this.#lexer.next();
  }

  peek(): Token {
    return this.#token;
  }

  take(): Token {
    const token = this.#token;
    this.#lastEnd = token.end;
    this.#token = this.#lexer.next();
    return token;
  }

  takeWord(word: string): boolean {
    if (this.#token.kind !== 'word' || this.#token.text.toLowerCase() !== word) return false;
    this.take();
    return true;
  }

  takeSymbol(symbol: string): boolean {
    if (this.#token.kind !== 'symbol' || this.#token.text !== symbol) return false;
    this.take();
    return true;
  }

  /** The expression between slashes that comes next, or nothing. */
  regex(): string | undefined {
    if (this.#token.text !== '/') return undefined;
    this.#lexer.rewind(this.#token);
    const source = this.#lexer.regex();
    if (source === undefined) throw this.unexpected();
    this.#token = this.#lexer.next();
    return source;
  }

  textSince(start: number): string {
    return this.#lexer.between(start, this.#lastEnd);
  }

  expectEnd(): void {
    if (this.#token.kind !== 'end') throw this.unexpected();
  }

  unexpected(): MalformedQuery {
    const { text, start, end } = this.#token;
    const found = text === '' ? '<EOF>' : text;
    return new MalformedQuery(
      `unexpected symbol found ${found} at line 1 and position ${start}`,
      start,
      end,
    );
  }

  /** A name that is given: `as name`. */
  name(): string {
    const { kind, text } = this.#token;
    if (kind !== 'word' && kind !== 'field') throw this.unexpected();
    this.take();
    return text;
  }

  expression(): Expression {
    this.#depth += 1;
    if (this.#depth > DEPTH_MAX) throw this.unexpected();
    let left = this.#conjunction();
    while (this.takeWord('or')) left = binary('or', left, this.#conjunction());
    this.#depth -= 1;
    return left;
  }

  #conjunction(): Expression {
    let left = this.#negation();
    while (this.takeWord('and')) left = binary('and', left, this.#negation());
    return left;
  }

  #negation(): Expression {
    let isNegated = false;
    while (this.takeWord('not')) isNegated = !isNegated;
    const operand = this.#comparison();
    return isNegated ? { kind: 'not', operand } : operand;
  }

  #comparison(): Expression {
    const left = this.#sum();
    const { kind, text } = this.#token;
    if (kind === 'symbol' && COMPARISONS.includes(text)) {
      this.take();
      return binary(text, left, this.#sum());
    }
    if (this.takeSymbol('=~')) return { kind: 'like', operand: left, pattern: this.#pattern() };
    const isNegated = this.takeWord('not');
    let found: Expression | undefined;
    if (this.takeWord('like')) found = { kind: 'like', operand: left, pattern: this.#pattern() };
    else if (this.takeWord('in')) found = { kind: 'in', operand: left, list: this.#members() };
    if (isNegated && found === undefined) throw this.unexpected();
    if (found === undefined) return left;
    return isNegated ? { kind: 'not', operand: found } : found;
  }

  #pattern(): Regex | string {
    const { start, end } = this.#token;
    const source = this.regex();
    if (source === undefined) {
      if (this.#token.kind !== 'string') throw this.unexpected();
      return this.take().text;
    }
    try {
      return compileRegex(source);
    } catch (error) {
      if (!(error instanceof InvalidRegex)) throw error;
      throw new MalformedQuery(`invalid regular expression: ${error.message}`, start, end);
    }
  }

  #members(): Expression[] {
    if (!this.takeSymbol('[')) throw this.unexpected();
    const members: Expression[] = [];
    while (!this.takeSymbol(']')) {
      if (members.length > 0 && !this.takeSymbol(',')) throw this.unexpected();
      members.push(this.#sum());
    }
    return members;
  }

  #sum(): Expression {
    let left = this.#product();
    for (;;) {
      if (this.takeSymbol('+')) left = binary('+', left, this.#product());
      else if (this.takeSymbol('-')) left = binary('-', left, this.#product());
      else return left;
    }
  }

  #product(): Expression {
    let left = this.#power();
    for (;;) {
      const { kind, text } = this.#token;
      if (kind !== 'symbol' || !['*', '/', '%'].includes(text)) return left;
      this.take();
      left = binary(text, left, this.#power());
    }
  }

  #power(): Expression {
    const base = this.primary();
    return this.takeSymbol('^') ? binary('^', base, this.primary()) : base;
  }

  /** A value, a field, a call or what stands in parentheses. */
  primary(): Expression {
    if (this.takeSymbol('(')) {
      const inner = this.expression();
      if (!this.takeSymbol(')')) throw this.unexpected();
      return inner;
    }
    if (this.takeSymbol('-')) return binary('-', { kind: 'literal', value: 0 }, this.primary());
    const { kind, text, start, end } = this.#token;
    if (kind === 'end' || kind === 'symbol') throw this.unexpected();
    this.take();
    if (kind === 'string') return { kind: 'literal', value: text };
    if (kind === 'number')
      return { kind: 'literal', value: /[a-df-z]$/.test(text) ? text : Number(text) };
    if (kind === 'word' && this.takeSymbol('(')) {
      const name = text.toLowerCase();
      if (!Object.hasOwn(FUNCTIONS, name) && !Object.hasOwn(AGGREGATES, name)) {
        throw new MalformedQuery(`Unknown function: ${text}`, start, end);
      }
      return { kind: 'call', name, arguments: this.#arguments() };
    }
    return { kind: 'field', name: text };
  }

  #arguments(): Expression[] {
    const given: Expression[] = [];
    // `count(*)` counts everything.
    if (this.takeSymbol('*')) {
      if (!this.takeSymbol(')')) throw this.unexpected();
      return given;
    }
    while (!this.takeSymbol(')')) {
      if (given.length > 0 && !this.takeSymbol(',')) throw this.unexpected();
      given.push(this.expression());
    }
    return given;
  }
}

function binary(operator: string, left: Expression, right: Expression): Expression {
  return { kind: 'binary', operator, left, right };
}
