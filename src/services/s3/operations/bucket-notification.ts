import type { Operations } from '#aws/models/s3.types.gen.ts';
import type { Transaction } from '#ports/world/database.ts';
import { readConfiguration, writeConfiguration } from '../configurations.ts';
import type { S3Core } from '../core.ts';
import { s3Error } from '../errors.ts';
import type { Bucket } from '../model.ts';
import {
  destinationErrorFields,
  formatNotifications,
  parseNotifications,
  type FailedDestination,
  type Notifications,
} from '../notification-config.ts';
import { sendTestEvent, sourceOf } from '../notify.ts';

const kind = 'notification';

/**
 * Targets are validated, and queues and topics told, unless the validation is skipped.
 * @see https://docs.aws.amazon.com/AmazonS3/latest/API/API_PutBucketNotificationConfiguration.html
 */
export function putBucketNotificationConfiguration(
  core: S3Core,
): Operations['PutBucketNotificationConfiguration'] {
  return async (context, input) => {
    const newId = (): string => Buffer.from(core.random.uuid()).toString('base64');
    const parsed = parseNotifications(input.NotificationConfiguration, newId);
    await writeConfiguration(core, { context, input, kind }, async (bucket, tx) => {
      if (input.SkipDestinationValidation !== true) {
        await validateDestinations(core, tx, bucket, parsed);
        for (const rule of parsed.rules) {
          await sendTestEvent(core, tx, bucket, { rule, requestId: context.requestId });
        }
      }
      return parsed.rules.length === 0 && !parsed.isEventBridge ? undefined : parsed;
    });
    return {};
  };
}

/**
 * @throws AwsError InvalidArgument naming every target that cannot be delivered to
 * Recorded: s3_notifications_sqs.json TestS3NotificationsToSQS::test_multiple_invalid_sqs_arns
 */
async function validateDestinations(
  core: S3Core,
  tx: Transaction,
  bucket: Bucket,
  { rules }: Notifications,
): Promise<void> {
  const failed: FailedDestination[] = [];
  for (const rule of rules) {
    const target = { ...sourceOf(bucket), targetArn: rule.targetArn };
    const found = await core.deliverer.check(target, tx);
    const isFifo = rule.kind !== 'lambda' && rule.targetArn.endsWith('.fifo');
    const check = found === 'deliverable' && isFifo ? 'unsupported' : found;
    if (check !== 'deliverable') failed.push({ rule, check });
  }
  if (failed.length === 0) return;
  throw s3Error(
    'InvalidArgument',
    destinationErrorFields(failed),
    'Unable to validate the following destination configurations',
  );
}

/** @see https://docs.aws.amazon.com/AmazonS3/latest/API/API_GetBucketNotificationConfiguration.html */
export function getBucketNotificationConfiguration(
  core: S3Core,
): Operations['GetBucketNotificationConfiguration'] {
  return async (context, input) => {
    const found = await readConfiguration<Notifications>(core, { context, input, kind });
    return found ? formatNotifications(found) : {};
  };
}
