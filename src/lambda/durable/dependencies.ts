import type { AccessControl } from '#ports/peers/access-control.ts';
import type { Deliverer } from '#ports/peers/deliverer.ts';
import type { Invoker } from '#ports/peers/invoker.ts';
import type { MetricSink } from '#ports/peers/metric-sink.ts';
import type { RoleDirectory } from '#ports/peers/role-directory.ts';
import type { Clock } from '#ports/world/clock.ts';
import type { Database } from '#ports/world/database.ts';
import type { Log } from '#ports/world/log.ts';
import type { Random } from '#ports/world/random.ts';
import type { Wakeups } from '#ports/world/wakeups.ts';

import type { FunctionCatalog } from '../model/function-catalog.ts';

export interface DurableDependencies {
  readonly database: Database;
  readonly clock: Clock;
  readonly log: Log;
  readonly random: Random;
  readonly wakeups: Wakeups;
  readonly metrics: MetricSink;
  /** Destinations and dead-letter queues. */
  readonly deliverer: Deliverer;
  readonly roles?: RoleDirectory;
  readonly catalog: FunctionCatalog;
  /** The invoke plane, asked for at each invocation. */
  readonly invoker: () => Invoker;
  /** Where policies are evaluated. */
  readonly access?: AccessControl;
  /** True where no other process serves this database: what ran in a former life runs again. */
  readonly isSoleOwner: boolean;
}

/** Wakeups that something may be due. */
export const TOPIC = 'lambda/durable';
