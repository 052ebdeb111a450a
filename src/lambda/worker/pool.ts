/*
 * The execution environments of this machine.
 *
 * Owns: every environment and its slot, from its start until nothing is left of it.
 * Does not own: the right to run (admission), what waits for room (waiting line).
 *
 * I1  An environment is either idle here or held by one invocation.
 * I2  A running environment holds its function's memory; an idle one, which stands still, what it was
 *     seen to use: memory that is promised is never promised twice.
 * I3  An environment serves one revision of one version only.
 * I4  A slot is given back once the last process of its environment is gone.
 * I5  An environment that has a home is never idle here: the pool starts and ends it, its home keeps it, and has
 *     it begun anew as soon as it is reset.
 * I6  One whose processes timed out, crashed or failed in their init keeps its place, its log and, where the
 *     driver can, its sandbox: the next event begins other processes. Those that run are taken first.
 */
import { assert } from '#kernel/assert.ts';
import type { FunctionVersion } from '#lambda/model/function-version.ts';
import type { Clock } from '#ports/world/clock.ts';
import type { Log } from '#ports/world/log.ts';
import type { AheadCompiler } from './ahead-compiler.ts';
import type { Capacity } from './capacity.ts';
import type { Environment } from './environment.ts';
import { FinishingEnvironments, type Taker } from './finishing.ts';
import { HeldEnvironment, revisionKey } from './held-environment.ts';
import type { EnvironmentOwner, Home } from './held-environment.ts';
import type { Launcher, LaunchOptions } from './launcher.ts';
import { INIT_TIMEOUT_MS, provisionedInitTimeoutMs } from './limits.ts';
import type { InitPhase } from './platform-log.ts';
import type { RuntimeEntry } from './runtime-table.ts';
import type { StemCells } from './stem-cells.ts';

export interface PoolOptions {
  /** How long an environment waits for its next event, in ms. */
  readonly idleMs: number;
  /** How old one may become, in ms; AWS ends them after hours too. */
  readonly ageMsMax: number;
}

export interface PoolDependencies {
  readonly clock: Clock;
  readonly log: Log;
  readonly launcher: Launcher;
  readonly capacity: Capacity;
  readonly stemCells: StemCells;
  /** The first to make room; absent where nothing is compiled ahead. */
  readonly compiler?: Pick<AheadCompiler, 'evict'>;
  readonly options: PoolOptions;
}

/** What hears of room on the machine, and may take an environment before it becomes idle. */
export interface PoolListener {
  onFreed(): void;
  /** True where a caller who waits took it. */
  offer(held: HeldEnvironment): boolean;
}

/** How long a start counts among those that go on at once: an init that merely waits must not hold up others. */
const START_PERMIT_MS = 500;
/** What is counted of one that has no processes. */
const RESET_MEMORY_MIB = 1;

export class EnvironmentPool implements EnvironmentOwner, AsyncDisposable {
  readonly #dependencies: PoolDependencies;
  /** Idle ones by function revision, the last was used last; one that ends takes an empty list along. */
  readonly #idle = new Map<string, HeldEnvironment[]>();
  /** All idle ones; the first was used longest ago. */
  readonly #idleByAge = new Map<HeldEnvironment, number>();
  readonly #all = new Set<HeldEnvironment>();
  readonly #finishing: FinishingEnvironments<HeldEnvironment>;
  #listener: PoolListener | undefined;
  #freeingMiB = 0;
  #freeingSlots = 0;
  #sweep: Disposable | undefined;
  #isDraining = false;

  constructor(dependencies: PoolDependencies) {
    this.#dependencies = dependencies;
    this.#finishing = new FinishingEnvironments(dependencies.clock);
  }

  listen(listener: PoolListener): void {
    this.#listener = listener;
  }

