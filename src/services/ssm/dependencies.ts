import type { Clock } from '#ports/world/clock.ts';
import type { Database } from '#ports/world/database.ts';

/** What the parameter store needs of the world. */
export interface SsmDependencies {
  readonly database: Database;
  readonly clock: Clock;
}
