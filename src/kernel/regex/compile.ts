/**
 * Regular expressions with groups, matched by walking all states at once: no expression takes longer than its
 * length times the text's, whatever it says. Back references and look-behind are not known; look-ahead where it is asked
 * for, at the price of the text's length once more.
 */
import { isCharacter, RegexScanner, type CharacterTest } from './scanner.ts';

export interface Regex {
  /** How many instructions it has; a match takes at most as many steps for each character. */
  readonly size: number;
  /** True where it looks ahead: a match then takes that for each pair of characters. */
  readonly looksAhead: boolean;
  /** Names of the groups that have one, in order. */
  readonly groupNames: readonly string[];
  /** What the groups hold, the whole match first; `undefined` where the text has no match. */
  match(text: string): readonly (string | undefined)[] | undefined;
}

export class InvalidRegex extends Error {
  override readonly name = 'InvalidRegex';
}

type Instruction =
  | { readonly kind: 'character'; readonly test: CharacterTest }
  | { readonly kind: 'split'; readonly first: number; readonly second: number }
  | { readonly kind: 'jump'; readonly to: number }
  | { readonly kind: 'save'; readonly slot: number }
  | { readonly kind: 'assert'; readonly holds: (text: string, index: number) => boolean }
  | { readonly kind: 'match' };

/** Instructions that one expression may become. */
const INSTRUCTIONS_MAX = 3000;

/**
 * Compiles an expression.
 * @param knowsLookahead whether `(?=…)` and `(?!…)` are known, not in one another
 * @throws InvalidRegex
 */
export function compileRegex(source: string, knowsLookahead = false): Regex {
  const { program, ...rest } = new Compiler(source, knowsLookahead).compile();
  return { ...rest, match: (text) => run(program, text) };
}

interface Thread {
  readonly at: number;
  readonly slots: readonly (number | undefined)[];
}

/** @param only where the match has to begin; anywhere where nothing is said */
function run(
  program: readonly Instruction[],
  text: string,
  only?: number,
): readonly (string | undefined)[] | undefined {
  let threads: Thread[] = [];
  let matched: Thread | undefined;
  for (let index = only ?? 0; index <= text.length; index += 1) {
    // A later start is worth less than what has begun, and nothing once there is a match.
    if (matched === undefined && (only ?? index) === index) threads.push({ at: 0, slots: [] });
    const open = follow(program, threads, text, index);
    threads = [];
    for (const thread of open) {
      const instruction = program[thread.at];
      if (instruction?.kind === 'match') {
        matched = thread;
        break; // Those behind it are worth less.
      }
      const isTaken =
        instruction?.kind === 'character' &&
        index < text.length &&
        instruction.test(text.charCodeAt(index));
      if (isTaken) threads.push({ at: thread.at + 1, slots: thread.slots });
    }
    if ((matched !== undefined || only !== undefined) && threads.length === 0) break;
  }
  return matched && groupsOf(text, matched.slots);
}

/** The threads that stand at a character or at the end, in order of their worth. */
function follow(
  program: readonly Instruction[],
  threads: readonly Thread[],
  text: string,
  index: number,
): Thread[] {
  const seen = new Set<number>();
  const open: Thread[] = [];
  const stack = [...threads].reverse();
  for (let thread = stack.pop(); thread !== undefined; thread = stack.pop()) {
    const { at, slots } = thread;
    if (seen.has(at)) continue;
    seen.add(at);
    const instruction = program[at];
    if (instruction === undefined) continue;
    if (instruction.kind === 'jump') stack.push({ at: instruction.to, slots });
    else if (instruction.kind === 'split') {
      stack.push({ at: instruction.second, slots }, { at: instruction.first, slots });
    } else if (instruction.kind === 'save') {
      const saved = [...slots];
      saved[instruction.slot] = index;
      stack.push({ at: at + 1, slots: saved });
    } else if (instruction.kind === 'assert') {
      if (instruction.holds(text, index)) stack.push({ at: at + 1, slots });
    } else open.push(thread);
  }
  return open;
}

