import type { ObjectLockConfiguration, Operations } from '#aws/models/s3.types.gen.ts';
import type { RequestContext } from '#aws/operation.ts';
import type { Queries } from '#ports/world/database.ts';
import { requireBucket, type BucketInput, type S3Core } from '../core.ts';
import { invalidArgument, invalidRequest, s3Error } from '../errors.ts';
import { requireObject, type ObjectInput } from '../find-object.ts';
import type { ObjectVersion } from '../model.ts';
import { lockedError, pastDateError } from '../object-lock.ts';
import { getConfiguration, putConfiguration, setObjectLock } from '../store.ts';
import { updateVersion } from '../store-objects.ts';

const kind = 'object-lock';

/** @see https://docs.aws.amazon.com/AmazonS3/latest/API/API_PutObjectLockConfiguration.html */
export function putObjectLockConfiguration(core: S3Core): Operations['PutObjectLockConfiguration'] {
  return async (context, input) => {
    const configuration = checkConfiguration(input.ObjectLockConfiguration);
    await core.database.transact(async (tx) => {
      const bucket = await requireBucket(tx, context, input);
      if (bucket.versioning !== 'Enabled') {
        const message =
          "Versioning must be 'Enabled' on the bucket to apply a Object Lock configuration";
        throw s3Error('InvalidBucketState', {}, message);
      }
      await setObjectLock(tx, bucket.name);
      await putConfiguration(tx, bucket.name, { kind }, configuration);
    });
    return {};
  };
}

/** Recorded: s3_api.json TestS3ObjectLock::test_put_object_lock_configuration_exc */
function checkConfiguration(
  configuration: ObjectLockConfiguration | undefined,
): ObjectLockConfiguration {
  if (configuration?.ObjectLockEnabled !== 'Enabled') throw s3Error('MalformedXML');
  const { Rule } = configuration;
  if (!Rule) return configuration;
  const { Mode, Days, Years } = Rule.DefaultRetention ?? {};
  const isKnown = Mode === 'GOVERNANCE' || Mode === 'COMPLIANCE';
  if (!isKnown || (Days === undefined) === (Years === undefined)) throw s3Error('MalformedXML');
  if ((Days ?? Years ?? 0) <= 0) {
    throw invalidArgument(
      'Default retention period must be a positive integer value.',
      'Days',
      Days ?? Years,
    );
  }
  return configuration;
}

/** @see https://docs.aws.amazon.com/AmazonS3/latest/API/API_GetObjectLockConfiguration.html */
export function getObjectLockConfiguration(core: S3Core): Operations['GetObjectLockConfiguration'] {
  return (context, input) =>
    core.database.read(async (queries) => {
      const bucket = await requireBucket(queries, context, input);
      if (!bucket.isObjectLock) {
        throw s3Error('ObjectLockConfigurationNotFoundError', { BucketName: bucket.name });
      }
      const found = await getConfiguration<ObjectLockConfiguration>(queries, bucket.name, kind);
      return { ObjectLockConfiguration: found ?? { ObjectLockEnabled: 'Enabled' } };
    });
}

/** The version of a request in a bucket that locks objects. @throws AwsError InvalidRequest */
async function requireLockable(
  queries: Queries,
  context: RequestContext,
  input: BucketInput & ObjectInput,
): Promise<ObjectVersion> {
  const bucket = await requireBucket(queries, context, input);
  if (!bucket.isObjectLock) throw invalidRequest('Bucket is missing Object Lock Configuration');
  return requireObject(queries, context, input);
}

/**
 * @see https://docs.aws.amazon.com/AmazonS3/latest/API/API_PutObjectRetention.html
 * Recorded: s3.json TestS3ObjectLockRetention
 */
export function putObjectRetention(core: S3Core): Operations['PutObjectRetention'] {
  return async (context, input) => {
    const { Mode: mode, RetainUntilDate: until } = input.Retention ?? {};
    await core.database.transact(async (tx) => {
      const version = await requireLockable(tx, context, input);
      const isEmpty = mode === undefined && until === undefined;
      if (!isEmpty && (until === undefined || !['GOVERNANCE', 'COMPLIANCE'].includes(mode ?? ''))) {
        throw s3Error('MalformedXML');
      }
      const nowMs = core.clock.now();
      if (until !== undefined && until <= nowMs) {
        throw pastDateError('RetainUntilDate', until);
      }
      assertMayChange(
        version,
        { mode, until, isBypass: input.BypassGovernanceRetention === true },
        nowMs,
      );
      const { legalHold } = version.lock;
      const retention =
        mode === undefined || until === undefined
          ? {}
          : { retentionMode: mode, retainUntilMs: until };
      const lock = { ...retention, ...(legalHold === undefined ? {} : { legalHold }) };
      await updateVersion(tx, version, { lock });
    });
    return {};
  };
}

/** A retention may be made longer, or harder; all else needs the bypass. */
function assertMayChange(
  version: ObjectVersion,
  asked: {
    readonly mode: string | undefined;
    readonly until: number | undefined;
    readonly isBypass: boolean;
  },
  nowMs: number,
): void {
  const { retentionMode, retainUntilMs = 0 } = version.lock;
  if (retainUntilMs <= nowMs) return;
  const isLonger = (asked.until ?? 0) >= retainUntilMs;
  const isSofter = retentionMode === 'COMPLIANCE' && asked.mode !== 'COMPLIANCE';
  if (isLonger && !isSofter) return;
  if (retentionMode === 'GOVERNANCE' && asked.isBypass) return;
  throw lockedError();
}

/** @see https://docs.aws.amazon.com/AmazonS3/latest/API/API_GetObjectRetention.html */
export function getObjectRetention(core: S3Core): Operations['GetObjectRetention'] {
  return (context, input) =>
    core.database.read(async (queries) => {
      const { lock } = await requireLockable(queries, context, input);
      const { retentionMode: Mode, retainUntilMs: RetainUntilDate } = lock;
      if (Mode === undefined || RetainUntilDate === undefined) {
        throw s3Error('NoSuchObjectLockConfiguration');
      }
      return { Retention: { Mode, RetainUntilDate } };
    });
}

/** @see https://docs.aws.amazon.com/AmazonS3/latest/API/API_PutObjectLegalHold.html */
export function putObjectLegalHold(core: S3Core): Operations['PutObjectLegalHold'] {
  return async (context, input) => {
    await core.database.transact(async (tx) => {
      const version = await requireLockable(tx, context, input);
      const legalHold = input.LegalHold?.Status;
      if (legalHold !== 'ON' && legalHold !== 'OFF') throw s3Error('MalformedXML');
      await updateVersion(tx, version, { lock: { ...version.lock, legalHold } });
    });
    return {};
  };
}

/** @see https://docs.aws.amazon.com/AmazonS3/latest/API/API_GetObjectLegalHold.html */
export function getObjectLegalHold(core: S3Core): Operations['GetObjectLegalHold'] {
  return (context, input) =>
    core.database.read(async (queries) => {
      const { lock } = await requireLockable(queries, context, input);
      if (lock.legalHold === undefined) throw s3Error('NoSuchObjectLockConfiguration');
      return { LegalHold: { Status: lock.legalHold } };
    });
}
