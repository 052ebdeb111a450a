/**
 * Whether a delivery may be: where policies are evaluated, every one from service to service is asked of the target's
 * policy, or of the policies of the role with which it is made.
 */
import { parseArn } from '#kernel/arn.ts';
import type { AccessControl, Asking } from '#ports/peers/access-control.ts';
import type { Delivery } from '#ports/peers/deliverer.ts';
import type { Queries } from '#ports/world/database.ts';

/** Answers whether a delivery may be made. */
export type DeliveryGuard = (
  delivery: Omit<Delivery, 'payload' | 'options'>,
  queries: Queries,
) => Promise<boolean>;

export interface DeliveryGuardOptions {
  readonly access: AccessControl;
  /** The execution role of a function. */
  readonly roleOf: (queries: Queries, functionArn: string) => Promise<string | undefined>;
}

/** What a delivery does to its target, by the service of the target's ARN. */
const ACTIONS: Readonly<Record<string, string>> = {
  events: 'events:PutEvents',
  kinesis: 'kinesis:PutRecord',
  lambda: 'lambda:InvokeFunction',
  logs: 'logs:PutLogEvents',
  s3: 's3:PutObject',
  sns: 'sns:Publish',
  sqs: 'sqs:SendMessage',
};

/** Targets whose policies their own services evaluate, in every mode. */
const SELF_GUARDED: ReadonlySet<string> = new Set(['events', 'lambda']);

/** These deliver with roles of their own, which no account has to let in. */
const TRUSTED: ReadonlySet<string> = new Set(['dynamodb.amazonaws.com']);

/** A guard over access control. */
export function createDeliveryGuard({ access, roleOf }: DeliveryGuardOptions): DeliveryGuard {
  return async (delivery, queries) => {
    const { targetArn, sourceArn, sourceService: service, sourceAccountId } = delivery;
    const target = parseArn(targetArn);
    const action = ACTIONS[target?.service ?? ''];
    if (target === undefined || action === undefined || TRUSTED.has(service)) return true;
    const isFunctions = service === 'lambda.amazonaws.com';
    const roleArn = isFunctions ? await roleOf(queries, sourceArn) : delivery.roleArn;
    if (roleArn === undefined && SELF_GUARDED.has(target.service)) return true;
    const source = { service, sourceArn, sourceAccountId };
    const who: Asking =
      roleArn === undefined
        ? { kind: 'service', source }
        : { kind: 'role', roleArn, accountId: sourceAccountId };
    const resource = resourceOf(target.service, targetArn);
    return (await access.decide({ who, action, resource }, queries)).kind === 'allowed';
  };
}

/** Buckets take objects, groups take events by their streams. */
function resourceOf(service: string, targetArn: string): string {
  if (service === 's3') return `${targetArn}/*`;
  if (service !== 'logs') return targetArn;
  return `${targetArn.replace(/:\*$/, '')}:log-stream:`;
}
