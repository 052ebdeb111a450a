/**
 * JSON's tokens with the positions that AWS tells in its errors: those of Jackson, the parser of AWS's rule engine.
 * I1 A position is where the parser stands, not where the token began: behind a token, but behind the opening
 * quote of a string that nobody has read yet, and behind the beginning of the value for a field's name.
 */

/** A pattern that AWS would refuse. The message is AWS's reason. */
export class PatternRefused extends Error {
  override readonly name = 'PatternRefused';
}

export interface Token {
  readonly kind: '{' | '}' | '[' | ']' | 'name' | 'string' | 'number' | 'literal' | 'end';
  /** The name or string unescaped; a number or literal as written. */
  readonly text: string;
  readonly start: number;
  readonly end: number;
}

const SNIPPET_CHARACTERS_MAX = 500;
const EXPECTED_VALUE = "JSON String, Number, Array, Object or token 'null', 'true' or 'false'";

export class PatternTokens {
  readonly #source: string;
  #at = 0;
  #peeked: Token | undefined;
  /** Closing brackets that are still to come. */
  readonly #open: ('}' | ']')[] = [];
  #expects: 'value' | 'first' | 'next' | 'field-value' = 'value';

  constructor(source: string) {
    this.#source = source;
  }

  /** @throws PatternRefused where the text is no JSON */
  next(): Token {
    const token = this.#peeked ?? this.#read();
    this.#peeked = undefined;
    return token;
  }

  /** The refusal of a token, where its text was read or not (I1). */
  refuse(message: string, token: Token, isTextRead = false): PatternRefused {
    return new PatternRefused(message + this.#location(this.#positionOf(token, isTextRead)));
  }

  /** A refusal that wraps another one: AWS's engine tells the position twice. */
  refuseAgain({ message }: PatternRefused, token: Token): PatternRefused {
    return this.refuse(message, token);
  }

  #positionOf(token: Token, isTextRead: boolean): number {
    if (token.kind === 'string' && !isTextRead) return token.start + 1;
    if (token.kind !== 'name') return token.end;
    this.#peeked ??= this.#read();
    return this.#positionOf(this.#peeked, false);
  }

  #location(offset: number): string {
    const before = this.#source.slice(0, offset);
    const line = before.split('\n').length;
    const column = offset - before.lastIndexOf('\n');
    const excess = this.#source.length - SNIPPET_CHARACTERS_MAX;
    const snippet = this.#source.slice(0, SNIPPET_CHARACTERS_MAX);
    const truncated = excess > 0 ? `[truncated ${excess} chars]` : '';
    return `\n at [Source: (String)"${snippet}"${truncated}; line: ${line}, column: ${column}]`;
  }

  #read(): Token {
    this.#skipSpace();
    const character = this.#source[this.#at];
    if (character === undefined) return this.#readEnd();
    const container = this.#open.at(-1);
    if (container !== undefined && character === container && this.#expects !== 'field-value') {
      this.#open.pop();
      this.#expects = 'next';
      return this.#punctuation(character);
    }
    if (container === undefined && this.#expects === 'next') {
      throw this.#unexpected('expected end of input');
    }
    if (this.#expects === 'next') this.#expectComma(container === '}' ? 'Object' : 'Array');
    if (container === '}' && this.#expects !== 'field-value') return this.#readName();
    return this.#readValue();
  }

  #readEnd(): Token {
    const position = this.#at;
    if (this.#open.length === 0 && this.#expects === 'next') {
      return { kind: 'end', text: '', start: position, end: position };
    }
    const container = this.#open.at(-1);
    const message =
      container === undefined
        ? 'No content to map due to end-of-input'
        : `Unexpected end-of-input: expected close marker for ${container === '}' ? 'Object' : 'Array'}`;
    throw new PatternRefused(message + this.#location(position));
  }

  #expectComma(container: string): void {
    if (this.#source[this.#at] !== ',') {
      throw this.#unexpected(`was expecting comma to separate ${container} entries`);
    }
    this.#at += 1;
    this.#skipSpace();
  }

  #readName(): Token {
    if (this.#source[this.#at] !== '"') {
      throw this.#unexpected('was expecting double-quote to start field name');
    }
    const token = this.#string('name');
    this.#skipSpace();
    if (this.#source[this.#at] !== ':') {
      throw this.#unexpected('was expecting a colon to separate field name and value');
    }
    this.#at += 1;
    this.#expects = 'field-value';
    return token;
  }

  #readValue(): Token {
    const character = this.#source[this.#at] ?? '';
    if (character === '{' || character === '[') {
      this.#open.push(character === '{' ? '}' : ']');
      this.#expects = 'first';
      return this.#punctuation(character);
    }
    this.#expects = 'next';
    if (character === '"') return this.#string('string');
    const rest = this.#source.slice(this.#at, this.#at + 400);
    const number = /^-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?/.exec(rest)?.[0];
    if (number !== undefined) return this.#word('number', number);
    const word = /^[\p{L}\p{N}_$]+/u.exec(rest)?.[0];
    if (word === undefined) throw this.#unexpected(`expected a valid value (${EXPECTED_VALUE})`);
    const token = this.#word('literal', word);
    if (['true', 'false', 'null'].includes(word)) return token;
    throw this.refuse(`Unrecognized token '${word}': was expecting (${EXPECTED_VALUE})`, token);
  }

  #punctuation(kind: '{' | '}' | '[' | ']'): Token {
    return this.#word(kind, kind);
  }

  #word(kind: Token['kind'], text: string): Token {
    const start = this.#at;
    this.#at += text.length;
    return { kind, text, start, end: this.#at };
  }

  #string(kind: 'name' | 'string'): Token {
    const start = this.#at;
    let end = start + 1;
    while (end < this.#source.length && this.#source[end] !== '"') {
      end += this.#source[end] === '\\' ? 2 : 1;
    }
    if (end >= this.#source.length) {
      const message = 'Unexpected end-of-input: was expecting closing quote for a string value';
      throw new PatternRefused(message + this.#location(this.#source.length));
    }
    this.#at = end + 1;
    const text = unquote(this.#source.slice(start, this.#at));
    if (text !== undefined) return { kind, text, start, end: this.#at };
    throw new PatternRefused(`Illegal character in a string value${this.#location(this.#at)}`);
  }

  #skipSpace(): void {
    while (/[ \t\r\n]/.test(this.#source[this.#at] ?? '')) this.#at += 1;
  }

  #unexpected(expectation: string): PatternRefused {
    const character = this.#source[this.#at] ?? '';
    const code = character.codePointAt(0) ?? 0;
    const message = `Unexpected character ('${character}' (code ${code})): ${expectation}`;
    return new PatternRefused(message + this.#location(this.#at));
  }
}

function unquote(quoted: string): string | undefined {
  try {
    const value: unknown = JSON.parse(quoted);
    return typeof value === 'string' ? value : undefined;
  } catch {
    return undefined;
  }
}
