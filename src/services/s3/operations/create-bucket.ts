import type {
  CreateBucketOutput,
  CreateBucketRequest,
  Operations,
  Tag,
} from '#aws/models/s3.types.gen.ts';
import type { RequestContext } from '#aws/operation.ts';
import type { Transaction } from '#ports/world/database.ts';
import { ownerGrants, parseAcl } from '../acl.ts';
import { locateBucket, US_EAST_1 } from '../bucket-location.ts';
import { assertBucketName } from '../bucket-name.ts';
import type { S3Core } from '../core.ts';
import { s3Error } from '../errors.ts';
import { BUCKETS_MAX } from '../limits.ts';
import type { Bucket } from '../model.ts';
import { bucketArn } from '../notification-event.ts';
import { countBuckets, findBucket, insertBucket, putConfiguration } from '../store.ts';
import { checkTags } from '../tagging.ts';

/** @see https://docs.aws.amazon.com/AmazonS3/latest/API/API_CreateBucket.html */
export function createBucket(core: S3Core): Operations['CreateBucket'] {
  return async (context, input) => {
    assertBucketName(input.Bucket);
    const { LocationConstraint, Tags } = input.CreateBucketConfiguration ?? {};
    const { region, constraint } = locateBucket(context.region, LocationConstraint);
    const tags = checkNewTags(Tags ?? []);
    const ownership = input.ObjectOwnership ?? 'BucketOwnerEnforced';
    const { accountId } = context;
    const policy = {
      accountId,
      isEnforced: ownership === 'BucketOwnerEnforced',
      isPublicBlocked: false,
    };
    const grants = parseAcl(input, policy) ?? ownerGrants(accountId);
    const isObjectLock = input.ObjectLockEnabledForBucket === true;
    await core.database.transact(async (tx) => {
      if (await isMadeAlready(tx, context, input.Bucket)) return;
      const bucket: Bucket = {
        name: input.Bucket,
        accountId,
        region,
        location: constraint,
        createdAtMs: core.clock.now(),
        versioning: isObjectLock ? 'Enabled' : 'Off',
        isObjectLock,
      };
      await insertBucket(tx, bucket);
      await putDefaults(tx, bucket.name, { ownership, grants });
      if (tags.length > 0) await putConfiguration(tx, bucket.name, { kind: 'tagging' }, tags);
    });
    return outputOf(context, input, region);
  };
}

/**
 * As for PutBucketTagging, but for a key that comes twice, at which AWS fails.
 * Recorded: s3_api.json TestS3BucketObjectTagging::test_create_bucket_with_tags_exc
 */
function checkNewTags(tags: readonly Partial<Tag>[]): readonly Tag[] {
  if (new Set(tags.map(({ Key }) => Key)).size < tags.length) throw s3Error('InternalError');
  return checkTags(tags, 'bucket');
}

/** @throws AwsError BucketAlreadyOwnedByYou, BucketAlreadyExists, TooManyBuckets */
async function isMadeAlready(
  tx: Transaction,
  { accountId, region }: RequestContext,
  name: string,
): Promise<boolean> {
  const existing = await findBucket(tx, name);
  if (existing) {
    if (existing.accountId !== accountId)
      throw s3Error('BucketAlreadyExists', { BucketName: name });
    // In us-east-1 the bucket is answered once more, for the sake of old clients.
    if (region === US_EAST_1 && existing.region === US_EAST_1) return true;
    throw s3Error('BucketAlreadyOwnedByYou', { BucketName: name });
  }
  if ((await countBuckets(tx, accountId)) >= BUCKETS_MAX) throw s3Error('TooManyBuckets');
  return false;
}

/** What every new bucket is given. @see https://docs.aws.amazon.com/AmazonS3/latest/userguide/create-bucket-faq.html */
async function putDefaults(
  tx: Transaction,
  bucket: string,
  given: { readonly ownership: string; readonly grants: ReturnType<typeof ownerGrants> },
): Promise<void> {
  const rules = { Rules: [{ ObjectOwnership: given.ownership }] };
  await putConfiguration(tx, bucket, { kind: 'ownership' }, rules);
  await putConfiguration(tx, bucket, { kind: 'acl' }, given.grants);
  await putConfiguration(
    tx,
    bucket,
    { kind: 'public-access-block' },
    {
      BlockPublicAcls: true,
      IgnorePublicAcls: true,
      BlockPublicPolicy: true,
      RestrictPublicBuckets: true,
    },
  );
}

/** Recorded: s3.json TestS3::test_create_bucket_head_bucket */
function outputOf(
  { http }: RequestContext,
  { Bucket: name }: CreateBucketRequest,
  region: string,
): CreateBucketOutput {
  const location =
    region === US_EAST_1 ? `/${name}` : `http://${name}.${http.headers['host'] ?? ''}/`;
  return { Location: location, BucketArn: bucketArn(name) };
}
