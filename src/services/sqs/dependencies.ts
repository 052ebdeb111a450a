import type { MetricSink } from '#ports/peers/metric-sink.ts';
import type { Clock } from '#ports/world/clock.ts';
import type { Database } from '#ports/world/database.ts';
import type { Random } from '#ports/world/random.ts';
import type { Wakeups } from '#ports/world/wakeups.ts';
import type { InFlight } from './in-flight.ts';
import type { QueueMeter } from './meter.ts';

/** What Amazon SQS needs of the world. */
export interface SqsDependencies {
  readonly database: Database;
  readonly clock: Clock;
  readonly random: Random;
  readonly wakeups: Wakeups;
  /** Takes what queues tell of themselves; nobody listens where it is absent. */
  readonly metrics?: MetricSink;
  /** What queues' URLs begin with, `https://hearth.example`; what the request came by where nothing is said. */
  readonly endpointUrl?: string;
}

/** The same, and what the service's own parts share. */
export interface SqsParts extends SqsDependencies {
  readonly inFlight: InFlight;
  readonly meter: QueueMeter;
}
