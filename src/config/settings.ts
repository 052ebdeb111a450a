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
