/*
 * Each time of each rule and schedule fires exactly once, never early, whatever becomes of the server.
 *
 * F1  What fires is a time of its rule or schedule, in that one's own words, and once.
 * F2  Nothing fires before its time, nor later than a lost wakeup allows, but after an outage.
 * F3  Of the times that an outage took, the first and those of the five minutes before the server fires again are
 *     made up for, the others are left out, as the services' READMEs have it.
 * F4  What is too old, or has no target, is with the dead letters, and nothing else is.
 * F5  A clock that jumps ahead is an outage for dates. A rate that it jumps under fires as often as its period says,
 *     give or take one firing a jump; its times may be told twice where the clock shows them twice.
 */
import { MINUTE_MS, SECOND_MS } from '#kernel/units.ts';
import type { ClockJump } from '../clock-jumps.ts';
import { QUEUES } from '../names.ts';
import type { StoredMessage } from '../witness.ts';

/** A rule or a schedule. */
export interface Timer {
  readonly arn: string;
  /** All its times up to an instant, in ms since 1970, ascending. */
  readonly timesUntil: (untilMs: number) => readonly number[];
  /** It may also not be there: nobody was told that it was made before its time. */
  isUnsure?: boolean;
  /** Its target does not exist. */
  readonly isAstray?: boolean;
  /** Older firings are dead letters. */
  readonly ageMsMax?: number;
  /** Its flexible window. */
  readonly windowMs?: number;
  /** The period of a rate. */
  readonly periodMs?: number;
}

/** How long the server was off, in ms since 1970. */
export interface Outage {
  readonly fromMs: number;
  readonly untilMs: number;
}

/** What befell the server and its clock. */
export interface Course {
  /** When all is quiet, in ms since 1970. */
  readonly nowMs: number;
  readonly outages: readonly Outage[];
  readonly jumps: readonly ClockJump[];
}

/** A lost wakeup is made up for in a minute; servers that die are started again in seconds. */
export const LATE_MS_MAX = 90 * SECOND_MS;
const CATCH_UP_MS = 5 * MINUTE_MS;
/** Between the message of a firing and the plan of the next one. */
const PLANNING_MS = SECOND_MS;
/** A firing that is under way as the clock is set back is stored with the time after that. */
const UNDER_WAY_MS = 2 * SECOND_MS;

type Incidents = Pick<Course, 'outages' | 'jumps'>;

interface Firing {
  readonly isDead: boolean;
  readonly atMs: number;
}

export class FiringsChecker {
  readonly #complain: (text: string) => void;
  readonly #timers: Timer[] = [];

  constructor(complain: (text: string) => void) {
    this.#complain = complain;
  }

  /** Takes a timer that is about to be made; it is watched as it is at the end. */
  add<T extends Timer>(timer: T): T {
    this.#timers.push(timer);
    return timer;
  }

  /** Nobody takes anything from the queues. */
  check(messages: readonly StoredMessage[], course: Course): void {
    const fired = firingsOf(messages);
    const passedOver = course.jumps.flatMap(({ fromMs, toMs }) =>
      toMs > fromMs ? [{ fromMs, untilMs: toMs }] : [],
    );
    const dates = { ...course, outages: [...course.outages, ...passedOver] };
    for (const timer of this.#timers) {
      const own = fired.get(timer.arn) ?? new Map<string, Firing[]>();
      fired.delete(timer.arn);
      if (timer.periodMs === undefined || course.jumps.length === 0) {
        this.#checkTimer(timer, own, dates);
      } else this.#checkRate(timer, own, course);
    }
    for (const arn of fired.keys()) this.#complain(`${arn} fires, which nobody made`);
  }

