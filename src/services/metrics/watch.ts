/** When alarms are looked at: each ten seconds, those of a minute and more when a minute has begun. */
import { SECOND_MS } from '#kernel/units.ts';
import type { Agenda } from '#ports/peers/agenda.ts';
import type { MetricsDependencies } from './dependencies.ts';
import { SINK_INTERVAL_MS } from './limits.ts';
import { listAllAlarms } from './store-alarms.ts';
import { isShort, watchAlarms } from './watch-alarms.ts';

/** The shortest period of an alarm. */
const LOOK_INTERVAL_MS = 10 * SECOND_MS;

export interface Watch {
  /** Waits for the next look; true where a minute has begun since the last one. */
  wait(signal: AbortSignal): Promise<boolean>;
  look(hasMinuteBegun: boolean): Promise<void>;
  readonly agenda: Agenda;
}

/** A watch that has looked just now. */
export function createWatch(dependencies: MetricsDependencies): Watch {
  const { clock } = dependencies;
  let lookedAtMs = clock.now();
  /** The next look; one that is under way is in the past. */
  let nextAtMs = lookedAtMs + LOOK_INTERVAL_MS;
  return {
    async wait(signal) {
      nextAtMs = clock.now() + LOOK_INTERVAL_MS;
      await clock.sleep(LOOK_INTERVAL_MS, signal).catch(() => {});
      return minuteOf(clock.now()) > minuteOf(lookedAtMs);
    },
    async look(hasMinuteBegun) {
      const nowMs = clock.now();
      await watchAlarms(dependencies, hasMinuteBegun);
      lookedAtMs = nowMs;
    },
    agenda: async (queries) => {
      const alarms = (await listAllAlarms(queries)).flatMap((alarm) =>
        alarm.kind === 'metric' ? [alarm] : [],
      );
      if (alarms.length === 0) return undefined;
      if (nextAtMs <= clock.now() || alarms.some(isShort)) return nextAtMs;
      const minuteEndsMs = (minuteOf(lookedAtMs) + 1) * SINK_INTERVAL_MS;
      const looksBefore = Math.ceil(Math.max(0, minuteEndsMs - nextAtMs) / LOOK_INTERVAL_MS);
      return nextAtMs + looksBefore * LOOK_INTERVAL_MS;
    },
  };
}

function minuteOf(atMs: number): number {
  return Math.floor(atMs / SINK_INTERVAL_MS);
}
