/** What the dialects of regular expressions read alike: characters and sets. */

export type CharacterTest = (code: number) => boolean;

const CLASSES: Readonly<Record<string, RegExp>> = {
  d: /\d/,
  D: /\D/,
  s: /\s/,
  S: /\S/,
  w: /\w/,
  W: /\W/,
};

const HEXADECIMAL: Readonly<Record<string, RegExp>> = { x: /^[\dA-Fa-f]{2}/, u: /^[\dA-Fa-f]{4}/ };
/** `a-z` or `\\x20-\\x7e`. */
const RANGE =
  /^([^\\\]]|\\x[\dA-Fa-f]{2}|\\u[\dA-Fa-f]{4})-([^\\\]]|\\x[\dA-Fa-f]{2}|\\u[\dA-Fa-f]{4})/;

/** Where a parser stands in an expression; a dialect says which escapes it has and what its errors are. */
export abstract class RegexScanner {
  protected readonly source: string;
  protected index = 0;

  constructor(source: string) {
    this.source = source;
  }

  /** What `\\` and this character, which is read already, mean, where they are no class. */
  protected abstract escaped(character: string): CharacterTest;

  /** The error, in the dialect's own words. */
  protected abstract invalid(why: string): Error;

  /** The next character; empty at the end. */
  protected peek(): string {
    return this.source[this.index] ?? '';
  }

  /** Takes the text if it is next. */
  protected take(text: string): boolean {
    if (!this.source.startsWith(text, this.index)) return false;
    this.index += text.length;
    return true;
  }

  /** What follows a backslash. */
  protected escape(): CharacterTest {
    const character = this.peek();
    if (character === '') throw this.invalid('\\ at end of pattern');
    this.index += 1;
    const known = CLASSES[character];
    if (known !== undefined) return (code) => known.test(String.fromCharCode(code));
    return this.escaped(character);
  }

  /** The code that `\\xHH` or `\\uHHHH` stands for, whose letter is read already. */
  protected hexadecimal(letter: string): number | undefined {
    const digits = HEXADECIMAL[letter]?.exec(this.source.slice(this.index))?.[0];
    if (digits === undefined) return undefined;
    this.index += digits.length;
    return Number.parseInt(digits, 16);
  }

  /** What follows `[`, to the `]`. */
  protected set(): CharacterTest {
    const isNegated = this.take('^');
    const tests: CharacterTest[] = [];
    while (!this.take(']')) {
      if (this.index >= this.source.length) throw this.invalid('unterminated character class');
      tests.push(this.#setMember());
    }
    return (code) => tests.some((test) => test(code)) !== isNegated;
  }

  #setMember(): CharacterTest {
    const range = RANGE.exec(this.source.slice(this.index));
    if (range !== null) {
      this.index += range[0].length;
      const [low, high] = [codeOf(range[1]), codeOf(range[2])];
      return (code) => code >= low && code <= high;
    }
    const character = this.peek();
    this.index += 1;
    return character === '\\' ? this.escape() : isCharacter(character);
  }
}

/** Tests for one character. */
export function isCharacter(character: string): CharacterTest {
  const code = character.charCodeAt(0);
  return (other) => other === code;
}

/** A character of a range, written as itself or by its code. */
function codeOf(text = ''): number {
  return text.length === 1 ? text.charCodeAt(0) : Number.parseInt(text.slice(2), 16);
}
