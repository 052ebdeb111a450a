import { invalidArgument, s3Error } from './errors.ts';
import type { Bucket, ObjectVersion } from './model.ts';

/**
 * Whether a lock keeps a version from being deleted.
 * @see https://docs.aws.amazon.com/AmazonS3/latest/userguide/object-lock.html
 */
export function isLocked({ lock }: ObjectVersion, nowMs: number, isBypass: boolean): boolean {
  const isRetained = (lock.retainUntilMs ?? 0) > nowMs;
  const isBypassed = isBypass && lock.retentionMode === 'GOVERNANCE';
  return lock.legalHold === 'ON' || (isRetained && !isBypassed);
}

/** Recorded: s3.json TestS3ObjectLockRetention::test_s3_object_retention */

/** 403 for what a lock protects. */
export function lockedError(): Error {
  return s3Error('AccessDenied', {}, 'Access Denied because object protected by object lock.');
}

/** @throws AwsError InvalidArgument. Recorded: s3_api.json TestS3ObjectLock::test_delete_object_with_no_locking */
export function assertBypassable(bucket: Bucket, bypass: boolean | undefined): void {
  if (bypass === undefined || bucket.isObjectLock) return;
  throw invalidArgument(
    'x-amz-bypass-governance-retention is only applicable to Object Lock enabled buckets.',
    'x-amz-bypass-governance-retention',
  );
}

/**
 * A date in the past, as S3 complains of it: in Pacific time, as Java prints dates.
 * Recorded: s3.json TestS3ObjectLockRetention::test_s3_object_retention_exc
 */
export function pastDateError(argument: string, timestampMs: number): Error {
  const message = 'The retain until date must be in the future!';
  return invalidArgument(message, argument, pacificDate(timestampMs));
}

function pacificDate(timestampMs: number): string {
  const parts = new Intl.DateTimeFormat('en-US', {
    timeZone: 'America/Los_Angeles',
    weekday: 'short',
    month: 'short',
    day: '2-digit',
    hour: '2-digit',
    minute: '2-digit',
    second: '2-digit',
    year: 'numeric',
    hourCycle: 'h23',
    timeZoneName: 'short',
  }).formatToParts(timestampMs);
  const of = (type: string): string => parts.find((part) => part.type === type)?.value ?? '';
  const time = `${of('hour')}:${of('minute')}:${of('second')}`;
  return `${of('weekday')} ${of('month')} ${of('day')} ${time} ${of('timeZoneName')} ${of('year')}`;
}
