import type {
  CredentialLookup,
  Credentials,
  RootCredentials,
} from '#ports/peers/credential-issuer.ts';
import type { RoleDirectory } from '#ports/peers/role-directory.ts';
import type { Clock } from '#ports/world/clock.ts';
import type { Database } from '#ports/world/database.ts';
import type { Random } from '#ports/world/random.ts';

export interface StsDependencies {
  readonly database: Database;
  readonly clock: Clock;
  readonly random: Random;
  /** The account whose root credentials are made at the first start: 12 digits. */
  readonly accountId: string;
  /** Accounts beside it that have root credentials, too. */
  readonly furtherAccountIds?: readonly string[];
  /** Roles, of IAM. */
  readonly roles: RoleDirectory;
  /** Users' access keys, of IAM. */
  readonly users: CredentialLookup;
  /** Puts the root credentials where their owner alone can read them; called at each start. */
  readonly publishRoot: (
    credentials: Credentials,
    further: readonly RootCredentials[],
  ) => Promise<void>;
}
