import type { Deliverer } from '#ports/peers/deliverer.ts';
import type { Clock } from '#ports/world/clock.ts';
import type { Database } from '#ports/world/database.ts';
import type { Log } from '#ports/world/log.ts';

/** What CloudWatch's metrics need of the world and of their peers. */
export interface MetricsDependencies {
  readonly database: Database;
  readonly clock: Clock;
  readonly log: Log;
  /** Takes what alarms have to say. */
  readonly deliverer: Deliverer;
}
