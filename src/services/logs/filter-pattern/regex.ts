/**
 * The regular expressions of filter patterns: no groups, no back references. Matched by walking all states
 * at once, so that no expression takes longer than its length times the text's.
 * @see https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/regex-expressions.html
 */
import { isCharacter, RegexScanner, type CharacterTest } from '#kernel/regex/index.ts';
import { InvalidFilterPattern } from './invalid-filter-pattern.ts';

/** Copies that the counts `{n,m}` of one expression may make. */
const ELEMENTS_MAX = 2000;

interface Element {
  readonly test: CharacterTest;
  readonly isOptional: boolean;
  readonly isRepeated: boolean;
}

interface Alternative {
  readonly elements: readonly Element[];
  readonly isAnchoredAtStart: boolean;
  readonly isAnchoredAtEnd: boolean;
}

/**
 * Compiles an expression; the answer tells whether it is found in a text.
 * @throws InvalidFilterPattern
 */
export function compileRegex(expression: string): (text: string) => boolean {
  if (!/^[\w:#=@/;, \-^$?[\]{}|\\*+.]+$/.test(expression)) throw invalid();
  const alternatives = new RegexParser(expression).parse();
  return (text) => alternatives.some((alternative) => isFound(alternative, text));
}

function invalid(): InvalidFilterPattern {
  return new InvalidFilterPattern('Invalid filter pattern');
}

function isFound(
  { elements, isAnchoredAtStart, isAnchoredAtEnd }: Alternative,
  text: string,
): boolean {
  const end = elements.length;
  let states = enter(elements, new Set(), 0);
  for (let index = 0; index < text.length; index += 1) {
    if (states.has(end) && !isAnchoredAtEnd) return true;
    const next = new Set<number>();
    for (const state of states) {
      const element = elements[state];
      if (element?.test(text.charCodeAt(index)) !== true) continue;
      enter(elements, next, element.isRepeated ? state : state + 1);
    }
    states = isAnchoredAtStart ? next : enter(elements, next, 0);
    if (states.size === 0) return false;
  }
  return states.has(end);
}

/** Adds a state, and those behind what may be skipped. */
function enter(elements: readonly Element[], states: Set<number>, first: number): Set<number> {
  for (let state = first; !states.has(state); state += 1) {
    states.add(state);
    if (elements[state]?.isOptional !== true) break;
  }
  return states;
}

class RegexParser extends RegexScanner {
  #count = 0;

  parse(): Alternative[] {
    const alternatives = [this.#alternative()];
    while (this.take('|')) alternatives.push(this.#alternative());
    if (this.index < this.source.length) throw invalid();
    return alternatives;
  }

  #alternative(): Alternative {
    const elements: Element[] = [];
    const isAnchoredAtStart = this.take('^');
    while (this.index < this.source.length && !['|', '$'].includes(this.peek())) {
      elements.push(...this.#repeat(this.#atom()));
    }
    return { elements, isAnchoredAtStart, isAnchoredAtEnd: this.take('$') };
  }

  #atom(): CharacterTest {
    const character = this.peek();
    this.index += 1;
    if (character === '.') return () => true;
    if (character === '[') return this.set();
    if (character === '\\') return this.escape();
    if ('?*+{}]^'.includes(character)) throw invalid();
    return isCharacter(character);
  }

  protected escaped(character: string): CharacterTest {
    if (character !== 'x') return isCharacter(character);
    const code = this.hexadecimal(character);
    if (code === undefined) throw invalid();
    return (other) => other === code;
  }

  protected invalid(): InvalidFilterPattern {
    return invalid();
  }

  #repeat(test: CharacterTest): Element[] {
    const { min, max } = this.#quantifier();
    const required = Array.from({ length: min }, () => ({
      test,
      isOptional: false,
      isRepeated: false,
    }));
    const more =
      max === Infinity
        ? [{ test, isOptional: true, isRepeated: true }]
        : Array.from({ length: max - min }, () => ({ test, isOptional: true, isRepeated: false }));
    this.#count += required.length + more.length;
    if (this.#count > ELEMENTS_MAX) throw invalid();
    return [...required, ...more];
  }

  #quantifier(): { readonly min: number; readonly max: number } {
    if (this.take('?')) return { min: 0, max: 1 };
    if (this.take('*')) return { min: 0, max: Infinity };
    if (this.take('+')) return { min: 1, max: Infinity };
    if (this.peek() !== '{') return { min: 1, max: 1 };
    const [all, low, comma, high] =
      /^\{(\d{1,4})(,?)(\d{0,4})\}/.exec(this.source.slice(this.index)) ?? [];
    if (all === undefined) throw invalid();
    this.index += all.length;
    const min = Number(low);
    const max = comma === '' ? min : high === '' ? Infinity : Number(high);
    if (max < min || min > ELEMENTS_MAX || (max !== Infinity && max > ELEMENTS_MAX))
      throw invalid();
    return { min, max };
  }
}