  get stats(): { readonly environments: number; readonly idle: number } {
    return { environments: this.#all.size, idle: this.#idleByAge.size };
  }

  /** The idle environment of this revision that was used last. */
  take(version: FunctionVersion): HeldEnvironment | undefined {
    const idle = this.#idle.get(revisionKey(version));
    const held = idle?.at(-1);
    if (held === undefined || !held.slot.resize(version.memorySizeMiB)) return undefined;
    this.#removeIdle(held);
    return held;
  }

  /**
   * Begins a new environment where the machine has room for it now. Where it has not, what
   * compiles, stem cells and idle environments begin to end, and the listener hears when they have.
   */
  start(version: FunctionVersion, runtime: RuntimeEntry, home?: Home): HeldEnvironment | undefined {
    const { capacity, launcher, stemCells, clock } = this.#dependencies;
    if (this.#isDraining || !capacity.mayStart) return undefined;
    const slot = capacity.reserve(version.memorySizeMiB);
    if (slot === undefined) {
      this.#makeRoom(version.memorySizeMiB);
      return undefined;
    }
    const permit = capacity.beginStart();
    const entry = launcher.runtimeFor(version, runtime);
    const stemCell = launcher.canUseStemCell(version, entry) ? stemCells.take(entry) : undefined;
    const environment = launcher.start({
      version,
      runtime: entry,
      phase: 'init',
      ...initOf(version, home),
      ...(stemCell === undefined ? {} : { stemCell }),
    });
    const held = new HeldEnvironment(this, {
      environment,
      runtime,
      slot,
      nowMs: clock.monotonicMs(),
      ...(home === undefined ? {} : { home }),
    });
    this.#all.add(held);
    this.#follow(held, environment);
    this.#endPermit(permit, environment);
    return held;
  }

  /** Another init after its processes ended, in the same place (I6): within an invocation, or as a start of its own. */
  restart(held: HeldEnvironment, initTimeoutMs: number, phase: InitPhase): Environment {
    const { environment, runtime } = held;
    const { capacity, launcher } = this.#dependencies;
    const replacement = launcher.start({
      version: environment.version,
      runtime: launcher.runtimeFor(environment.version, runtime),
      phase,
      initializationType: held.initializationType,
      initTimeoutMs,
      tap: environment.tap,
      previous: environment,
    });
    held.renew(replacement);
    this.#follow(held, replacement);
    if (phase === 'init') this.#endPermit(capacity.beginStart(), replacement);
    return replacement;
  }

  /** Its function has answered: it will be free in a moment. */
  beginFinish(held: HeldEnvironment): void {
    this.#finishing.begin(held.key);
    held.isFinishing = true;
  }

  /**
   * An environment that has just answered, once it is free: for a caller who comes right after the
   * answer, so that one caller at a time needs one environment. `undefined` where none is, or too late.
   */
  takeSoon(key: string): Promise<HeldEnvironment | undefined> | undefined {
    return this.#finishing.next(key);
  }

  /** Takes back an environment after an invocation. */
  async release(held: HeldEnvironment): Promise<void> {
    const { environment } = held;
    const taker = this.#endFinish(held);
    const { clock, options } = this.#dependencies;
    const nowMs = clock.monotonicMs();
    const isOld = held.home === undefined && nowMs - held.startedAtMs > options.ageMsMax;
    const isWorn = environment.isRetired || isOld;
    held.isReset = environment.isReset;
    if (!held.isStanding || isWorn || this.#isDraining) {
      taker?.(undefined);
      held.home?.forget(held);
      await this.end(held);
      return;
    }
    if (held.home !== undefined) {
      if (taker !== undefined && !held.isReset) return taker(held);
      taker?.(undefined);
      if (!held.home.takeBack(held)) await this.end(held);
      return;
    }
    if (this.#listener?.offer(held) === true) {
      taker?.(undefined);
      return;
    }
    if (taker !== undefined) {
      taker(held);
      return;
    }
    this.#addIdle(held, nowMs);
    this.#shrink(held);
  }

  /** Gives back what of its memory an idle one does not use (I2). */
  #shrink(held: HeldEnvironment): void {
    if (held.slot.resize(idleMemoryMiB(held))) this.#listener?.onFreed();
  }

  /** Ends the idle environments of a function, and the others once they are done. */
  retire(functionArn: string): void {
    for (const held of this.#all) {
      const { environment } = held;
      // What is kept ready is a published version, which never changes; its home knows when it goes.
      if (environment.version.functionArn !== functionArn || held.home !== undefined) continue;
      environment.isRetired = true;
      if (this.#idleByAge.has(held)) this.#endIdle(held);
    }
  }

  /** Ends every environment that is idle, and gives what runs `graceMs` to end. */
  async drain(graceMs: number): Promise<void> {
    this.#isDraining = true;
    this.#sweep?.[Symbol.dispose]();
    for (const held of this.#idleByAge.keys()) this.#endIdle(held);
    if (this.#all.size > 0) await this.#quiet(graceMs);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#isDraining = true;
    this.#sweep?.[Symbol.dispose]();
    await Promise.all([...this.#all].map((held) => this.end(held)));
  }

  async #quiet(graceMs: number): Promise<void> {
    const { clock } = this.#dependencies;
    const endMs = clock.monotonicMs() + graceMs;
    while (this.#all.size > 0 && clock.monotonicMs() < endMs) await clock.sleep(50);
  }

  /** Whoever waits for just this environment. */
  #endFinish(held: HeldEnvironment): Taker<HeldEnvironment> | undefined {
    if (!held.isFinishing) return undefined;
    held.isFinishing = false;
    return this.#finishing.end(held.key);
  }

  #follow(held: HeldEnvironment, environment: Environment): void {
    void environment.gone.then(() => {
      if (held.environment !== environment || !this.#idleByAge.has(held)) return;
      if (environment.isReset && environment.sandbox?.canRestart === true) this.#resetIdle(held);
      else this.#endIdle(held);
    });
  }

  #endPermit(permit: Disposable, environment: Environment): void {
    const { clock } = this.#dependencies;
    const over = (): void => {
      timer[Symbol.dispose]();
      permit[Symbol.dispose]();
      this.#listener?.onFreed();
    };
    const timer = clock.setTimer(START_PERMIT_MS, over);
    void environment.initialised.then(over);
  }

  #addIdle(held: HeldEnvironment, nowMs: number): void {
    this.#listIdle(held);
    this.#idleByAge.set(held, nowMs);
    this.#sweepLater(this.#dependencies.options.idleMs);
  }

  #listIdle(held: HeldEnvironment): void {
    const idle = this.#idle.get(held.key);
    if (idle === undefined) this.#idle.set(held.key, [held]);
    else if (held.isReset) idle.unshift(held);
    else idle.push(held);
  }

  /** Its processes ended between two events. */
  #resetIdle(held: HeldEnvironment): void {
    this.#unlistIdle(held);
    held.isReset = true;
    this.#listIdle(held);
    // Nobody ends a line that they began.
    held.environment.tap.flush();
    this.#shrink(held);
  }

  #removeIdle(held: HeldEnvironment): void {
    this.#idleByAge.delete(held);
    this.#unlistIdle(held);
  }

