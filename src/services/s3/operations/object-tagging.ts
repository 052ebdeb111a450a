import type { Operations, Tag } from '#aws/models/s3.types.gen.ts';
import type { RequestContext } from '#aws/operation.ts';
import { requireBucket, type S3Core } from '../core.ts';
import { requireObject, versionMember, type ObjectInput } from '../find-object.ts';
import { NULL_VERSION, type ObjectVersion } from '../model.ts';
import { causeOf, type EventName, type ObjectEvent } from '../notification-event.ts';
import { notify } from '../notify.ts';
import { updateVersion } from '../store-objects.ts';
import { checkTags } from '../tagging.ts';

/** @see https://docs.aws.amazon.com/AmazonS3/latest/API/API_PutObjectTagging.html */
export function putObjectTagging(core: S3Core): Operations['PutObjectTagging'] {
  return (context, input) => {
    const tags = checkTags(input.Tagging.TagSet ?? [], 'object');
    return setTags(core, context, input, { tags, name: 'ObjectTagging:Put' });
  };
}

/** @see https://docs.aws.amazon.com/AmazonS3/latest/API/API_DeleteObjectTagging.html */
export function deleteObjectTagging(core: S3Core): Operations['DeleteObjectTagging'] {
  return (context, input) =>
    setTags(core, context, input, { tags: [], name: 'ObjectTagging:Delete' });
}

/** @see https://docs.aws.amazon.com/AmazonS3/latest/API/API_GetObjectTagging.html */
export function getObjectTagging(core: S3Core): Operations['GetObjectTagging'] {
  return (context, input) =>
    core.database.read(async (queries) => {
      const bucket = await requireBucket(queries, context, input);
      const version = await requireObject(queries, context, input);
      return { ...versionMember(version, bucket), TagSet: version.tags };
    });
}

async function setTags(
  core: S3Core,
  context: RequestContext,
  input: ObjectInput & { readonly ExpectedBucketOwner?: string },
  { tags, name }: { readonly tags: readonly Tag[]; readonly name: EventName },
): Promise<{ readonly VersionId?: string }> {
  return core.database.transact(async (tx) => {
    const bucket = await requireBucket(tx, context, input);
    const version = await requireObject(tx, context, input);
    await updateVersion(tx, version, { tags });
    const cause = causeOf(context, core.clock.now());
    await notify(core, tx, bucket, { event: attributeEvent(name, version), cause });
    return versionMember(version, bucket);
  });
}

/** The event of a change that makes no new version; it has no size and no sequencer. */
export function attributeEvent(name: EventName, version: ObjectVersion): ObjectEvent {
  const { key, etag, versionId } = version;
  return { name, key, etag, ...(versionId === NULL_VERSION ? {} : { versionId }) };
}
