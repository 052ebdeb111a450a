/*
 * Keeps environments ready where provisioned concurrency asks for it.
 *
 * Owns: those environments while they start and between their events; how far each demand is met.
 * Does not own: their sandboxes and slots (pool), the demands (catalog).
 *
 * I1  Of a demand no more are kept than it asks for; what is too many ends, busy ones after their event.
 * I2  One that ended is replaced; where an init failed, not before a pause, which doubles. One that timed out or crashed
 *     with an event is begun anew at once, in its place.
 * I3  All demands together leave a part of the machine to what runs on demand.
 *
 * @see https://docs.aws.amazon.com/lambda/latest/dg/provisioned-concurrency.html
 */
import type {
  FunctionCatalog,
  ProvisionedDemand,
  ProvisionedStatus,
} from '#lambda/model/function-catalog.ts';
import { provisionedInitTimeoutMs, runtimeOf } from '#lambda/worker/index.ts';
import type {
  CapacityLimits,
  Environment,
  EnvironmentPool,
  HeldEnvironment,
  RuntimeTable,
} from '#lambda/worker/index.ts';
import type { Clock } from '#ports/world/clock.ts';
import { ProvisionedGroup, provisionedKey } from './provisioned-group.ts';
import type { GroupListener } from './provisioned-group.ts';
import type { Target } from './resolve.ts';
import { reportInit } from './run.ts';

export interface ProvisionedDependencies {
  readonly clock: Clock;
  readonly catalog: FunctionCatalog;
  readonly runtimes: RuntimeTable;
  readonly pool: EnvironmentPool;
  readonly capacity: CapacityLimits;
  /** How old one may become, in ms; then another takes its place. */
  readonly ageMsMax: number;
}

/** Part of the machine that provisioned concurrency may fill. */
const SHARE_MAX = 7 / 8;
/** How often what is to be replaced is looked for. */
const LOOK_MS = 1_000;
/** AWS's StatusReason where the function's init fails; seen in public reports of failed deployments. */
const INIT_FAILURE = 'FUNCTION_ERROR_INIT_FAILURE';
/** Ours: AWS's regions do not tell how full they are. */
const INSUFFICIENT_CAPACITY = 'INSUFFICIENT_CAPACITY';

export class ProvisionedConcurrency implements ProvisionedStatus, GroupListener, Disposable {
  readonly #dependencies: ProvisionedDependencies;
  readonly #groups = new Map<string, ProvisionedGroup>();
  /** Those of whose end somebody hears. */
  readonly #watched = new WeakSet<Environment>();
  #isStale = true;
  #isFilling = false;
  #wake: (() => void) | undefined;

  constructor(dependencies: ProvisionedDependencies) {
    this.#dependencies = dependencies;
  }

  /** Follows the demands until the signal aborts. */
  async run(signal: AbortSignal): Promise<void> {
    const { catalog } = this.#dependencies;
    using _changes = catalog.onDemandChange?.(() => {
      this.#isStale = true;
      this.#wake?.();
    });
    while (!signal.aborted) {
      if (this.#isStale) {
        this.#isStale = false;
        this.#follow((await catalog.provisionedDemands?.()) ?? []);
      }
      if (signal.aborted) return;
      for (const group of this.#groups.values()) this.#renew(group);
      this.onFreed();
      await this.#rest(signal);
    }
  }

  /** One that is ready for this target, or `undefined`: then it runs on demand. */
  async take(
    { version, provisioned }: Target,
    isRateLimited: boolean,
  ): Promise<HeldEnvironment | undefined> {
    const { clock, pool } = this.#dependencies;
    if (provisioned === undefined) return undefined;
    const group = this.#groups.get(provisionedKey(version, provisioned.qualifier));
    if (group === undefined || group.ready === 0) return undefined;
    if (isRateLimited && !group.takeRequest(clock.monotonicMs())) return undefined;
    return group.takeIdle() ?? (await pool.takeSoon(group.key));
  }

  status({
    version,
    qualifier,
    requested,
  }: ProvisionedDemand): ReturnType<ProvisionedStatus['status']> {
    const group = this.#groups.get(provisionedKey(version, qualifier));
    if (group === undefined) return { allocated: 0, available: 0 };
    const available = Math.min(group.ready, requested);
    const isWhole = group.hasBeenReady && group.requested === requested;
    const isShort = group.target < requested && group.ready >= group.target;
    const failure = group.failure ?? (isShort ? INSUFFICIENT_CAPACITY : undefined);
    return {
      allocated: isWhole && failure === undefined ? requested : available,
      available,
      ...(failure === undefined ? {} : { failure }),
    };
  }

  /** There may be room now for what is missing. */
  onFreed(): void {
    if (this.#isFilling) return;
    this.#isFilling = true;
    try {
      for (const group of this.#groups.values()) if (!this.#fill(group)) return;
    } finally {
      this.#isFilling = false;
    }
  }

  /** Ends what is not busy, and keeps nothing from then on. */
  [Symbol.dispose](): void {
    this.#follow([]);
  }

  #follow(demands: readonly ProvisionedDemand[]): void {
    const asked = new Map(
      demands.map((demand) => [provisionedKey(demand.version, demand.qualifier), demand]),
    );
    for (const [key, group] of this.#groups) {
      if (asked.has(key)) continue;
      group.target = 0;
      this.#endSurplus(group);
      this.#groups.delete(key);
    }
    const { clock, runtimes } = this.#dependencies;
    for (const [key, demand] of asked) {
      const runtime = runtimeOf(runtimes, demand.version);
      const nowMs = clock.monotonicMs();
      const group =
        this.#groups.get(key) ?? new ProvisionedGroup({ demand, runtime, nowMs, listener: this });
      group.request(demand.requested);
      this.#groups.set(key, group);
    }
    this.#share();
  }

  /** Divides the room, first come, first served (I3). */
  #share(): void {
    const { capacity } = this.#dependencies;
    let memoryMiB = capacity.memoryMiB * SHARE_MAX;
    let slots = Math.floor(capacity.slots * SHARE_MAX);
    for (const group of this.#groups.values()) {
      const { memorySizeMiB } = group.version;
      const room = Math.min(slots, Math.floor(memoryMiB / memorySizeMiB));
      group.target = group.runtime === undefined ? 0 : Math.min(group.requested, room);
      if (group.runtime === undefined) group.failure = INIT_FAILURE;
      memoryMiB -= group.target * memorySizeMiB;
      slots -= group.target;
      this.#endSurplus(group);
    }
  }

  #endSurplus(group: ProvisionedGroup): void {
    for (const held of group.surplus()) void this.#dependencies.pool.end(held);
  }