  #unlistIdle(held: HeldEnvironment): void {
    const idle = this.#idle.get(held.key) ?? [];
    const index = idle.lastIndexOf(held);
    assert(index !== -1, 'an idle environment is in no list');
    idle.splice(index, 1);
  }

  #endIdle(held: HeldEnvironment): void {
    this.#removeIdle(held);
    void this.end(held);
  }

  /** Ends one that nobody else can take any more; resolves once nothing is left of it. */
  async end(held: HeldEnvironment): Promise<void> {
    if (held.isEnding) return;
    held.isEnding = true;
    this.#freeingMiB += held.slot.memoryMiB;
    this.#freeingSlots += 1;
    try {
      await held.environment[Symbol.asyncDispose]();
    } catch (error) {
      this.#dependencies.log.error('an execution environment could not be ended', { error });
    }
    this.#freeingMiB -= held.slot.memoryMiB;
    this.#freeingSlots -= 1;
    held.slot[Symbol.dispose]();
    this.#all.delete(held);
    if (this.#idle.get(held.key)?.length === 0) this.#idle.delete(held.key);
    this.#listener?.onFreed();
  }

  #makeRoom(memoryMiB: number): void {
    const { capacity, compiler, stemCells } = this.#dependencies;
    const { limits } = capacity;
    const freeMiB = limits.memoryMiB - capacity.usedMemoryMiB + this.#freeingMiB;
    let missingMiB = memoryMiB - freeMiB;
    let missingSlots = 1 - (limits.slots - capacity.usedSlots + this.#freeingSlots);
    for (const spare of [compiler, stemCells]) {
      if (missingMiB <= 0 && missingSlots <= 0) return;
      const freedMiB = spare?.evict(Math.max(1, missingMiB)) ?? 0;
      missingMiB -= freedMiB;
      if (freedMiB > 0) missingSlots -= 1;
    }
    for (const held of this.#idleByAge.keys()) {
      if (missingMiB <= 0 && missingSlots <= 0) return;
      missingMiB -= held.slot.memoryMiB;
      missingSlots -= 1;
      this.#endIdle(held);
    }
  }

  #sweepLater(delayMs: number): void {
    if (this.#sweep !== undefined || this.#isDraining) return;
    this.#sweep = this.#dependencies.clock.setTimer(delayMs, () => {
      this.#sweep = undefined;
      this.#endOld();
    });
  }

  #endOld(): void {
    const { clock, options } = this.#dependencies;
    const nowMs = clock.monotonicMs();
    for (const [held, sinceMs] of this.#idleByAge) {
      const waitMs = sinceMs + options.idleMs - nowMs;
      if (waitMs > 0) {
        this.#sweepLater(waitMs);
        return;
      }
      this.#endIdle(held);
    }
  }
}

function idleMemoryMiB(held: HeldEnvironment): number {
  if (held.isReset) return RESET_MEMORY_MIB;
  const { memorySizeMiB } = held.environment.version;
  return held.peakMemoryMiB === 0 ? memorySizeMiB : Math.min(memorySizeMiB, held.peakMemoryMiB);
}

function initOf(
  version: FunctionVersion,
  home: Home | undefined,
): Pick<LaunchOptions, 'initializationType' | 'initTimeoutMs'> {
  if (home === undefined) {
    const { initTimeoutMs = INIT_TIMEOUT_MS } = version;
    return { initializationType: 'on-demand', initTimeoutMs };
  }
  const initTimeoutMs = provisionedInitTimeoutMs(version.timeoutMs);
  return { initializationType: 'provisioned-concurrency', initTimeoutMs };
}
