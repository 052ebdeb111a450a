import type { Deliverer } from '#ports/peers/deliverer.ts';
import type { MetricSink } from '#ports/peers/metric-sink.ts';
import type { Clock } from '#ports/world/clock.ts';
import type { Database } from '#ports/world/database.ts';
import type { Random } from '#ports/world/random.ts';

/** What Amazon SNS needs of the world and of its peers. */
export interface SnsDependencies {
  readonly database: Database;
  readonly clock: Clock;
  readonly random: Random;
  /** Takes deliveries for the ARNs of endpoints. */
  readonly deliverer: Deliverer;
  readonly metricSink: MetricSink;
  /** `HOST:PORT` of the server, for the links in notifications. */
  readonly host: () => string;
}
