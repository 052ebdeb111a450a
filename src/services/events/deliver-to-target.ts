/** Hands one event to one target of a rule, or to what the target has for events that cannot be handed over. */
import type { Target } from '#aws/models/events.types.gen.ts';
import { parseArn } from '#kernel/arn.ts';
import { utf8 } from '#kernel/bytes.ts';
import { SECOND_MS } from '#kernel/units.ts';
import type { Delivery, DeliveryCheck, DeliveryOptions } from '#ports/peers/deliverer.ts';
import type { Transaction } from '#ports/world/database.ts';
import { count, sendDeadLetter } from './dead-letter.ts';
import type { EventsDependencies } from './dependencies.ts';
import { inputOf } from './input.ts';
import { valueAt } from './json-path.ts';
import { ruleArn, type EventEnvelope, type RuleAddress } from './model.ts';
import { postToDestination } from './post-to-destination.ts';

/** An event on its way, and what only some targets are told of it. */
export interface RoutedEvent {
  readonly event: EventEnvelope;
  readonly traceHeader?: string;
  /** It came from another bus, and is not handed on to a third one. */
  readonly isForwarded: boolean;
  /** The only rules that a replay is for, where it names some. */
  readonly ruleArns?: readonly string[];
}

export type TargetDependencies = Pick<
  EventsDependencies,
  'clock' | 'deliverer' | 'metricSink' | 'random' | 'wakeups'
>;

/** Delivers in the caller's transaction. What cannot be delivered goes to the target's dead-letter queue. */
export async function deliverToTarget(
  dependencies: TargetDependencies,
  tx: Transaction,
  rule: RuleAddress,
  { target, routed }: { readonly target: Target; readonly routed: RoutedEvent },
): Promise<void> {
  const arn = parseArn(target.Arn);
  const isApi = arn?.service === 'events' && arn.resource.startsWith('api-destination/');
  if (arn?.service === 'events' && !isApi && routed.isForwarded) return;
  const ingestedAtMs = dependencies.clock.now();
  const input = inputOf(target, routed.event, { rule, ingestedAtMs });
  // What cannot be transformed is kept as it came.
  const payload = utf8(input ?? JSON.stringify(routed.event));
  const result =
    input === undefined
      ? 'malformed'
      : isApi
        ? await postToDestination(dependencies, tx, rule, { target, event: routed.event, payload })
        : await dependencies.deliverer.deliver(deliveryOf(rule, target, routed, payload), tx);
  // Its sender counts what became of it.
  if (isApi && result === 'deliverable') return;
  count(dependencies, rule, 'Invocations');
  if (result === 'deliverable') return;
  count(dependencies, rule, 'FailedInvocations');
  const deadLetterArn = target.DeadLetterConfig?.Arn;
  if (deadLetterArn === undefined) return;
  const [code, message] = FAILURES[result];
  const failure = { code, message };
  const letter = { rule, targetArn: target.Arn, deadLetterArn, payload, failure };
  await sendDeadLetter(dependencies, tx, letter);
}

function deliveryOf(
  rule: RuleAddress,
  target: Target,
  routed: RoutedEvent,
  payload: Uint8Array,
): Delivery {
  return {
    sourceArn: ruleArn(rule),
    sourceService: 'events.amazonaws.com',
    sourceAccountId: rule.accountId,
    targetArn: target.Arn,
    ...(target.RoleArn === undefined ? {} : { roleArn: target.RoleArn }),
    payload,
    options: optionsOf(target, routed),
  };
}

function optionsOf(target: Target, routed: RoutedEvent): DeliveryOptions {
  const { SqsParameters, KinesisParameters, RetryPolicy, DeadLetterConfig } = target;
  const groupId = SqsParameters?.MessageGroupId;
  const keyPath = KinesisParameters?.PartitionKeyPath;
  const key = keyPath === undefined ? undefined : valueAt(keyPath, routed.event);
  const attempts = RetryPolicy?.MaximumRetryAttempts;
  const ageSeconds = RetryPolicy?.MaximumEventAgeInSeconds;
  return {
    ...(groupId === undefined ? {} : { messageGroupId: groupId }),
    partitionKey: typeof key === 'string' ? key : routed.event.id,
    ...(routed.traceHeader === undefined ? {} : { traceHeader: routed.traceHeader }),
    retry: {
      ...(attempts === undefined ? {} : { attemptsMax: attempts }),
      ...(ageSeconds === undefined ? {} : { ageMsMax: ageSeconds * SECOND_MS }),
      ...(DeadLetterConfig?.Arn === undefined ? {} : { deadLetterArn: DeadLetterConfig.Arn }),
    },
  };
}

type Failed = Exclude<DeliveryCheck, 'deliverable'> | 'malformed';

const FAILURES: Readonly<Record<Failed, readonly [code: string, message: string]>> = {
  malformed: ['INVALID_JSON', 'The transformed input is not valid JSON.'],
  missing: ['NO_RESOURCE', 'The target does not exist.'],
  forbidden: ['NO_PERMISSIONS', 'The target does not allow EventBridge to deliver to it.'],
  unsupported: ['SDK_CLIENT_ERROR', 'The target does not take this event.'],
};
