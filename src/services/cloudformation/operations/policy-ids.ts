/** Which resources a stack's policy names. */
import { isObject, parseJson } from '#kernel/json.ts';
import { templateOf } from '../engine/deployment.ts';
import { validation } from '../errors.ts';
import { createScope } from '../functions/scope.ts';
import type { Goal, Stack } from '../model.ts';

const NAMED = /^LogicalResourceId\/([^*?]*)$/;

/** Logical ids of what a goal has in a stack: not of what a condition leaves out. */
export function logicalIdsOf(
  { accountId, region, id, name }: Pick<Stack, 'accountId' | 'region' | 'id' | 'name'>,
  goal: Goal,
): readonly string[] {
  const template = templateOf(goal);
  const { parameters, notificationArns } = goal;
  const named = { accountId, region, stackId: id, stackName: name, parameters, notificationArns };
  const scope = createScope({ ...named, template, exports: new Map(), existing: () => undefined });
  return Object.entries(template.resources)
    .filter(([, resource]) => scope.includes(resource))
    .map(([logicalId]) => logicalId);
}

/**
 * Holds for a policy each of whose resources is there; those with wildcards are not looked at.
 * @param which `existing stack policy`, where the stack has it already
 * @throws AwsError ValidationError
 */
export function requireKnownIds(
  policy: string | undefined,
  known: readonly string[],
  which = 'stack policy',
): void {
  const unknown = resourcesOf(policy ?? '{}').find((resource) => {
    const logicalId = NAMED.exec(resource)?.[1];
    return logicalId !== undefined && !known.includes(logicalId);
  });
  if (unknown === undefined) return;
  throw validation(
    `Error validating ${which}: Unknown logical id '${unknown}' in statement {} - stack policies can only be applied to logical ids referenced in the template`,
  );
}

function resourcesOf(policy: string): readonly string[] {
  const document = parseJson(policy);
  const { Statement: statement } = isObject(document) ? document : {};
  return [statement]
    .flat()
    .filter(isObject)
    .flatMap(({ Resource, NotResource }) => [Resource, NotResource].flat())
    .filter((resource) => typeof resource === 'string');
}
