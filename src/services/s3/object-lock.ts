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
