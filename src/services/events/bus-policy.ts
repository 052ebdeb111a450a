/** What a bus's policy says of events from other accounts. */
import { isObject, parseJson } from '#kernel/json.ts';

const ACTIONS: readonly unknown[] = ['events:PutEvents', 'events:Put*', 'events:*', '*'];

/**
 * True where a bus's policy lets an account put events. A statement with a condition lets nobody in: Hearth knows
 * no organizations, and a condition that it did not understand is not taken as fulfilled.
 * @see https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-event-bus-permissions-manage.html
 */
export function letsIn(policy: string | undefined, accountId: string): boolean {
  const document = policy === undefined ? undefined : parseJson(policy);
  const statements = isObject(document) ? listOf(document['Statement']) : [];
  const concerned = statements.filter(isObject).filter((statement) => {
    const isOfAction = listOf(statement['Action']).some((action) => ACTIONS.includes(action));
    return isOfAction && isOfAccount(statement['Principal'], accountId);
  });
  const isDenied = concerned.some(({ Effect }) => Effect === 'Deny');
  const isAllowed = concerned.some(
    ({ Effect, Condition }) => Effect === 'Allow' && Condition === undefined,
  );
  return isAllowed && !isDenied;
}

function isOfAccount(principal: unknown, accountId: string): boolean {
  const named = isObject(principal) ? listOf(principal['AWS']) : [principal];
  const names: readonly unknown[] = ['*', accountId, `arn:aws:iam::${accountId}:root`];
  return named.some((name) => names.includes(name));
}

function listOf(value: unknown): readonly unknown[] {
  if (value === undefined) return [];
  return Array.isArray(value) ? value : [value];
}
