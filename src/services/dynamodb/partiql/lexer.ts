import type { AwsError } from '#aws/errors.ts';
import { validation } from '../errors.ts';

export type TokenKind = 'word' | 'quoted' | 'string' | 'number' | 'symbol' | 'end';

/** A token; quotes are gone from its text. */
export interface Token {
  readonly kind: TokenKind;
  readonly text: string;
}

const TOKEN =
  /(\s+)|([A-Za-z_$][\w$]*)|"((?:[^"]|"")*)"|'((?:[^']|'')*)'|(\d+(?:\.\d*)?(?:[eE][+-]?\d+)?|\.\d+(?:[eE][+-]?\d+)?)|(<<|>>|<>|!=|<=|>=|[^])/guy;

const END: Token = { kind: 'end', text: '' };

/** How deep parentheses, lists and maps may lie in one another. */
const DEPTH_MAX = 100;

/** AWS's refusal of a statement. */
export function notWellFormed(detail: string): AwsError {
  return validation(`Statement wasn't well formed, can't be processed: ${detail}`);
}

function tokenize(statement: string): readonly Token[] {
  const tokens: Token[] = [];
  for (const [, space, word, quoted, string, number, symbol] of statement.matchAll(TOKEN)) {
    if (space !== undefined) continue;
    if (word !== undefined) tokens.push({ kind: 'word', text: word });
    else if (quoted !== undefined) {
      tokens.push({ kind: 'quoted', text: quoted.replaceAll('""', '"') });
    } else if (string !== undefined) {
      tokens.push({ kind: 'string', text: string.replaceAll("''", "'") });
    } else if (number !== undefined) tokens.push({ kind: 'number', text: number });
    else tokens.push({ kind: 'symbol', text: symbol ?? '' });
  }
  return tokens;
}

/** Where a parser stands in the tokens of one statement. */
export class StatementReader {
  readonly #tokens: readonly Token[];
  #index = 0;
  #depth = 0;

  constructor(statement: string) {
    this.#tokens = tokenize(statement);
  }

  /** The token `ahead` of the next one. */
  peek(ahead = 0): Token {
    return this.#tokens[this.#index + ahead] ?? END;
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

  /** True where the next token is the keyword, in upper or lower case. */
  isWord(word: string, ahead = 0): boolean {
    const token = this.peek(ahead);
    return token.kind === 'word' && token.text.toUpperCase() === word;
  }

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

  /**
   * Parses one level deeper.
   * @throws ValidationException where that is too deep
   */
  nested<T>(parse: () => T): T {
    this.#depth += 1;
    if (this.#depth > DEPTH_MAX) throw notWellFormed('Nesting is too deep');
    const parsed = parse();
    this.#depth -= 1;
    return parsed;
  }

  unexpected(): AwsError {
    const { kind } = this.peek();
    return notWellFormed(kind === 'end' ? 'Unexpected end of statement' : 'Unexpected term');
  }
}
