/** What is billed is what was reported: exactly, but for what was reported just before a crash. */
import { addUsage, NO_USAGE, usageOf, type Usage } from '#billing/index.ts';
import type { InvocationReport } from '#ports/peers/invocation-report.ts';
import type { Clock } from '#ports/world/clock.ts';

/** Billing gathers reports for 200 ms, and a commit takes its turn. */
const GATHERED_MS = 400;
/** A batch whose commit failed is written again for ten seconds. */
const RETRIED_MS = 15_000;

/** What follows from reports; what was kept ready is counted apart. */
const COMPARED = [
  'requests',
  'provisionedRequests',
  'x86MibMs',
  'armMibMs',
  'provisionedX86MibMs',
  'provisionedArmMibMs',
  'temporaryMibMs',
] as const;

interface Reported {
  readonly atMs: number;
  readonly usage: Usage;
}

export class BillingChecker {
  readonly #clock: Clock;
  readonly #complain: (text: string) => void;
  #current: Reported[] = [];
  #all = NO_USAGE;
  #perhapsLost = NO_USAGE;

  constructor(clock: Clock, complain: (text: string) => void) {
    this.#clock = clock;
    this.#complain = complain;
  }

  reported(report: InvocationReport): void {
    const usage = usageOf(report);
    this.#all = addUsage(this.#all, usage);
    this.#current.push({ atMs: this.#clock.monotonicMs(), usage });
  }

  /** The server is gone; what it had gathered may be lost where it crashed. */
  serverGone(isCrash: boolean, commitFailedAtMs: number): void {
    const nowMs = this.#clock.monotonicMs();
    const hasRetried = nowMs - commitFailedAtMs < RETRIED_MS;
    const sinceMs = nowMs - (hasRetried ? RETRIED_MS : GATHERED_MS);
    for (const { atMs, usage } of this.#current) {
      if (isCrash && atMs >= sinceMs) this.#perhapsLost = addUsage(this.#perhapsLost, usage);
    }
    this.#current = [];
  }

  /** Once the last server has ended in good order. */
  check(billed: Usage): void {
    for (const name of COMPARED) {
      const most = this.#all[name];
      const least = most - this.#perhapsLost[name];
      if (billed[name] < least || billed[name] > most) {
        const range = least === most ? String(most) : `${least} to ${most}`;
        this.#complain(`${billed[name]} ${name} are billed, ${range} were reported`);
      }
    }
  }
}
