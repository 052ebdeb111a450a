/*
 * Booted sandboxes that wait to become a function's environment, one pool a runtime's family.
 *
 * Owns: the sandboxes until they are taken; the memory that they hold on the machine.
 *
 * I1  A stem cell is given out once, and never after a function's code has run in it.
 * I2  As many are kept as were taken lately, between the family's minimum and maximum; at most
 *     `bootsMax` boot at once, and for a while none beside a start that somebody waits for.
 * I3  When the machine is full, stem cells make room before any environment does.
 */
import type { Clock } from '#ports/world/clock.ts';
import type { Log } from '#ports/world/log.ts';
import type { Capacity, Slot } from './capacity.ts';
import type { Launcher } from './launcher.ts';
import type { RuntimeEntry } from './runtime-table.ts';
import type { StemCell } from './sandbox-line.ts';

export interface StemCellLimits {
  /** Kept of each family from the first use on. */
  readonly min: number;
  readonly max: number;
  readonly bootsMax: number;
  /** Memory that one is counted with, in MiB; measured: a booted Node adds 8 to a shared root. */
  readonly memoryMiB: number;
}

export interface StemCellDependencies {
  readonly clock: Clock;
  readonly log: Log;
  readonly launcher: Launcher;
  readonly capacity: Capacity;
  readonly limits: StemCellLimits;
  /** The room that a stem cell held was given back. */
  readonly onFreed: () => void;
}

interface Family {
  readonly runtime: RuntimeEntry;
  readonly waiting: WaitingCell[];
  boots: number;
  takenAtMs: number[];
  failures: number;
}

interface WaitingCell {
  readonly cell: StemCell;
  readonly slot: Slot;
}

/** Takes within this time are the demand that the pool is kept for. */
const DEMAND_MS = 10_000;
const FAILURES_MAX = 3;
/** How long after a start that took a stem cell, and its event, the next one boots. */
const FILL_MS = 5;
/** Where starts never cease, others boot beside them after this time. */
const YIELD_MS_MAX = 250;
/** How often a surplus is looked for. */
const LOOK_MS = 2_000;

export class StemCells implements AsyncDisposable {
  readonly #dependencies: StemCellDependencies;
  readonly #families = new Map<string, Family>();
  readonly #ending = new Set<Promise<void>>();
  #look: Disposable | undefined;
  #isLookSoon = false;
  /** Since when a stem cell is missing that does not boot yet. */
  #shortSinceMs: number | undefined;
  #isClosed = false;
  /** While the machine is full the room of evicted ones goes to those who wait, not to new ones (I3). */
  #restUntilMs = -Infinity;

  constructor(dependencies: StemCellDependencies) {
    this.#dependencies = dependencies;
  }

