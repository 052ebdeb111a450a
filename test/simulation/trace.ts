import { createHash } from 'node:crypto';
import type { Clock } from '#ports/world/clock.ts';

/** Lines of a trace that a failing run shows: the end of it, where the fault mostly is. */
const LINES_SHOWN = 150;

/** What happened, line by line; two runs of one seed have the same hash. */
export class Trace {
  readonly #clock: Clock;
  readonly #lines: string[] = [];
  readonly #hash = createHash('sha256');
  /** What a checker found broken. */
  readonly broken: string[] = [];

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  get lines(): readonly string[] {
    return this.#lines;
  }

  /** Adds a line, with the time in seconds since the start. */
  add(text: string): void {
    const line = `${(this.#clock.monotonicMs() / 1000).toFixed(3).padStart(10)} ${text}`;
    this.#lines.push(line);
    this.#hash.update(line).update('\n');
  }

  /** Adds a broken promise. */
  complain(text: string): void {
    this.broken.push(text);
    this.add(`BROKEN ${text}`);
  }

  /** The hash of all lines so far, in hexadecimal. */
  digest(): string {
    return this.#hash.copy().digest('hex').slice(0, 32);
  }

  /** The last lines before the first broken promise and all after it. */
  excerpt(): string {
    const first = this.#lines.findIndex((line) => line.includes(' BROKEN '));
    const end = first === -1 ? this.#lines.length : first + 1;
    return this.#lines.slice(Math.max(0, end - LINES_SHOWN), end).join('\n');
  }
}
