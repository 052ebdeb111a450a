import type { MetricSink } from '#ports/peers/metric-sink.ts';
import type { Clock } from '#ports/world/clock.ts';
import type { Database } from '#ports/world/database.ts';
import type { Random } from '#ports/world/random.ts';
import type { Wakeups } from '#ports/world/wakeups.ts';
import type { StreamMeter } from './metrics.ts';
import type { Throughput } from './throughput.ts';

/** What Kinesis Data Streams needs of the world. */
export interface KinesisDependencies {
  readonly database: Database;
  readonly clock: Clock;
  readonly random: Random;
  readonly wakeups: Wakeups;
  /** Takes what streams tell of themselves; nobody listens where it is absent. */
  readonly metrics?: MetricSink;
}

/** The same, and what the operations share that read and write records. */
export interface KinesisParts extends KinesisDependencies {
  readonly throughput: Throughput;
  readonly meter: StreamMeter;
}
