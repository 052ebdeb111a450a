import { TokenBucket } from '#kernel/token-bucket.ts';
import type { ProvisionedDemand } from '#lambda/model/function-catalog.ts';
import type { FunctionVersion } from '#lambda/model/function-version.ts';
import { revisionKey } from '#lambda/worker/index.ts';
import type { HeldEnvironment, Home, RuntimeEntry } from '#lambda/worker/index.ts';
import { REQUESTS_PER_SECOND } from './admission.ts';

const PAUSE_MS = 1_000;
const PAUSE_MS_MAX = 10 * 60_000;

/** What is told of a group's environments as they come back to it. */
export interface GroupListener {
  /** Its processes are gone; it is among those that start. */
  onReset(group: ProvisionedGroup, held: HeldEnvironment): void;
  onIdle(group: ProvisionedGroup, held: HeldEnvironment): void;
}

interface GroupOptions {
  readonly demand: ProvisionedDemand;
  readonly runtime: RuntimeEntry | undefined;
  readonly nowMs: number;
  readonly listener: GroupListener;
}

/** The environments that one demand keeps: each is starting, idle, or with one invocation. */
export class ProvisionedGroup implements Home {
  readonly key: string;
  readonly version: FunctionVersion;
  readonly runtime: RuntimeEntry | undefined;
  /** All of them; the first is the oldest. */
  readonly members = new Set<HeldEnvironment>();
  readonly starting = new Set<HeldEnvironment>();
  /** The last was used last. */
  readonly idle: HeldEnvironment[] = [];
  requested = 0;
  /** How many of those requested the machine has room for. */
  target = 0;
  /** Once all were there, one that is replaced does not show. */
  hasBeenReady = false;
  /** Why no environment comes up. */
  failure: string | undefined;
  readonly #listener: GroupListener;
  readonly #rate: TokenBucket;
  #failures = 0;
  #pausedUntilMs = -Infinity;

  constructor({ demand, runtime, nowMs, listener }: GroupOptions) {
    const rate = REQUESTS_PER_SECOND * demand.requested;
    this.#rate = new TokenBucket(rate, rate, nowMs);
    this.key = provisionedKey(demand.version, demand.qualifier);
    this.version = demand.version;
    this.runtime = runtime;
    this.#listener = listener;
  }

  /** How many have finished their init. */
  get ready(): number {
    return this.members.size - this.starting.size;
  }

  get busy(): number {
    return this.ready - this.idle.length;
  }

  /** After a failure they are tried one at a time, with pauses between. */
  mayStart(nowMs: number): boolean {
    if (this.members.size >= this.target) return false;
    return this.#failures === 0 || (nowMs >= this.#pausedUntilMs && this.starting.size === 0);
  }

  /** One request more, where it is within the rate that is provisioned. */
  takeRequest(nowMs: number): boolean {
    const rate = REQUESTS_PER_SECOND * this.requested;
    this.#rate.resize(rate, rate, nowMs);
    return this.#rate.take(nowMs);
  }

  takeIdle(): HeldEnvironment | undefined {
    // One whose process has just ended stays until its last one is gone.
    const index = this.idle.findLastIndex(({ environment }) => environment.isIdle);
    return index === -1 ? undefined : this.idle.splice(index, 1)[0];
  }

  takeBack(held: HeldEnvironment): boolean {
    const hasPlace = this.members.has(held) && this.members.size <= this.target;
    if (!hasPlace) {
      this.members.delete(held);
    } else if (held.isReset) {
      this.starting.add(held);
      this.#listener.onReset(this, held);
    } else {
      this.idle.push(held);
      this.#listener.onIdle(this, held);
    }
    return hasPlace;
  }

  /** Takes out what is too many, to be ended; what is busy goes when it is given back. */
  surplus(): readonly HeldEnvironment[] {
    const surplus: HeldEnvironment[] = [];
    for (const held of [...this.starting, ...this.idle]) {
      if (this.members.size <= this.target) break;
      this.forget(held);
      surplus.push(held);
    }
    return surplus;
  }

  forget(held: HeldEnvironment): void {
    this.members.delete(held);
    this.starting.delete(held);
    const index = this.idle.indexOf(held);
    if (index !== -1) this.idle.splice(index, 1);
  }

  /** An init succeeded. */
  succeed(): void {
    this.#forgetFailures();
    this.failure = undefined;
    if (this.ready >= this.requested) this.hasBeenReady = true;
  }

  /** One ended before it was used; several at once make one pause. */
  pause(nowMs: number): void {
    if (nowMs < this.#pausedUntilMs) return;
    this.#failures += 1;
    this.#pausedUntilMs = nowMs + Math.min(PAUSE_MS * 2 ** (this.#failures - 1), PAUSE_MS_MAX);
  }

  /** What was asked for is changed: failures before count no more. */
  request(requested: number): void {
    if (this.requested === requested) return;
    this.requested = requested;
    this.hasBeenReady = this.ready >= requested;
    this.failure = undefined;
    this.#forgetFailures();
  }

  /** The pause goes with its failures: the next failure makes one of its own. */
  #forgetFailures(): void {
    this.#failures = 0;
    this.#pausedUntilMs = -Infinity;
  }
}

/** What distinguishes the environments of one demand. */
export function provisionedKey(version: FunctionVersion, qualifier: string): string {
  return `${qualifier} ${revisionKey(version)}`;
}
