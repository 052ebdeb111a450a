import type { Deliverer } from '#ports/peers/deliverer.ts';
import type { MetricSink } from '#ports/peers/metric-sink.ts';
import type { Clock } from '#ports/world/clock.ts';
import type { Database } from '#ports/world/database.ts';
import type { HttpClient } from '#ports/world/http-client.ts';
import type { Random } from '#ports/world/random.ts';
import type { Wakeups } from '#ports/world/wakeups.ts';
import type { Tokens } from './tokens.ts';

/** What EventBridge needs of the world and of its peers. */
export interface EventsDependencies {
  readonly database: Database;
  readonly clock: Clock;
  readonly random: Random;
  readonly wakeups: Wakeups;
  /** Takes deliveries for the ARNs of targets; another bus comes back to this service through it. */
  readonly deliverer: Deliverer;
  readonly metricSink: MetricSink;
  /** For API destinations. */
  readonly http: HttpClient;
}

/** What the senders to API destinations need beside. */
export type PostDependencies = EventsDependencies & { readonly tokens: Tokens };
