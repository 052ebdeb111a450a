import type { ResourcePolicies } from '#ports/peers/access-control.ts';
import type { Clock } from '#ports/world/clock.ts';
import type { Database } from '#ports/world/database.ts';
import type { Random } from '#ports/world/random.ts';

/** What AWS IAM needs of the world. */
export interface IamDependencies {
  readonly database: Database;
  readonly clock: Clock;
  readonly random: Random;
  /** Told of an access key that changed or went away, for whoever remembers it. */
  readonly forgetKey: (accessKeyId: string) => void;
  /** The other services' policies, by the service of an ARN: `sqs`. They join once they are made. */
  readonly resourcePolicies?: ReadonlyMap<string, ResourcePolicies>;
  /** Accounts that are kept apart where policies are not evaluated within them. */
  readonly openAccounts?: ReadonlySet<string>;
}
