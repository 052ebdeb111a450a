/** Events that could not be handed over: their dead letters, and their count. */
import type { Deliverer, DeliveryAttribute } from '#ports/peers/deliverer.ts';
import type { MetricSink } from '#ports/peers/metric-sink.ts';
import type { Clock } from '#ports/world/clock.ts';
import type { Transaction } from '#ports/world/database.ts';
import { DEFAULT_BUS, ruleArn, type RuleAddress } from './model.ts';

export interface Failure {
  readonly code: string;
  readonly message: string;
  /** Which bound of its retry policy an event has reached, and after how many retries. */
  readonly exhausted?: 'MaximumRetryAttempts' | 'MaximumEventAgeInSeconds';
  readonly retries?: number;
}

export interface DeadLetter {
  readonly rule: RuleAddress;
  readonly targetArn: string;
  readonly deadLetterArn: string;
  readonly payload: Uint8Array;
  readonly failure: Failure;
}

interface Dependencies {
  readonly clock: Clock;
  readonly deliverer: Deliverer;
  readonly metricSink: MetricSink;
}

/**
 * Sends an event to its target's dead-letter queue, the reason in its attributes, in the caller's transaction.
 * @see https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-rule-dlq.html
 */
export async function sendDeadLetter(
  dependencies: Dependencies,
  tx: Transaction,
  { rule, targetArn, deadLetterArn, payload, failure }: DeadLetter,
): Promise<void> {
  const text = (value: string): DeliveryAttribute => ({ type: 'String', value });
  const { code, message, exhausted, retries } = failure;
  const attributes = {
    RULE_ARN: text(ruleArn(rule)),
    TARGET_ARN: text(targetArn),
    ERROR_CODE: text(code),
    ERROR_MESSAGE: text(message),
    ...(exhausted === undefined ? {} : { EXHAUSTED_RETRY_CONDITION: text(exhausted) }),
    ...(retries === undefined ? {} : { RETRY_ATTEMPTS: text(String(retries)) }),
  };
  const delivery = {
    targetArn: deadLetterArn,
    sourceArn: ruleArn(rule),
    sourceService: 'events.amazonaws.com',
    sourceAccountId: rule.accountId,
    payload,
    options: { attributes },
  };
  const isKept = (await dependencies.deliverer.deliver(delivery, tx)) === 'deliverable';
  count(dependencies, rule, isKept ? 'InvocationsSentToDlq' : 'InvocationsFailedToBeSentToDlq');
}

/**
 * One count of a metric of AWS/Events. A rule of the default bus is named alone, that of another with its bus.
 * @see https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-monitoring.html
 */
export function count(
  { clock, metricSink }: Pick<Dependencies, 'clock' | 'metricSink'>,
  { accountId, region, bus, rule }: RuleAddress,
  name: string,
): void {
  metricSink.put([
    {
      accountId,
      region,
      namespace: 'AWS/Events',
      name,
      unit: 'Count',
      value: 1,
      dimensions: { ...(bus === DEFAULT_BUS ? {} : { EventBusName: bus }), RuleName: rule },
      timestampMs: clock.now(),
    },
  ]);
}
