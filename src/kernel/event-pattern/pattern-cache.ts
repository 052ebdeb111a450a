import { compilePattern } from './compile.ts';
import type { EventPattern, PatternDialect } from './pattern.ts';

const COMPILED_MAX = 2000;

/** Patterns that were compiled, by their text; bounded, the oldest go first. */
export class PatternCache {
  readonly #compiled = new Map<string, EventPattern>();
  readonly #dialect: PatternDialect | undefined;

  constructor(dialect?: PatternDialect) {
    this.#dialect = dialect;
  }

  /** A pattern that was checked when it was stored. */
  get(text: string): EventPattern {
    const known = this.#compiled.get(text);
    if (known !== undefined) return known;
    const compiled = compilePattern(text, this.#dialect);
    const [oldest] = this.#compiled.keys();
    if (this.#compiled.size >= COMPILED_MAX && oldest !== undefined) this.#compiled.delete(oldest);
    this.#compiled.set(text, compiled);
    return compiled;
  }
}
