import { AwsError } from '#aws/errors.ts';
import type {
  DeletedObject,
  DeleteObjectsRequest,
  Error as DeleteError,
  ObjectIdentifier,
  Operations,
} from '#aws/models/s3.types.gen.ts';
import type { RequestContext } from '#aws/operation.ts';
import type { Transaction } from '#ports/world/database.ts';
import { askPolicies } from '../ask-policies.ts';
import { requireBucket, type S3Core } from '../core.ts';
import { deleteObjectIn } from '../delete-version.ts';
import { s3Error } from '../errors.ts';
import { matchesEtag } from '../etag.ts';
import { findNamed } from '../find-object.ts';
import { DELETE_KEYS_MAX } from '../limits.ts';
import type { Bucket } from '../model.ts';
import type { Notifications } from '../notification-config.ts';
import { assertBypassable } from '../object-lock.ts';
import { getConfiguration } from '../store.ts';
import { isVersionId } from '../version-id.ts';

/** Keys of one transaction: the others must not wait for a thousand. */
const CHUNK = 100;

type Outcome =
  | { readonly kind: 'deleted'; readonly object: DeletedObject }
  | { readonly kind: 'failed'; readonly error: DeleteError };

/** @see https://docs.aws.amazon.com/AmazonS3/latest/API/API_DeleteObjects.html */
export function deleteObjects(core: S3Core): Operations['DeleteObjects'] {
  return async (context, input) => {
    const { Objects: objects, Quiet: isQuiet } = input.Delete;
    if (objects.length === 0 || objects.length > DELETE_KEYS_MAX) throw s3Error('MalformedXML');
    const outcomes: Outcome[] = [];
    const allowed: ObjectIdentifier[] = [];
    for (const object of objects) {
      const refusal = await deniedBy(core, context, input, object);
      if (refusal === undefined) allowed.push(object);
      else outcomes.push(refusal);
    }
    for (let start = 0; start < allowed.length; start += CHUNK) {
      const chunk = allowed.slice(start, start + CHUNK);
      outcomes.push(...(await deleteChunk(core, context, input, chunk)));
    }
    const deleted = outcomes.flatMap((one) => (one.kind === 'deleted' ? [one.object] : []));
    const failed = outcomes.flatMap((one) => (one.kind === 'failed' ? [one.error] : []));
    return {
      ...(deleted.length === 0 || isQuiet ? {} : { Deleted: deleted }),
      ...(failed.length === 0 ? {} : { Errors: failed }),
    };
  };
}

/** What policies say of one object. */
async function deniedBy(
  core: S3Core,
  context: RequestContext,
  { Bucket, BypassGovernanceRetention: isBypass }: DeleteObjectsRequest,
  object: ObjectIdentifier,
): Promise<Outcome | undefined> {
  const bypass = isBypass === true ? { BypassGovernanceRetention: true } : {};
  try {
    await askPolicies(core, context, 'DeleteObject', { ...object, ...bypass, Bucket });
    return undefined;
  } catch (error) {
    if (!(error instanceof AwsError)) throw error;
    return failed(object, error.code, error.message);
  }
}

async function deleteChunk(
  core: S3Core,
  context: RequestContext,
  input: DeleteObjectsRequest,
  objects: readonly ObjectIdentifier[],
): Promise<readonly Outcome[]> {
  const orphans: (string | undefined)[] = [];
  const outcomes = await core.database.transact(async (tx) => {
    const bucket = await requireBucket(tx, context, input);
    assertBypassable(bucket, input.BypassGovernanceRetention);
    const notifications = await getConfiguration<Notifications>(tx, bucket.name, 'notification');
    const isBypass = input.BypassGovernanceRetention === true;
    const results: Outcome[] = [];
    for (const object of objects) {
      const refusal = await refusalOf(tx, bucket, object);
      if (refusal) {
        results.push(refusal);
        continue;
      }
      results.push(await deleteOne({ context, bucket, notifications, isBypass }, tx, object));
    }
    return results;
  });
  core.ledger.discard(orphans);
  return outcomes;

  async function deleteOne(
    shared: {
      readonly context: RequestContext;
      readonly bucket: Bucket;
      readonly notifications: Notifications | undefined;
      readonly isBypass: boolean;
    },
    tx: Transaction,
    object: ObjectIdentifier,
  ): Promise<Outcome> {
    try {
      const target = { ...shared, key: object.Key, versionId: object.VersionId };
      const answer = await deleteObjectIn(core, tx, target);
      orphans.push(...answer.orphans);
      return { kind: 'deleted', object: { Key: object.Key, ...answer.members } };
    } catch (error) {
      // A locked version is this key's error, not the request's.
      if (!(error instanceof AwsError)) throw error;
      return failed(object, error.code, error.message);
    }
  }
}

/** Why an object cannot be deleted, as far as its identifier tells. */
async function refusalOf(
  tx: Transaction,
  bucket: Bucket,
  object: ObjectIdentifier,
): Promise<Outcome | undefined> {
  if (object.VersionId !== undefined && !isVersionId(object.VersionId)) {
    return failed(object, 'NoSuchVersion', 'The specified version does not exist.');
  }
  if (object.ETag === undefined) return undefined;
  const version = await findNamed(tx, { ...object, Bucket: bucket.name });
  if (version && !version.isDeleteMarker && matchesEtag(object.ETag, version.etag))
    return undefined;
  return failed(
    object,
    'PreconditionFailed',
    'At least one of the pre-conditions you specified did not hold',
  );
}

function failed({ Key, VersionId }: ObjectIdentifier, code: string, message: string): Outcome {
  const version = VersionId === undefined ? {} : { VersionId };
  return { kind: 'failed', error: { Key, ...version, Code: code, Message: message } };
}
