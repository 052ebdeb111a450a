import type { Clock } from '#ports/world/clock.ts';
import type { Database } from '#ports/world/database.ts';
import type { Random } from '#ports/world/random.ts';
import type { Wakeups } from '#ports/world/wakeups.ts';

/** What Amazon SQS needs of the world. */
export interface SqsDependencies {
  readonly database: Database;
  readonly clock: Clock;
  readonly random: Random;
  readonly wakeups: Wakeups;
  /** What queues' URLs begin with, `https://hearth.example`; what the request came by where nothing is said. */
  readonly endpointUrl?: string;
}