function groupsOf(
  text: string,
  slots: readonly (number | undefined)[],
): readonly (string | undefined)[] {
  return Array.from({ length: Math.ceil(slots.length / 2) }, (_, group) => {
    const [from, to] = [slots[2 * group], slots[2 * group + 1]];
    return from === undefined || to === undefined ? undefined : text.slice(from, to);
  });
}

const CONTROLS: Readonly<Record<string, string>> = { n: '\n', r: '\r', t: '\t', f: '\f', v: '\v' };

/** Writes the program while it reads the expression. */
class Compiler extends RegexScanner {
  readonly #program: Instruction[] = [];
  readonly #groupNames: string[] = [];
  #groups = 1;
  #ignoresCase = false;
  #size = 0;
  #looksAhead = false;
  #knowsLookahead: boolean;

  constructor(source: string, knowsLookahead: boolean) {
    super(source);
    this.#knowsLookahead = knowsLookahead;
  }

  compile(): Omit<Regex, 'match'> & { readonly program: readonly Instruction[] } {
    if (this.take('(?i)')) this.#ignoresCase = true;
    this.#emit({ kind: 'save', slot: 0 });
    this.#alternation();
    if (this.index < this.source.length) throw new InvalidRegex('unmatched )');
    this.#emit({ kind: 'save', slot: 1 });
    this.#emit({ kind: 'match' });
    return {
      program: this.#program,
      groupNames: this.#groupNames,
      size: this.#size + this.#program.length,
      looksAhead: this.#looksAhead,
    };
  }

  #emit(instruction: Instruction): number {
    if (this.#program.length >= INSTRUCTIONS_MAX) throw new InvalidRegex('too long');
    return this.#program.push(instruction) - 1;
  }

