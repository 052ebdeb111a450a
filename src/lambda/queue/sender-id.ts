import type { RoleDirectory } from '#ports/peers/role-directory.ts';
import type { Clock } from '#ports/world/clock.ts';
import type { Queries } from '#ports/world/database.ts';
import type { Random } from '#ports/world/random.ts';

import { roleOf } from '../role-of.ts';

export interface SenderDependencies {
  readonly clock: Clock;
  readonly random: Random;
  /** Absent where nobody knows the roles' ids. */
  readonly roles?: RoleDirectory;
}

const SESSIONS = 1000;

/**
 * As whom Lambda hands on what became of a function's event: its execution role, in a session for each delivery,
 * `AROA…:awslambda_412_20261122231403720`; nothing where the role is not known.
 * @see recording `lambda_destinations: TestLambdaDestinationSqs::test_maxeventage`, in which each message has its own
 */
export async function senderIdOf(
  { clock, random, roles }: SenderDependencies,
  queries: Queries,
  functionArn: string,
): Promise<{ readonly senderId?: string }> {
  if (roles === undefined) return {};
  const roleArn = await roleOf(queries, functionArn);
  const role = roleArn === undefined ? undefined : await roles.find(roleArn, queries);
  if (role === undefined) return {};
  const digits = new Date(clock.now()).toISOString().replaceAll(/\D/g, '');
  const session = Math.floor(random.fraction() * SESSIONS);
  return { senderId: `${role.roleId}:awslambda_${session}_${digits}` };
}
