/** What the two regular expressions of CloudWatch Logs, filter patterns' and Insights', read alike: characters and sets. */

export type CharacterTest = (code: number) => boolean;

const CLASSES: Readonly<Record<string, RegExp>> = {
  d: /\d/,
  D: /\D/,
  s: /\s/,
  S: /\S/,
  w: /\w/,
  W: /\W/,
};

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
    const range = /^([^\\\]])-([^\\\]])/.exec(this.source.slice(this.index));
    if (range !== null) {
      this.index += 3;
      const [low = 0, high = 0] = [range[1]?.charCodeAt(0), range[2]?.charCodeAt(0)];
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
