/** What was stored is there: each key, which one client writes, has the last value that was acknowledged. */
import type { Answer } from '../host.ts';

export class RegistersChecker {
  readonly #kind: string;
  readonly #complain: (text: string) => void;
  /** What each key may have: one value, or several where an answer was lost. `undefined`: nothing. */
  readonly #possible = new Map<string, ReadonlySet<string | undefined>>();

  constructor(kind: string, complain: (text: string) => void) {
    this.#kind = kind;
    this.#complain = complain;
  }

  /** After a write of `value`, or a deletion where it is `undefined`. */
  wrote(key: string, value: string | undefined, answer: Answer<unknown>): void {
    if (answer.kind === 'done') this.#possible.set(key, new Set([value]));
    if (answer.kind === 'unknown') this.#possible.set(key, new Set([...this.#of(key), value]));
  }

  /** After a read that was answered. */
  read(key: string, value: string | undefined): void {
    const possible = this.#of(key);
    if (!possible.has(value)) {
      const wanted = Array.from(possible, short).join(' or ');
      this.#complain(`${this.#kind} ${key} is ${short(value)}, and should be ${wanted}`);
    }
    this.#possible.set(key, new Set([value]));
  }

  keys(): readonly string[] {
    return [...this.#possible.keys()];
  }

  #of(key: string): ReadonlySet<string | undefined> {
    return this.#possible.get(key) ?? new Set([undefined]);
  }
}

function short(value: string | undefined): string {
  return value === undefined ? 'missing' : `'${value.slice(0, 40)}'`;
}
