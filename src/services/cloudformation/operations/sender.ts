import type { RequestContext } from '#aws/operation.ts';
import { parseArn } from '#kernel/arn.ts';
import { accessDenied, validation } from '../errors.ts';
import { isTrusted } from '#ports/peers/access-control.ts';
import type { CloudformationDependencies } from '../dependencies.ts';
import type { OperationSender } from '#ports/peers/operation-caller.ts';

const SESSION = 'AWSCloudFormation';
const SERVICE = 'cloudformation.amazonaws.com';

/** In whose name a stack is worked on: its service role's, or whoever asked for it. */
export function senderOf(
  { principal, accountId, region, http }: RequestContext,
  roleArn?: string,
): OperationSender {
  const host = http.headers['host'] ?? 'localhost';
  const role = roleArn === undefined ? undefined : parseArn(roleArn);
  // A role of the service's is the service's own: nobody is asked for on whose behalf that is.
  if (roleArn === undefined || role === undefined) {
    return { principal: { ...principal, via: SERVICE }, accountId, region, host };
  }
  const name = role.resource.slice(role.resource.lastIndexOf('/') + 1);
  return {
    accountId,
    region,
    host,
    principal: {
      accountId,
      arn: `arn:aws:sts::${role.accountId}:assumed-role/${name}/${SESSION}`,
      userId: `${name}:${SESSION}`,
      session: { roleArn },
    },
  };
}

/**
 * A stack's role is of the account of whoever asks, and trusts CloudFormation; the trust is known only where policies
 * are evaluated.
 * @throws AwsError ValidationError, AccessDenied
 */
export async function checkRole(
  { access }: Pick<CloudformationDependencies, 'access'>,
  { accountId }: RequestContext,
  roleArn: string | undefined,
  stackId: string,
): Promise<void> {
  if (roleArn === undefined) return;
  const role = parseArn(roleArn);
  if (role?.service !== 'iam' || !role.resource.startsWith('role/')) {
    throw validation(`Role ${roleArn} is invalid or cannot be assumed`);
  }
  if (role.accountId !== accountId) throw accessDenied('Cross-account pass role is not allowed.');
  const source = { service: SERVICE, sourceArn: stackId, sourceAccountId: accountId };
  if (!(await isTrusted(access, source, roleArn))) {
    throw validation(`Role ${roleArn} is invalid or cannot be assumed`);
  }
}
