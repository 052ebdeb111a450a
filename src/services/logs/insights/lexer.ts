/** Words of a query. */
import { MalformedQuery } from './syntax.ts';

export type Token =
  | { readonly kind: 'word'; readonly text: string; readonly start: number; readonly end: number }
  | { readonly kind: 'field'; readonly text: string; readonly start: number; readonly end: number }
  | { readonly kind: 'string'; readonly text: string; readonly start: number; readonly end: number }
  | { readonly kind: 'number'; readonly text: string; readonly start: number; readonly end: number }
  | { readonly kind: 'symbol'; readonly text: string; readonly start: number; readonly end: number }
  | { readonly kind: 'end'; readonly text: ''; readonly start: number; readonly end: number };

const SPACE = /(?:\s+|#[^\n]*)*/y;
const WORD = /[@A-Za-z_][\w@]*(?:\.[\w@]+)*/y;
/** A number, or a length of time: `5m`. */
const NUMBER = /(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?[a-z]*/y;
const SYMBOL = /=~|!=|<=|>=|[()[\],|=<>+\-*/%^]/y;
const STRING = /"((?:[^"\\]|\\.)*)"|'((?:[^'\\]|\\.)*)'/sy;
const QUOTED_FIELD = /`([^`]+)`/y;
const REGEX = /\/((?:[^/\\]|\\.)+)\//y;

export class Lexer {
  readonly #text: string;
  #index = 0;

  constructor(text: string) {
    this.#text = text;
  }

  /** The next word, or the end. @throws MalformedQuery */
  next(): Token {
    this.#match(SPACE);
    const start = this.#index;
    if (start >= this.#text.length) return { kind: 'end', text: '', start, end: start };
    for (const [kind, pattern] of KINDS) {
      const found = this.#match(pattern);
      if (found === undefined) continue;
      const quoted = found[1] ?? found[2];
      const text = kind === 'string' ? unescape(quoted ?? '') : (quoted ?? found[0]);
      return { kind, text, start, end: this.#index };
    }
    const character = this.#text[start] ?? '';
    throw new MalformedQuery(`unexpected symbol found ${character} at line 1`, start, start + 1);
  }

  /** The expression between slashes that comes next, or nothing. */
  regex(): string | undefined {
    this.#match(SPACE);
    return this.#match(REGEX)?.[1]?.replaceAll('\\/', '/');
  }

  /** Goes back to before a word. */
  rewind({ start }: Token): void {
    this.#index = start;
  }

  /** The query's own words from one place to another. */
  between(start: number, end: number): string {
    return this.#text.slice(start, end).trim();
  }

  #match(pattern: RegExp): RegExpExecArray | undefined {
    pattern.lastIndex = this.#index;
    const found = pattern.exec(this.#text);
    if (found === null) return undefined;
    this.#index += found[0].length;
    return found;
  }
}

const KINDS: readonly (readonly [Exclude<Token['kind'], 'end'>, RegExp])[] = [
  ['string', STRING],
  ['field', QUOTED_FIELD],
  ['word', WORD],
  ['number', NUMBER],
  ['symbol', SYMBOL],
];

function unescape(text: string): string {
  return text.replaceAll(/\\(.)/gs, '$1');
}
