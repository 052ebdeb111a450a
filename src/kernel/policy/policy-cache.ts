import { parsePolicy, type Policy } from './document.ts';

const PARSED_MAX = 2000;

/** Policies that were parsed, by their text, so that no change of one is missed; bounded, the oldest go first. */
export class PolicyCache {
  readonly #parsed = new Map<string, Policy>();

  get(text: string): Policy {
    const known = this.#parsed.get(text);
    if (known !== undefined) return known;
    const parsed = parsePolicy(text);
    const [oldest] = this.#parsed.keys();
    if (this.#parsed.size >= PARSED_MAX && oldest !== undefined) this.#parsed.delete(oldest);
    this.#parsed.set(text, parsed);
    return parsed;
  }
}
