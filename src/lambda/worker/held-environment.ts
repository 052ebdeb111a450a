import { MIB } from '#kernel/units.ts';
import type { FunctionVersion } from '#lambda/model/function-version.ts';
import type { Slot } from './capacity.ts';
import type { Environment } from './environment.ts';
import type { InitializationType } from './launcher.ts';
import type { InitPhase } from './platform-log.ts';
import type { RuntimeEntry } from './runtime-table.ts';

/** What starts environments, and takes them back. */
export interface EnvironmentOwner {
  beginFinish(held: HeldEnvironment): void;
  restart(held: HeldEnvironment, initTimeoutMs: number, phase: InitPhase): Environment;
  release(held: HeldEnvironment): Promise<void>;
}

/** Where an environment that is kept ready stays between its events. */
export interface Home {
  /** What its environments have in common; no other's have it. */
  readonly key: string;
  /** How many were asked for, and how many are with an invocation now. */
  readonly requested: number;
  readonly busy: number;
  /** False where it has no place for it any more: then it ends. One that is reset it has begun anew. */
  takeBack(held: HeldEnvironment): boolean;
  /** It ends. */
  forget(held: HeldEnvironment): void;
}

interface HeldOptions {
  readonly environment: Environment;
  readonly runtime: RuntimeEntry;
  readonly slot: Slot;
  readonly nowMs: number;
  readonly home?: Home;
}

/** The kernel's peak only grows: of a busy environment it is read so often. */
const MEASURE_MS = 100;

/** An environment and its slot, in the hands of one invocation; goes back to its owner when disposed of. */
export class HeldEnvironment implements AsyncDisposable {
  readonly key: string;
  readonly runtime: RuntimeEntry;
  readonly slot: Slot;
  readonly startedAtMs: number;
  readonly home: Home | undefined;
  /** Of what began it last: a reset begins another in its place. */
  environment: Environment;
  /** Its processes are gone; the next event begins them anew. */
  isReset = false;
  isEnding = false;
  isFinishing = false;
  /** The most memory that it was seen to use, in MiB; 0 where nobody knows. */
  peakMemoryMiB = 0;
  readonly #owner: EnvironmentOwner;
  #measuredAtMs = -Infinity;

  constructor(owner: EnvironmentOwner, { environment, runtime, slot, nowMs, home }: HeldOptions) {
    this.#owner = owner;
    this.environment = environment;
    this.runtime = runtime;
    this.slot = slot;
    this.startedAtMs = nowMs;
    this.home = home;
    this.key = home?.key ?? revisionKey(environment.version);
  }

  get initializationType(): InitializationType {
    return this.home === undefined ? 'on-demand' : 'provisioned-concurrency';
  }

  /** Its function has answered. */
  beginFinish(): void {
    if (!this.isFinishing) this.#owner.beginFinish(this);
  }

  /** Whether no environment has to be made for the next event. */
  get isStanding(): boolean {
    return this.isReset || this.environment.isIdle;
  }

  /** It goes on with other processes, whose memory is measured anew. */
  renew(environment: Environment): void {
    // Its function may have changed while it began.
    environment.isRetired = this.environment.isRetired;
    this.environment = environment;
    this.isReset = false;
    this.#measuredAtMs = -Infinity;
  }

  /** Begins it anew: within an invocation under the function's timeout, or, in its home, before the next. */
  restart(initTimeoutMs: number, phase: InitPhase = 'invoke'): Environment {
    return this.#owner.restart(this, initTimeoutMs, phase);
  }

  /** The peak of memory, in MiB; `undefined` once MEASURE_MS have passed since the driver was asked. */
  measuredAt(nowMs: number): number | undefined {
    const isNew = nowMs - this.#measuredAtMs < MEASURE_MS;
    return isNew && this.environment.isIdle ? this.peakMemoryMiB : undefined;
  }

  /** Asks the driver for the peak of memory, in MiB. */
  async measure(nowMs: number): Promise<number> {
    this.#measuredAtMs = nowMs;
    const bytes = await this.environment.peakMemoryBytes();
    this.peakMemoryMiB = Math.ceil(bytes / MIB);
    return this.peakMemoryMiB;
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.#owner.release(this);
  }
}

const revisionKeys = new WeakMap<FunctionVersion, string>();

/** What distinguishes environments that may serve the same events. */
export function revisionKey(version: FunctionVersion): string {
  const known = revisionKeys.get(version);
  if (known !== undefined) return known;
  const { functionArn, version: name, revisionId, tenantId } = version;
  const key = `${functionArn} ${name} ${revisionId}`;
  const whole = tenantId === undefined ? key : `${key} ${tenantId}`;
  revisionKeys.set(version, whole);
  return whole;
}