  /** How many wait, of all families. */
  get count(): number {
    let count = 0;
    for (const family of this.#families.values()) count += family.waiting.length;
    return count;
  }

  /** Keeps the minimum of a family from now on. */
  warm(runtime: RuntimeEntry): void {
    this.#fill(this.#familyOf(runtime));
  }

  /** A waiting sandbox, which is the caller's from then on; its room is given back before. */
  take(runtime: RuntimeEntry): StemCell | undefined {
    const family = this.#familyOf(runtime);
    family.takenAtMs.push(this.#dependencies.clock.monotonicMs());
    if (family.takenAtMs.length > this.#dependencies.limits.max) family.takenAtMs.shift();
    const taken = family.waiting.pop();
    taken?.slot[Symbol.dispose]();
    this.#fillLater();
    return taken?.cell;
  }

  /** Ends stem cells until `memoryMiB` and one place are on their way back; answers what is. */
  evict(memoryMiB: number): number {
    let freedMiB = 0;
    for (const family of this.#families.values()) {
      while (freedMiB < memoryMiB) {
        const evicted = family.waiting.shift();
        if (evicted === undefined) break;
        freedMiB += evicted.slot.memoryMiB;
        this.#restUntilMs = this.#dependencies.clock.monotonicMs() + LOOK_MS;
        this.#end(evicted);
      }
    }
    return freedMiB;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#isClosed = true;
    this.#look?.[Symbol.dispose]();
    for (const family of this.#families.values()) {
      for (const waiting of family.waiting.splice(0)) this.#end(waiting);
    }
    await Promise.all(this.#ending);
  }

  #familyOf(runtime: RuntimeEntry): Family {
    // One family may have several interpreters: Python 3.11 and 3.13.
    const isForked = runtime.zygote !== undefined;
    const key = `${runtime.family} ${runtime.command[0] ?? ''} ${isForked ? 'forked' : 'booted'}`;
    const known = this.#families.get(key);
    if (known !== undefined) return known;
    const family: Family = { runtime, waiting: [], boots: 0, takenAtMs: [], failures: 0 };
    this.#families.set(key, family);
    return family;
  }

  /** Fills once those who wait for a start have had the processor; looks again while any wait. */
  #fillLater(): void {
    if (this.#isClosed) return;
    const isShort = [...this.#families.values()].some((family) => this.#lack(family) > 0);
    if (this.#look !== undefined && (!isShort || this.#isLookSoon)) return;
    this.#look?.[Symbol.dispose]();
    this.#isLookSoon = isShort;
    this.#look = this.#dependencies.clock.setTimer(isShort ? FILL_MS : LOOK_MS, () => {
      this.#look = undefined;
      this.#isLookSoon = false;
      if (isShort && this.#mustYield()) return this.#fillLater();
      this.#shortSinceMs = undefined;
      for (const family of this.#families.values()) this.#fill(family);
      if (this.count > 0) this.#fillLater();
    });
  }

  /** Whether somebody waits for a start, and those who come next did not wait too long for it yet. */
  #mustYield(): boolean {
    const nowMs = this.#dependencies.clock.monotonicMs();
    this.#shortSinceMs ??= nowMs;
    return this.#dependencies.capacity.isStarting && nowMs - this.#shortSinceMs < YIELD_MS_MAX;
  }

  #lack(family: Family): number {
    const { clock, limits } = this.#dependencies;
    const sinceMs = clock.monotonicMs() - DEMAND_MS;
    family.takenAtMs = family.takenAtMs.filter((atMs) => atMs >= sinceMs);
    const wanted = Math.min(limits.max, Math.max(limits.min, family.takenAtMs.length));
    return wanted - family.waiting.length - family.boots;
  }

  #fill(family: Family): void {
    const { capacity, limits } = this.#dependencies;
    let lack = this.#lack(family);
    while (lack < 0 && family.waiting.length > limits.min) {
      const surplus = family.waiting.shift();
      if (surplus !== undefined) this.#end(surplus);
      lack += 1;
    }
    if (this.#dependencies.clock.monotonicMs() < this.#restUntilMs) return;
    while (lack > 0 && family.boots < limits.bootsMax && family.failures < FAILURES_MAX) {
      const slot = this.#isClosed ? undefined : capacity.reserve(limits.memoryMiB);
      if (slot === undefined) return;
      lack -= 1;
      void this.#boot(family, slot);
    }
  }

  async #boot(family: Family, slot: Slot): Promise<void> {
    const { launcher, limits, log } = this.#dependencies;
    family.boots += 1;
    const boxLimits = {
      memoryMiB: Math.max(256, limits.memoryMiB),
      temporaryStorageMiB: 512,
      virtualCpus: 1,
    };
    try {
      const cell = await launcher.startStemCell(family.runtime, boxLimits);
      family.failures = 0;
      const waiting = { cell, slot };
      if (this.#isClosed) return this.#end(waiting);
      family.waiting.push(waiting);
      void cell.sandbox.exited.then(() => this.#drop(family, waiting));
    } catch (error) {
      family.failures += 1;
      slot[Symbol.dispose]();
      log.warn('a sandbox could not be prepared', { family: family.runtime.family, error });
    } finally {
      family.boots -= 1;
      this.#dependencies.onFreed();
      if (this.#dependencies.capacity.isStarting) this.#fillLater();
      else if (!this.#isClosed) this.#fill(family);
    }
  }

  #drop(family: Family, waiting: WaitingCell): void {
    const index = family.waiting.indexOf(waiting);
    if (index === -1) return;
    family.waiting.splice(index, 1);
    this.#end(waiting);
  }

  #end({ cell, slot }: WaitingCell): void {
    const ended = cell.sandbox[Symbol.asyncDispose]().finally(() => {
      cell.api.close();
      slot[Symbol.dispose]();
      this.#ending.delete(ended);
      this.#dependencies.onFreed();
    });
    this.#ending.add(ended);
  }
}
