/*
 * What becomes a fork of a zygote, and what a process of its own.
 *
 * Owns: the count of processes that begin while their zygote boots.
 *
 * I1  A zygote boots for ten times as long as a process: nobody waits for it but who comes while so many processes
 *     begin that more would only make it late.
 * I2  A stem cell comes before the zygote that it might have been forked of, and one at a time: nobody's start.
 */
import type { SandboxDriver, SandboxZygote } from '#ports/world/sandbox.ts';
import type { RuntimeEntry } from './runtime-table.ts';

type ZygoteDriver = Pick<SandboxDriver, 'hasZygote' | 'prepareZygote'>;

interface Wanted {
  /** Resolves once the zygote is there, or has failed. */
  readonly prepared: () => Promise<void>;
  /** Never rejects. */
  readonly over: Promise<unknown>;
  readonly processesMax: number;
}

/** How many starts are processes at the same time while their zygote boots. */
const STARTS_MAX = 2;

export class Forks {
  readonly #driver: ZygoteDriver;
  /** Processes that have begun and are not there yet, by the zygote that they did not wait for. */
  readonly #beginning = new Map<SandboxZygote, number>();

  constructor(driver: ZygoteDriver) {
    this.#driver = driver;
  }

  /** Whether a start is to be a fork, told once that can be said; `over` settles when a start is. */
  isForStart(runtime: RuntimeEntry, over: Promise<unknown>): Promise<boolean> {
    const prepared = this.#prepare(runtime);
    return this.#isFork(runtime, { prepared: () => prepared, over, processesMax: STARTS_MAX });
  }

  /** The same of a stem cell; `over` settles when it has booted. */
  async isForStemCell(runtime: RuntimeEntry, over: Promise<unknown>): Promise<boolean> {
    const prepared = (): Promise<void> => this.#prepare(runtime);
    const isFork = await this.#isFork(runtime, { prepared, over, processesMax: 1 });
    if (!isFork) void over.then(prepared);
    return isFork;
  }

  async #isFork({ zygote }: RuntimeEntry, wanted: Wanted): Promise<boolean> {
    if (zygote === undefined || this.#driver.hasZygote === undefined) return false;
    const { prepared, over, processesMax } = wanted;
    const count = this.#beginning.get(zygote) ?? 0;
    if (!this.#driver.hasZygote(zygote) && count >= processesMax) await prepared();
    if (this.#driver.hasZygote(zygote)) return true;
    this.#add(zygote, 1);
    void over.then(() => this.#add(zygote, -1));
    return false;
  }

  #add(zygote: SandboxZygote, change: number): void {
    const count = (this.#beginning.get(zygote) ?? 0) + change;
    if (count > 0) this.#beginning.set(zygote, count);
    else this.#beginning.delete(zygote);
  }

  async #prepare({ zygote, mounts }: RuntimeEntry): Promise<void> {
    if (zygote === undefined || this.#driver.hasZygote?.(zygote) === true) return;
    await this.#driver.prepareZygote?.(zygote, mounts);
  }
}
