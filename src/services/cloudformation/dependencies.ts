import type { AccessControl } from '#ports/peers/access-control.ts';
import type { OperationCaller } from '#ports/peers/operation-caller.ts';
import type { Clock } from '#ports/world/clock.ts';
import type { Database } from '#ports/world/database.ts';
import type { Log } from '#ports/world/log.ts';
import type { Random } from '#ports/world/random.ts';
import type { Threads } from '#ports/world/threads.ts';
import type { Wakeups } from '#ports/world/wakeups.ts';
import type { HeldNames } from './engine/held-names.ts';

/** What CloudFormation needs of the world and of its peers. */
export interface CloudformationDependencies {
  readonly database: Database;
  readonly clock: Clock;
  readonly random: Random;
  readonly wakeups: Wakeups;
  readonly log: Log;
  /** Absent: long templates are read where they are, and everybody waits. */
  readonly threads?: Threads;
  /** Performs the operations of all other services. */
  readonly operations: OperationCaller;
  /** Whether a role trusts CloudFormation; absent where no policy is evaluated. */
  readonly access?: AccessControl;
  /** `http://127.0.0.1:4566`: where functions put the responses of custom resources. */
  readonly endpoint: () => string;
}

/** What works on stacks shares this among all of them. */
export interface EngineDependencies extends CloudformationDependencies {
  readonly names: HeldNames;
}
