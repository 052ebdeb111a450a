import { readFileSync } from 'node:fs';
import { SharedPot, type Share } from '#kernel/shared-pot.ts';

/** Connections that a sandbox may have in any case. */
const OWN_MAX = 8;
/** And with those of the pot: as many as a process may have descriptors. AWS's clients hold fifty, unless told. */
const EACH_MAX = 1024;
/** What all sandboxes may have together beyond what is their own: of the server's descriptors one in so many. */
const POT_PART = 8;
/** And no more than this: each is memory of the server's, too. */
const POT_MAX = 16_384;

/**
 * How many connections sandboxes may hold open with the server. Each is a descriptor of the server's, of which it has
 * a number that many functions together could use up: then nobody else would reach it.
 */
export class ConnectionBudget {
  readonly #pot: SharedPot;

  /** `descriptorsMax`: how many the server may have. */
  constructor(descriptorsMax: number) {
    this.#pot = new SharedPot(Math.min(POT_MAX, Math.floor(descriptorsMax / POT_PART)), OWN_MAX);
  }

  /** What one sandbox takes and gives back. */
  share(): Share {
    return this.#pot.share(EACH_MAX);
  }
}

/** How many descriptors this process may have; Node.js has raised it as far as it may when it began. */
export function descriptorsMax(): number {
  const [, count] =
    /^Max open files +(\d+) /m.exec(readFileSync('/proc/self/limits', 'latin1')) ?? [];
  return Number(count ?? 0);
}
