/**
 * What an update may do to the resources of a stack that has a policy: what no statement allows is not done.
 * @see https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/protect-stack-resources.html
 */
import { isObject, parseJson, type JsonObject } from '#kernel/json.ts';
import { compilePolicy, conditionKeys, evaluateResource } from '#kernel/policy/index.ts';
import { validation } from '../errors.ts';
import type { Resource } from '../model.ts';
import { structuresOf } from '../resources/shared.ts';
import type { Deployment } from './deployment.ts';
import { tellFailed } from './failures.ts';

type UpdateAction = 'Modify' | 'Replace' | 'Delete';

/** On the way back, and when the whole stack goes, policies are not asked. @throws AwsError ValidationError */
export function requireAllowed(
  { stack, operation }: Pick<Deployment, 'stack' | 'operation'>,
  { logicalId, type }: Pick<Resource, 'logicalId' | 'type'>,
  kind: UpdateAction,
): void {
  if (operation.kind !== 'update' || operation.phase !== 'forward') return;
  const statements = statementsOf(operation.policy ?? stack.policy ?? '{}');
  if (statements === undefined) return;
  const action = `Update:${kind}`;
  const resource = `LogicalResourceId/${logicalId}`;
  const asked = { action, resource, keys: conditionKeys({ ResourceType: type }) };
  const said = statements.map((one) =>
    evaluateResource(compilePolicy({ Statement: one }), asked, { names: [] }),
  );
  const denying = said.findIndex(({ isDenied }) => isDenied);
  if (denying !== -1) {
    const { Action = action, Resource = resource } = statements[denying] ?? {};
    const what = typeof Action === 'string' ? Action : action;
    const where = typeof Resource === 'string' ? Resource : resource;
    throw validation(
      `Action denied by stack policy: Statement [#${denying}] does not allow [${what}] for resource [${where}];`,
    );
  }
  if (said.some(({ grant }) => grant !== undefined)) return;
  throw validation(
    `Action not allowed by stack policy: no statement allows [${action}] for resource [${resource}];`,
  );
}

/** The statements of a policy; `undefined` of one that is empty, which is none, as recorded in `test_update_with_empty_policy`. */
function statementsOf(policy: string): readonly JsonObject[] | undefined {
  const document = parseJson(policy);
  const { Statement: one } = isObject(document) ? document : {};
  return one === undefined ? undefined : structuresOf([one].flat());
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
