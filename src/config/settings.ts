/** The kinds of settings: how a text becomes a value, and how a value and its kind are told. */

/** What a setting's default may follow. */
export interface Machine {
  /** Memory that the server and its sandboxes may use, in MiB. */
  readonly memoryMiB: number;
}

export interface Setting<Value> {
  /** What a value looks like, for the reference and for complaints. */
  readonly form: string;
  /** One word: `seconds`, `MiB`. */
  readonly unit?: string;
  /** One sentence or two, for the reference and `hearth up --help`. */
  readonly doc: string;
  readonly fallback: (machine: Machine) => Value;
  /** The default as the reference shows it. */
  readonly fallbackText: string;
  /** `undefined` where the text is no value of the form. */
  readonly parse: (text: string) => Value | undefined;
}

interface Described {
  readonly doc: string;
  readonly unit?: string;
}

/** A whole number between bounds, both included. */
export function integer(
  options: Described & { readonly min: number; readonly max: number; readonly fallback: number },
): Setting<number> {
  const { min, max, fallback, ...described } = options;
  return {
    ...described,
    form: `a whole number from ${min} to ${max}`,
    fallback: () => fallback,
    fallbackText: String(fallback),
    parse: (text) => {
      const value = /^\d{1,15}$/.test(text) ? Number(text) : NaN;
      return value >= min && value <= max ? value : undefined;
    },
  };
}

/** One of several words. */
export function choice<const Word extends string>(
  options: Described & { readonly words: readonly Word[]; readonly fallback: NoInfer<Word> },
): Setting<Word> {
  const { words, fallback, ...described } = options;
  return {
    ...described,
    form: words.map((word) => `\`${word}\``).join(', '),
    fallback: () => fallback,
    fallbackText: fallback,
    parse: (text) => words.find((word) => word === text),
  };
}

/** A text of a pattern. */
export function text<Value extends string = string>(
  options: Described & {
    readonly form: string;
    readonly pattern: RegExp;
    readonly fallback: NoInfer<Value>;
  },
): Setting<Value> {
  const { form, pattern, fallback, ...described } = options;
  return {
    ...described,
    form,
    fallback: () => fallback,
    fallbackText: fallback === '' ? 'none' : fallback,
    // The pattern is what makes a text a Value.
    parse: (value) => (pattern.test(value) ? (value as Value) : undefined),
  };
}

/** Numbers by name: `nodejs24.x=2,python3.12=1`. */
export function sizes(
  options: Described & {
    readonly max: number;
    readonly fallback: Readonly<Record<string, number>>;
  },
): Setting<Readonly<Record<string, number>>> {
  const { max, fallback, ...described } = options;
  const pairs = Object.entries(fallback).map(([name, size]) => `${name}=${size}`);
  return {
    ...described,
    form: `\`NAME=NUMBER,…\`, each number from 0 to ${max}, or \`none\``,
    fallback: () => fallback,
    fallbackText: pairs.join(',') || 'none',
    parse: (value) => parseSizes(value, max),
  };
}

function parseSizes(value: string, max: number): Readonly<Record<string, number>> | undefined {
  if (value === 'none') return {};
  const entries: [string, number][] = [];
  for (const pair of value.split(',')) {
    const [, name, size] = /^([\w.-]+)=(\d{1,9})$/.exec(pair) ?? [];
    if (name === undefined || Number(size) > max) return undefined;
    entries.push([name, Number(size)]);
  }
  return Object.fromEntries(entries);
}
