import type { Queries } from '#ports/world/database.ts';

/** A role, as those see it who take it on. */
export interface KnownRole {
  readonly accountId: string;
  /** `arn:aws:iam::ACCOUNT:role/PATH/NAME`. */
  readonly arn: string;
  readonly roleName: string;
  /** `AROA` and 17 characters. */
  readonly roleId: string;
  /** The trust policy, as JSON. */
  readonly trustPolicy: string;
  readonly sessionSecondsMax: number;
}

/** Finds roles for whoever issues their credentials. */
export interface RoleDirectory {
  /** Within a transaction its queries are given: it awaits nothing but its own statements. */
  find(roleArn: string, queries?: Queries): Promise<KnownRole | undefined>;
}
