import { SandboxUnavailable } from '#ports/world/sandbox.ts';
import type { UserRange } from './root-files.ts';

/** The user ids of sandboxes: round and round, so that one rests before it is used again, and never two of one. */
export class UserIds {
  readonly #range: UserRange;
  readonly #taken = new Set<number>();
  #next = 0;

  constructor(range: UserRange) {
    this.#range = range;
  }

  /** @throws SandboxUnavailable where all are taken */
  take(): number {
    const { first, count } = this.#range;
    for (let step = 0; step < count; step += 1) {
      const uid = first + ((this.#next + step) % count);
      if (this.#taken.has(uid)) continue;
      this.#next = uid - first + 1;
      this.#taken.add(uid);
      return uid;
    }
    throw new SandboxUnavailable(`all ${count} users of sandboxes are taken`);
  }

  giveBack(uid: number): void {
    this.#taken.delete(uid);
  }
}
