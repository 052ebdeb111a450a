import type { RequestContext } from '#aws/operation.ts';
import { parseArn } from '#kernel/arn.ts';
import type { OperationSender } from '#ports/peers/operation-caller.ts';

const SESSION = 'AWSCloudFormation';

/** In whose name a stack is worked on: its service role's, or whoever asked for it. */
export function senderOf(
  { principal, accountId, region, http }: RequestContext,
  roleArn?: string,
): OperationSender {
  const host = http.headers['host'] ?? 'localhost';
  const role = roleArn === undefined ? undefined : parseArn(roleArn);
  if (roleArn === undefined || role === undefined) return { principal, accountId, region, host };
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
