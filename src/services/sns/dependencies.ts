import type { Deliverer } from '#ports/peers/deliverer.ts';
import type { LogSink } from '#ports/peers/log-sink.ts';
import type { MetricSink } from '#ports/peers/metric-sink.ts';
import type { Clock } from '#ports/world/clock.ts';
import type { Database } from '#ports/world/database.ts';
import type { HttpClient } from '#ports/world/http-client.ts';
import type { Random } from '#ports/world/random.ts';
import type { Wakeups } from '#ports/world/wakeups.ts';

/** What Amazon SNS needs of the world and of its peers. */
export interface SnsDependencies {
  readonly database: Database;
  readonly clock: Clock;
  readonly random: Random;
  readonly wakeups: Wakeups;
  /** Posts to the endpoints of http and https; without it, what is to be posted waits in the store. */
  readonly http?: HttpClient;
  /** Takes deliveries for the ARNs of endpoints. */
  readonly deliverer: Deliverer;
  readonly metricSink: MetricSink;
  /** Takes what became of notifications, where a topic asks for it. */
  readonly logSink?: LogSink;
  /** `HOST:PORT` of the server, for the links in notifications. */
  readonly host: () => string;
  /** What those links begin with where that is something else, `https://hearth.example`. */
  readonly endpointUrl?: string;
}
