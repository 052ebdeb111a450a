/** When alarms are looked at: each ten seconds, those of a minute and more when a minute has begun. */
import { SECOND_MS } from '#kernel/units.ts';
import type { Agenda } from '#ports/peers/agenda.ts';
import { isShort } from './alarm.ts';
import type { MetricsDependencies } from './dependencies.ts';
import { SINK_INTERVAL_MS } from './limits.ts';
import type { AggregatingMetricSink } from './metric-sink.ts';
import { listAllAlarms } from './store-alarms.ts';
import { isAtRest } from './rest.ts';
import { watchAlarms } from './watch-alarms.ts';

/** The shortest period of an alarm. */
const LOOK_INTERVAL_MS = 10 * SECOND_MS;

export interface Watch {
  /** Waits for the next look; true where a minute has begun since the last one. */
  wait(signal: AbortSignal): Promise<boolean>;
  look(hasMinuteBegun: boolean): Promise<void>;
  readonly agenda: Agenda;
}

/** A watch that has looked just now, as if there were no alarms. */
export function createWatch(
  dependencies: MetricsDependencies,
  sink: Pick<AggregatingMetricSink, 'unseen'>,
): Watch {
  const { clock } = dependencies;
  let lookedAtMs = clock.now();
  /** The last look at all alarms; none yet. */
  let allLookedAtMs = -Infinity;
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
      if (hasMinuteBegun) allLookedAtMs = nowMs;
    },
    agenda: async (queries) => {
      const alarms = (await listAllAlarms(queries)).flatMap((alarm) =>
        alarm.kind === 'metric' ? [alarm] : [],
      );
      if (alarms.length === 0) return undefined;
      if (nextAtMs <= clock.now()) return nextAtMs;
      const seen = { lookedAtMs: allLookedAtMs, unseen: sink.unseen() };
      let isAnyAwake = false;
      for (const alarm of alarms) {
        if (await isAtRest(queries, alarm, seen)) continue;
        if (isShort(alarm)) return nextAtMs;
        isAnyAwake = true;
      }
      if (!isAnyAwake) return undefined;
      const minuteEndsMs = (minuteOf(lookedAtMs) + 1) * SINK_INTERVAL_MS;
      const looksBefore = Math.ceil(Math.max(0, minuteEndsMs - nextAtMs) / LOOK_INTERVAL_MS);
      return nextAtMs + looksBefore * LOOK_INTERVAL_MS;
    },
  };
}

function minuteOf(atMs: number): number {
  return Math.floor(atMs / SINK_INTERVAL_MS);
}
