import type { Deliverer } from '#ports/peers/deliverer.ts';
import type { MetricSink } from '#ports/peers/metric-sink.ts';
import type { Clock } from '#ports/world/clock.ts';
import type { Database } from '#ports/world/database.ts';
import type { Log } from '#ports/world/log.ts';
import type { Random } from '#ports/world/random.ts';

/** What CloudWatch Logs needs of the world and of its peers. */
export interface LogsDependencies {
  readonly database: Database;
  readonly clock: Clock;
  readonly random: Random;
  readonly log: Log;
  /** Takes what subscription filters find. */
  readonly deliverer: Deliverer;
  /** Takes what metric filters measure. */
  readonly metricSink: MetricSink;
}
