/**
 * What an update may do to the resources of a stack that has a policy: what no statement allows is not done.
 * @see https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/protect-stack-resources.html
 */
import { conditionKeys, evaluateResource, parsePolicy } from '#kernel/policy/index.ts';
import { validation } from '../errors.ts';
import type { Resource } from '../model.ts';
import type { Deployment } from './deployment.ts';
import { tellFailed } from './failures.ts';

type UpdateAction = 'Modify' | 'Replace' | 'Delete';

/** On the way back, and when the whole stack goes, policies are not asked. @throws AwsError ValidationError */
export function requireAllowed(
  { stack, operation }: Pick<Deployment, 'stack' | 'operation'>,
  { logicalId, type }: Pick<Resource, 'logicalId' | 'type'>,
  action: UpdateAction,
): void {
  if (operation.kind !== 'update' || operation.phase !== 'forward') return;
  const policy = operation.policy ?? stack.policy;
  if (policy === undefined) return;
  const resource = `LogicalResourceId/${logicalId}`;
  const keys = conditionKeys({ ResourceType: type });
  const asked = { action: `Update:${action}`, resource, keys };
  const { isDenied, grant } = evaluateResource(parsePolicy(policy), asked, { names: [] });
  if (grant !== undefined && !isDenied) return;
  throw validation(
    `Action denied by stack policy: the policy does not allow [${asked.action}] for resource [${resource}]`,
  );
}

/**
 * Logical ids of what an update would take out, and the policy keeps; each is told.
 * @param wanted logical ids of what there is to be
 */
export async function keptByPolicy(
  deployment: Deployment,
  wanted: ReadonlySet<string>,
): Promise<readonly string[]> {
  const kept: string[] = [];
  for (const row of deployment.resources.values()) {
    if (wanted.has(row.logicalId)) continue;
    try {
      requireAllowed(deployment, row, 'Delete');
    } catch (error) {
      await tellFailed(deployment, row, 'UPDATE_FAILED', error);
      kept.push(row.logicalId);
    }
  }
  return kept;
}
