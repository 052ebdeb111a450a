import { InvalidFilterPattern } from './invalid-filter-pattern.ts';

/** Reads a pattern from left to right. */
export class Scanner {
  readonly #text: string;
  #index = 0;

  constructor(text: string) {
    this.#text = text;
  }

  get isAtEnd(): boolean {
    return this.#index >= this.#text.length;
  }

  skipSpace(): void {
    this.match(/\s*/y);
  }

  /** Takes a literal text if it is next. */
  take(literal: string): boolean {
    if (!this.#text.startsWith(literal, this.#index)) return false;
    this.#index += literal.length;
    return true;
  }

  /** Takes what a sticky expression finds here: its first group where it has one, else all of it. */
  match(expression: RegExp): string | undefined {
    expression.lastIndex = this.#index;
    const found = expression.exec(this.#text);
    if (found === null) return undefined;
    this.#index = expression.lastIndex;
    return found[1] ?? found[0];
  }

  /** What a sticky expression would take here. */
  peek(expression: RegExp): string | undefined {
    const index = this.#index;
    const found = this.match(expression);
    this.#index = index;
    return found;
  }

  /** Takes a `"phrase"`, whose `\"` is a quotation mark. */
  quoted(): string | undefined {
    if (!this.take('"')) return undefined;
    const text = this.match(/((?:[^"\\]|\\[^])*)"/y);
    if (text === undefined) throw this.error();
    return text.replace(/\\(["\\])/g, '$1');
  }

  /** Takes a `%regular expression%`; only what is between. */
  regex(): string | undefined {
    if (!this.take('%')) return undefined;
    const text = this.match(/([^%]+)%/y);
    if (text === undefined) throw this.error();
    return text;
  }

  error(): InvalidFilterPattern {
    return new InvalidFilterPattern('Invalid filter pattern');
  }
}
