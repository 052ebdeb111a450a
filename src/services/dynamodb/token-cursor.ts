import type { AwsError } from '#aws/errors.ts';

export interface CursorOptions<T> {
  /** In order, without the end. */
  readonly tokens: readonly T[];
  /** What stands behind the last token. */
  readonly end: T;
  /** The kind of tokens that keywords are. */
  readonly wordKind: string;
  /** How deep parentheses, calls, lists and maps may lie in one another. */
  readonly depthMax: number;
}

/** Where a parser stands in the tokens of one text; a language says what its errors are. */
export abstract class TokenCursor<T extends { readonly kind: string; readonly text: string }> {
  readonly #options: CursorOptions<T>;
  #index = 0;
  #depth = 0;

  constructor(options: CursorOptions<T>) {
    this.#options = options;
  }

  /** The error at the next token. */
  abstract unexpected(): AwsError;

  /** The error of what lies too deep. */
  protected abstract tooDeep(): AwsError;

  /** The token `ahead` of the next one; before it where that is negative. */
  peek(ahead = 0): T {
    return this.#options.tokens[this.#index + ahead] ?? this.#options.end;
  }

  take(): T {
    const token = this.peek();
    this.#index += 1;
    return token;
  }

  isSymbol(text: string, ahead = 0): boolean {
    const token = this.peek(ahead);
    return token.kind === 'symbol' && token.text === text;
  }

  /** True where the token is the word, in upper or lower case. */
  isWord(word: string, ahead = 0): boolean {
    const token = this.peek(ahead);
    return token.kind === this.#options.wordKind && token.text.toUpperCase() === word;
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
    if (!this.skipSymbol(text)) throw this.unexpected();
  }

  /** @throws ValidationException where another token is next */
  expectWord(word: string): void {
    if (!this.skipWord(word)) throw this.unexpected();
  }

  /** Reads one level deeper. @throws ValidationException where that is too deep */
  nested<Read>(read: () => Read): Read {
    if (this.#depth >= this.#options.depthMax) throw this.tooDeep();
    this.#depth += 1;
    const result = read();
    this.#depth -= 1;
    return result;
  }
}
