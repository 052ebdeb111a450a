/** What a bus's policy says of events from other accounts. */
import {
  evaluateResource,
  parsePolicy,
  type ConditionKeys,
  type Requester,
} from '#kernel/policy/index.ts';
import { busArn, type BusAddress } from './model.ts';

/** Who puts events, and what is known of the request. */
export interface EventSender {
  readonly accountId: string;
  readonly requester: Requester;
  readonly keys: ConditionKeys;
}

/**
 * True where a bus's policy lets somebody put events.
 * @see https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-event-bus-permissions-manage.html
 */
export function letsIn(
  policy: string | undefined,
  bus: BusAddress,
  { requester, keys }: EventSender,
): boolean {
  if (policy === undefined) return false;
  const request = { action: 'events:PutEvents', resource: busArn(bus), keys };
  const { isDenied, grant } = evaluateResource(parsePolicy(policy), request, requester);
  return grant !== undefined && !isDenied;
}
