import { formatArn } from '#kernel/arn.ts';
import { utf8 } from '#kernel/bytes.ts';
import type { Json } from '#kernel/json.ts';
import type { Delivery, DeliveryOptions } from '#ports/peers/deliverer.ts';
import type { Transaction } from '#ports/world/database.ts';
import type { S3Core } from './core.ts';
import type { Bucket } from './model.ts';
import { matchingRules, type NotificationRule, type Notifications } from './notification-config.ts';
import {
  bucketArn,
  eventBridgeEvent,
  notificationEvent,
  testEvent,
  type EventCause,
  type ObjectEvent,
} from './notification-event.ts';
import { getConfiguration } from './store.ts';

export const SNS_SUBJECT = 'Amazon S3 Notification';

/**
 * Delivers an object's event to every target that the bucket's configuration names, in the transaction of the change:
 * both are committed or neither. A target that is gone is no error of the request.
 * @param notifications the bucket's configuration, where the caller has read it already
 */
export async function notify(
  core: S3Core,
  tx: Transaction,
  bucket: Bucket,
  { event, cause, notifications }: RaisedEvent,
): Promise<void> {
  const config =
    notifications ?? (await getConfiguration<Notifications>(tx, bucket.name, 'notification'));
  if (!config) return;
  for (const rule of matchingRules(config, event.name, event.key)) {
    const payload = notificationEvent(event, bucket, cause, rule.id);
    await core.deliverer.deliver(deliveryOf(bucket, rule, payload, cause.traceHeader), tx);
  }
  if (!config.isEventBridge) return;
  const payload = eventBridgeEvent(event, bucket, cause, core.random.uuid());
  const targetArn = formatArn('events', bucket.region, bucket.accountId, 'event-bus/default');
  await core.deliverer.deliver(
    { ...sourceOf(bucket), targetArn, payload: utf8(JSON.stringify(payload)) },
    tx,
  );
}

export interface RaisedEvent {
  readonly event: ObjectEvent;
  readonly cause: EventCause;
  readonly notifications?: Notifications | undefined;
}

/** Tells a queue or topic that the bucket's configuration now names it. Functions get no test. */
export async function sendTestEvent(
  core: S3Core,
  tx: Transaction,
  bucket: Bucket,
  { rule, requestId }: { readonly rule: NotificationRule; readonly requestId: string },
): Promise<void> {
  if (rule.kind === 'lambda') return;
  const payload = testEvent(bucket.name, requestId, core.clock.now());
  await core.deliverer.deliver(deliveryOf(bucket, rule, payload, undefined), tx);
}

/** Who delivers, as a target's policy sees it. */
export function sourceOf(
  bucket: Bucket,
): Pick<Delivery, 'sourceArn' | 'sourceService' | 'sourceAccountId'> {
  return {
    sourceArn: bucketArn(bucket.name),
    sourceService: 's3.amazonaws.com',
    sourceAccountId: bucket.accountId,
  };
}

function deliveryOf(
  bucket: Bucket,
  rule: NotificationRule,
  payload: Json,
  traceHeader: string | undefined,
): Delivery {
  const options: DeliveryOptions = {
    ...(rule.kind === 'sns' ? { subject: SNS_SUBJECT } : {}),
    ...(traceHeader === undefined ? {} : { traceHeader }),
  };
  const isPlain = Object.keys(options).length === 0;
  return {
    ...sourceOf(bucket),
    targetArn: rule.targetArn,
    payload: utf8(JSON.stringify(payload)),
    ...(isPlain ? {} : { options }),
  };
}
