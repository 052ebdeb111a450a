/** A fault: the machine's clock is set back or ahead, and after a while to where it would have been. */
import type { SimulatedMachine } from '#compose/simulated.ts';
import { HOUR_MS, MINUTE_MS, SECOND_MS } from '#kernel/units.ts';
import type { Chance } from './chance.ts';
import type { Faults } from './faults.ts';
import type { Host } from './host.ts';
import type { Trace } from './trace.ts';

/** A jump of the wall clock; both in ms since 1970. */
export interface ClockJump {
  readonly fromMs: number;
  readonly toMs: number;
}

export interface JumpSchedule {
  readonly machine: SimulatedMachine;
  readonly host: Host;
  readonly faults: Faults;
  readonly chance: Chance;
  readonly trace: Trace;
  /** Called before the clock jumps ahead. */
  readonly onAhead: () => void;
  /** Of the monotonic clock: the clock is right again then. */
  readonly endMs: number;
}

const JUMP_MS_MIN = 5 * MINUTE_MS;
const JUMP_MS_MAX = 3 * HOUR_MS;
/** A server that is up has looked at everything by then. */
const SETTLE_MS = 1 * SECOND_MS;
/** Before the second jump, and after it: the first is noticed, and what it made due has happened. */
const REST_MS = 10 * SECOND_MS;

/** Lets the clock jump there and back; answers the jumps. */
export async function jumpClock(schedule: JumpSchedule): Promise<readonly ClockJump[]> {
  const { machine, chance, endMs } = schedule;
  const { clock } = machine;
  const leftMs = Math.max(0, Math.floor(endMs - clock.monotonicMs() - 2 * REST_MS));
  const sign = chance.pick([-1, 1]);
  const byMs = sign * chance.between(JUMP_MS_MIN, JUMP_MS_MAX);
  const beforeMs = chance.between(0, leftMs);
  const betweenMs = REST_MS + chance.between(0, leftMs - beforeMs);
  await clock.sleep(beforeMs);
  const there = await jump(schedule, byMs);
  await clock.sleep(betweenMs);
  const back = await jump(schedule, -byMs);
  return [there, back];
}

async function jump(schedule: JumpSchedule, byMs: number): Promise<ClockJump> {
  const { machine, host, faults, trace, onAhead } = schedule;
  const { clock } = machine;
  // With no server there it is an outage, which there are enough of.
  do {
    faults.calm();
    await clock.sleep(SETTLE_MS);
  } while (host.server === undefined);
  trace.add(`fault: the clock jumps by ${byMs} ms`);
  // Who dies before it has noticed waits for longer: see docs/decisions/0005.
  faults.calm();
  if (byMs > 0) onAhead();
  const fromMs = clock.now();
  clock.jump(byMs);
  return { fromMs, toMs: clock.now() };
}