  #checkTimer(
    timer: Timer,
    own: ReadonlyMap<string, readonly Firing[]>,
    { nowMs, outages, jumps }: Course,
  ): void {
    const { arn } = timer;
    const times = timer.timesUntil(Math.max(nowMs, ...jumps.map(({ fromMs }) => fromMs)));
    const known = new Set(times.map(timeOf));
    for (const time of own.keys()) {
      if (!known.has(time)) this.#complain(`${arn} fires for ${time}, which is no time of it`);
    }
    const left = outages.map((outage) => leftOut(times, own, outage));
    for (const atMs of times) {
      const firings = own.get(timeOf(atMs)) ?? [];
      const name = `${arn} of ${timeOf(atMs)}`;
      if (firings.length > 1) this.#complain(`${name} fires ${firings.length} times`);
      const lateMs = LATE_MS_MAX + (timer.windowMs ?? 0);
      const isDue =
        !timer.isUnsure &&
        atMs <= nowMs - lateMs &&
        left.every(({ mayMiss }) => mayMiss(atMs) === 'no');
      if (firings.length === 0 && isDue) this.#complain(`${name} never fires`);
      if (firings.length > 0 && left.some(({ mayMiss }) => mayMiss(atMs) === 'must')) {
        this.#complain(`${name} is made up for after more than five minutes`);
      }
      for (const firing of firings) this.#checkFiring(timer, atMs, firing, { outages, jumps });
    }
  }

  /** How often a rate fired that the clock jumped under (F5). */
  #checkRate(
    { arn, periodMs = 0, isAstray = false, timesUntil }: Timer,
    own: ReadonlyMap<string, readonly Firing[]>,
    { nowMs, outages, jumps }: Course,
  ): void {
    const firings = [...own.values()].flat();
    const planned = timesUntil(nowMs).length;
    const late = Math.ceil(LATE_MS_MAX / periodMs);
    const offMs = outages.reduce((sum, { fromMs, untilMs }) => sum + untilMs - fromMs, 0);
    const least = planned - jumps.length - late - Math.ceil(offMs / periodMs);
    const most = planned + jumps.length;
    if (firings.length < least || firings.length > most) {
      this.#complain(`${arn} fires ${firings.length} times, and should ${least} to ${most} times`);
    }
    if (firings.some(({ isDead }) => isDead !== isAstray)) {
      this.#complain(`${arn} is ${isAstray ? 'not ' : ''}with the dead letters`);
    }
  }

  #checkFiring(timer: Timer, atMs: number, firing: Firing, { outages, jumps }: Incidents): void {
    const { arn, windowMs = 0, ageMsMax = Infinity, isAstray = false } = timer;
    const name = `${arn} of ${timeOf(atMs)}`;
    const lateMs = firing.atMs - atMs;
    if (jumps.some((jump) => isUnderWay(jump, firing))) return;
    if (lateMs < 0) this.#complain(`${name} fires ${-lateMs} ms early`);
    const fromMs = outages.reduce(
      (latestMs, outage) => (isIn(outage, atMs) ? Math.max(latestMs, outage.untilMs) : latestMs),
      atMs,
    );
    if (firing.atMs - fromMs > LATE_MS_MAX + windowMs) {
      this.#complain(`${name} fires ${lateMs} ms late`);
    }
    const isToBeDead = isAstray || lateMs > ageMsMax;
    if (firing.isDead === isToBeDead) return;
    this.#complain(`${name} is ${firing.isDead ? '' : 'not '}with the dead letters`);
  }
}

function isUnderWay({ fromMs, toMs }: ClockJump, { atMs }: Firing): boolean {
  return toMs < fromMs && atMs >= toMs && atMs <= toMs + UNDER_WAY_MS;
}

/** A firing that was not yet made when the server went is made when it is back. */
function isIn({ fromMs, untilMs }: Outage, atMs: number): boolean {
  return atMs > fromMs - LATE_MS_MAX && atMs <= untilMs;
}

/** Which times an outage may have taken for good, which it must have: see F3. */
function leftOut(
  times: readonly number[],
  own: ReadonlyMap<string, readonly Firing[]>,
  outage: Outage,
): { readonly mayMiss: (atMs: number) => 'no' | 'may' | 'must' } {
  const firingOf = (atMs: number): Firing | undefined => own.get(timeOf(atMs))?.[0];
  const missed = times.filter(
    (atMs) => isIn(outage, atMs) && (firingOf(atMs)?.atMs ?? Infinity) >= outage.fromMs,
  );
  const [first] = missed;
  const againMs = first === undefined ? undefined : firingOf(first)?.atMs;
  return {
    mayMiss: (atMs) => {
      if (againMs === undefined || atMs === first || !missed.includes(atMs)) return 'no';
      const spareMs = atMs - (againMs - CATCH_UP_MS);
      if (spareMs > PLANNING_MS) return 'no';
      return spareMs < -PLANNING_MS ? 'must' : 'may';
    },
  };
}

/** By timer and time. */
function firingsOf(messages: readonly StoredMessage[]): Map<string, Map<string, Firing[]>> {
  const fired = new Map<string, Map<string, Firing[]>>();
  for (const { queue, body, sentAtMs } of messages) {
    if (queue !== QUEUES.ticks && queue !== QUEUES.ticksDead) continue;
    // The events that EventBridge and its Scheduler make, as AWS describes them.
    const { time, resources } = JSON.parse(body) as {
      readonly time: string;
      readonly resources: readonly [string];
    };
    const own = fired.get(resources[0]) ?? new Map<string, Firing[]>();
    fired.set(resources[0], own);
    const firings = own.get(time) ?? [];
    own.set(time, firings);
    firings.push({ isDead: queue === QUEUES.ticksDead, atMs: sentAtMs });
  }
  return fired;
}

/** As events tell it, in whole seconds. */
function timeOf(atMs: number): string {
  return `${new Date(atMs).toISOString().slice(0, 19)}Z`;
}
