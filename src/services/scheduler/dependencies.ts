import type { Deliverer } from '#ports/peers/deliverer.ts';
import type { MetricSink } from '#ports/peers/metric-sink.ts';
import type { Clock } from '#ports/world/clock.ts';
import type { Database } from '#ports/world/database.ts';
import type { Random } from '#ports/world/random.ts';
import type { Wakeups } from '#ports/world/wakeups.ts';

/** What EventBridge Scheduler needs of the world and of its peers. */
export interface SchedulerDependencies {
  readonly database: Database;
  readonly clock: Clock;
  readonly random: Random;
  readonly wakeups: Wakeups;
  /** Takes deliveries for the ARNs of targets. */
  readonly deliverer: Deliverer;
  readonly metricSink: MetricSink;
}
