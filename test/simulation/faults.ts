/** What goes wrong, and how often. */
import type { Fate } from '#adapters/simulated/index.ts';
import type { SimulatedFaults } from '#compose/simulated.ts';
import type { Clock } from '#ports/world/clock.ts';
import { SECOND_MS } from '#kernel/units.ts';
import { SandboxUnavailable } from '#ports/world/sandbox.ts';
import type { Chance } from './chance.ts';
import type { Host } from './host.ts';
import type { Trace } from './trace.ts';

/** Probabilities, each an occasion; drawn anew for each seed, so that some runs are calm and some are wild. */
export interface FaultRates {
  readonly commitFails: number;
  readonly diesAtCommit: number;
  readonly wakeupIsLost: number;
  readonly launchFails: number;
}

/** Mean times between faults, in ms. */
export interface FaultIntervals {
  readonly serverCrashMs: number;
  readonly serverStopMs: number;
  readonly sandboxCrashMs: number;
  readonly launcherCrashMs: number;
  readonly claimLossMs: number;
}

const CALM_MS = 6 * SECOND_MS;

export class Faults implements SimulatedFaults {
  readonly #chance: Chance;
  readonly #clock: Clock;
  readonly #trace: Trace;
  readonly #rates: FaultRates;
  readonly intervals: FaultIntervals;
  #isOn = false;
  #launcherDownUntilMs = 0;
  #calmUntilMs = 0;
  /** When a commit failed last, in ms of the monotonic clock. */
  commitFailedAtMs = -Infinity;

  constructor(chance: Chance, clock: Clock, trace: Trace) {
    this.#chance = chance;
    this.#clock = clock;
    this.#trace = trace;
    this.#rates = {
      commitFails: chance.pick([0, 0, 0.0005, 0.002]),
      diesAtCommit: chance.pick([0, 0.0002, 0.001]),
      wakeupIsLost: chance.pick([0, 0.1, 0.5]),
      launchFails: chance.pick([0, 0.02, 0.2]),
    };
    this.intervals = {
      serverCrashMs: chance.pick([20_000, 60_000, 600_000]),
      serverStopMs: chance.pick([60_000, 600_000]),
      sandboxCrashMs: chance.pick([1000, 5000, 60_000]),
      launcherCrashMs: chance.pick([30_000, 300_000]),
      claimLossMs: chance.pick([10_000, 60_000]),
    };
  }

  turn(isOn: boolean): void {
    this.#isOn = isOn;
  }

  /** True while nothing may end the server. */
  get isCalm(): boolean {
    return this.#clock.monotonicMs() < this.#calmUntilMs;
  }

  /** Lets the server live, and its commits succeed, for some seconds. */
  calm(): void {
    this.#calmUntilMs = this.#clock.monotonicMs() + CALM_MS;
  }

  readonly fateOf = (): Fate => {
    if (this.isCalm) return 'commits';
    const { commitFails, diesAtCommit } = this.#rates;
    if (this.#happens(commitFails)) {
      this.commitFailedAtMs = this.#clock.monotonicMs();
      this.#trace.add('fault: a commit fails');
      return 'fails';
    }
    if (!this.#happens(diesAtCommit)) return 'commits';
    return this.#chance.pick(['dies-before', 'dies-after']);
  };

  readonly losesWakeup = (): boolean => this.#happens(this.#rates.wakeupIsLost);

  readonly onLaunch = (): void => {
    const isDown = this.#clock.monotonicMs() < this.#launcherDownUntilMs;
    if (!isDown && !this.#happens(this.#rates.launchFails)) return;
    this.#trace.add('fault: a launch fails');
    throw new SandboxUnavailable('the simulation makes no sandbox');
  };

  /** Kills one living sandbox. */
  crashSandbox(host: Host): void {
    const sandboxes = [...(host.server?.driver.sandboxes ?? [])];
    const [first, ...rest] = sandboxes;
    if (first === undefined) return;
    this.#trace.add('fault: a sandbox dies');
    this.#chance.pick([first, ...rest]).process.kill(this.#chance.happens(0.3));
  }

  /** Ends the launcher and with it all sandboxes; it is back after some seconds. */
  crashLauncher(host: Host): void {
    this.#trace.add('fault: the launcher dies');
    this.#launcherDownUntilMs = this.#clock.monotonicMs() + this.#chance.between(100, 8000);
    for (const { process } of host.server?.driver.sandboxes ?? []) process.kill();
  }

  #happens(probability: number): boolean {
    return this.#isOn && probability > 0 && this.#chance.happens(probability);
  }
}