  #alternation(): void {
    const begin = this.#program.length;
    this.#sequence();
    while (this.take('|')) {
      this.#insert(begin, { kind: 'split', first: begin + 1, second: this.#program.length + 2 });
      const jump = this.#emit({ kind: 'jump', to: 0 });
      this.#sequence();
      this.#program[jump] = { kind: 'jump', to: this.#program.length };
    }
  }

  /** Puts an instruction before others, whose targets move with them. */
  #insert(at: number, instruction: Instruction): void {
    const moved = this.#program.splice(at).map((one) => shifted(one, at, 1));
    this.#emit(instruction);
    for (const one of moved) this.#emit(one);
  }

  #sequence(): void {
    while (this.index < this.source.length && !'|)'.includes(this.peek())) this.#repeated();
  }

  #repeated(): void {
    const begin = this.#program.length;
    this.#atom();
    for (let count = this.#quantifier(); count !== undefined; count = this.#quantifier()) {
      this.#repeat(begin, count);
    }
  }

  #repeat(begin: number, { min, max, isLazy }: Quantifier): void {
    const body = this.#program.splice(begin);
    const copy = (): void => {
      const by = this.#program.length - begin;
      for (const one of body) this.#emit(shifted(one, begin, by));
    };
    const split = (first: number, second: number): Instruction =>
      isLazy ? { kind: 'split', first: second, second: first } : { kind: 'split', first, second };
    for (let count = 0; count < min; count += 1) copy();
    if (max === Infinity) {
      const at = this.#emit(split(0, 0));
      copy();
      this.#emit({ kind: 'jump', to: at });
      this.#program[at] = split(at + 1, this.#program.length);
      return;
    }
    const splits: number[] = [];
    for (let count = min; count < max; count += 1) {
      splits.push(this.#emit(split(0, 0)));
      copy();
    }
    for (const at of splits) this.#program[at] = split(at + 1, this.#program.length);
  }

  #quantifier(): Quantifier | undefined {
    const [all, mark, low, comma, high] =
      /^(?:([*+?])|\{(\d{1,3})(,?)(\d{0,3})\})/.exec(this.source.slice(this.index)) ?? [];
    if (all === undefined) return undefined;
    this.index += all.length;
    const isLazy = this.take('?');
    if (mark !== undefined) {
      return { min: mark === '+' ? 1 : 0, max: mark === '?' ? 1 : Infinity, isLazy };
    }
    const min = Number(low);
    const max = comma === '' ? min : high === '' ? Infinity : Number(high);
    if (max < min) throw new InvalidRegex('numbers out of order in {} quantifier');
    return { min, max, isLazy };
  }

  #atom(): void {
    const character = this.peek();
    this.index += 1;
    if (character === '(') return this.#group();
    if ('*+?'.includes(character)) throw new InvalidRegex('nothing to repeat');
    if (character === '^') return this.#assert((_, index) => index === 0);
    if (character === '$') return this.#assert((text, index) => index === text.length);
    if (character === '\\' && 'bB'.includes(this.peek())) {
      const isBoundary = this.peek() === 'b';
      this.index += 1;
      return this.#assert((text, index) => isWordBoundary(text, index) === isBoundary);
    }
    const test = this.#test(character);
    this.#emit({ kind: 'character', test: this.#ignoresCase ? ignoringCase(test) : test });
  }

  #assert(holds: (text: string, index: number) => boolean): void {
    this.#emit({ kind: 'assert', holds });
  }

  #test(character: string): CharacterTest {
    if (character === '.') return (code) => code !== 10;
    if (character === '[') return this.set();
    if (character === '\\') return this.escape();
    return isCharacter(character);
  }

  #group(): void {
    const rest = this.source.slice(this.index);
    if (this.#knowsLookahead && /^\?[=!]/.test(rest)) return this.#lookahead();
    const name = /^\?P?<([A-Za-z_]\w*)>/.exec(rest);
    const isCapturing = name !== null || !rest.startsWith('?');
    if (name !== null) this.index += name[0].length;
    else if (!isCapturing && !this.take('?:')) throw new InvalidRegex('invalid group');
    const group = isCapturing ? this.#groups : 0;
    if (isCapturing) {
      this.#groups += 1;
      this.#groupNames.push(name?.[1] ?? '');
      this.#emit({ kind: 'save', slot: 2 * group });
    }
    this.#alternation();
    if (!this.take(')')) throw new InvalidRegex('unterminated group');
    if (isCapturing) this.#emit({ kind: 'save', slot: 2 * group + 1 });
  }

  /** The expression within becomes a program of its own, which holds at a place or does not. */
  #lookahead(): void {
    const isNegative = this.source[this.index + 1] === '!';
    this.index += 2;
    const begin = this.#program.length;
    this.#looksAhead = true;
    this.#knowsLookahead = false; // One in another would cost the text's length once more.
    this.#alternation();
    this.#knowsLookahead = true;
    if (!this.take(')')) throw new InvalidRegex('unterminated group');
    const program = this.#program.splice(begin).map((one) => shifted(one, begin, -begin));
    program.push({ kind: 'match' });
    this.#size += program.length;
    this.#assert((text, index) => (run(program, text, index) === undefined) === isNegative);
  }

  protected escaped(character: string): CharacterTest {
    if (/[1-9]/.test(character)) throw this.invalid('back references are not supported');
    const code = this.hexadecimal(character);
    if (code !== undefined) return (other) => other === code;
    return isCharacter(CONTROLS[character] ?? character);
  }

  protected invalid(why: string): InvalidRegex {
    return new InvalidRegex(why);
  }
}

interface Quantifier {
  readonly min: number;
  readonly max: number;
  readonly isLazy: boolean;
}

function ignoringCase(test: CharacterTest): CharacterTest {
  return (code) => {
    const character = String.fromCharCode(code);
    return [character.toLowerCase(), character.toUpperCase()].some((one) =>
      test(one.charCodeAt(0)),
    );
  };
}

function isWordBoundary(text: string, index: number): boolean {
  const isWord = (at: number): boolean => /\w/.test(text[at] ?? '');
  return isWord(index - 1) !== isWord(index);
}

/** An instruction whose targets at or behind `from` stand further on. */
function shifted(instruction: Instruction, from: number, by: number): Instruction {
  const move = (target: number): number => (target >= from ? target + by : target);
  if (instruction.kind === 'jump') return { kind: 'jump', to: move(instruction.to) };
  if (instruction.kind !== 'split') return instruction;
  return { kind: 'split', first: move(instruction.first), second: move(instruction.second) };
}
