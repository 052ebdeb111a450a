import type { Credentials, Principal, PrincipalSession } from '#ports/peers/credential-issuer.ts';
import type { KnownRole } from '#ports/peers/role-directory.ts';

/** Temporary credentials and whom they stand for. */
export interface Session {
  readonly credentials: Required<Credentials>;
  readonly principal: Principal;
}

/** The root of an account. */
export function rootPrincipal(accountId: string): Principal {
  return { accountId, arn: `arn:aws:iam::${accountId}:root`, userId: accountId };
}

/**
 * Who an assumed role is.
 * @param role with the account that it belongs to
 */
export function assumedRole(
  role: Pick<KnownRole, 'accountId' | 'arn' | 'roleName' | 'roleId'>,
  sessionName: string,
  session: PrincipalSession = {},
): Principal {
  const { accountId, arn: roleArn, roleName, roleId } = role;
  return {
    accountId,
    arn: `arn:aws:sts::${accountId}:assumed-role/${roleName}/${sessionName}`,
    userId: `${roleId}:${sessionName}`,
    session: { ...session, roleArn },
  };
}