  /** Starts what is missing; false where the machine has no room now. */
  #fill(group: ProvisionedGroup): boolean {
    const { clock, pool } = this.#dependencies;
    const { version, runtime } = group;
    if (runtime === undefined) return true;
    while (group.mayStart(clock.monotonicMs())) {
      const held = pool.start(version, runtime, group);
      if (held === undefined) return false;
      group.members.add(held);
      group.starting.add(held);
      void this.#await(group, held);
    }
    return true;
  }

  /** Its processes ended with an event: others begin in its place, before anybody asks. */
  onReset(group: ProvisionedGroup, held: HeldEnvironment): void {
    held.restart(provisionedInitTimeoutMs(group.version.timeoutMs), 'init');
    void this.#await(group, held);
  }

  /** Where its processes end before the next event, another takes its place. */
  onIdle(group: ProvisionedGroup, held: HeldEnvironment): void {
    const { environment } = held;
    if (this.#watched.has(environment)) return;
    this.#watched.add(environment);
    void environment.gone.then(() => {
      // Whoever has it gives it back, or has begun it anew.
      if (held.environment !== environment || !group.idle.includes(held)) return;
      group.forget(held);
      group.pause(this.#dependencies.clock.monotonicMs());
      void this.#dependencies.pool.end(held);
      this.onFreed();
    });
  }

  async #await(group: ProvisionedGroup, held: HeldEnvironment): Promise<void> {
    const { clock, pool } = this.#dependencies;
    const { environment } = held;
    const end = await environment.initialised;
    if (!group.starting.delete(held)) return;
    if (end.kind === 'ready') {
      if (!group.takeBack(held)) void pool.end(held);
      group.succeed();
      return;
    }
    group.forget(held);
    group.pause(clock.monotonicMs());
    if (!environment.hasNoSandbox) {
      group.failure = INIT_FAILURE;
      reportInit(held, end, 'init');
    }
    void pool.end(held);
  }

  /** Ends the oldest where it is too old and all are there: one at a time. */
  #renew(group: ProvisionedGroup): void {
    const { clock, pool, ageMsMax } = this.#dependencies;
    const [oldest] = group.members;
    if (oldest === undefined || group.ready < group.target) return;
    if (clock.monotonicMs() - oldest.startedAtMs <= ageMsMax) return;
    if (group.idle.includes(oldest)) {
      group.forget(oldest);
      void pool.end(oldest);
    } else oldest.environment.isRetired = true;
  }

  async #rest(signal: AbortSignal): Promise<void> {
    if (this.#isStale) return;
    const { promise, resolve } = Promise.withResolvers<void>();
    this.#wake = resolve;
    const wake = (): void => resolve();
    signal.addEventListener('abort', wake, { once: true });
    using _timer =
      this.#groups.size === 0 ? undefined : this.#dependencies.clock.setTimer(LOOK_MS, resolve);
    await promise;
    signal.removeEventListener('abort', wake);
  }
}
