import type { Tag } from '#aws/models/s3.types.gen.ts';
import type { AwsError } from '#aws/errors.ts';
import { invalidArgument, s3Error } from './errors.ts';
import {
  BUCKET_TAGS_MAX,
  OBJECT_TAGS_MAX,
  TAG_KEY_LENGTH_MAX,
  TAG_VALUE_LENGTH_MAX,
} from './limits.ts';

const ALLOWED = /^[\p{L}\p{Z}\p{N}_.:/=+\-@]*$/u;

/** What the tags are on; S3 words its refusals differently. */
export type TagOwner = 'object' | 'bucket';

const MESSAGES = {
  reserved: {
    object: 'System tags cannot be added/updated by requester',
    bucket:
      'User-defined tag keys can\'t start with "aws:". This prefix is reserved for system tags. ' +
      'Remove "aws:" from your tag keys and try again.',
  },
  tooMany: {
    object: `Object tags cannot be greater than ${OBJECT_TAGS_MAX}`,
    bucket: `Bucket tag count cannot be greater than ${BUCKET_TAGS_MAX}`,
  },
} as const;

/**
 * Checks tags as S3 does and returns them bare.
 * @throws AwsError MalformedXML, InvalidTag, BadRequest
 * @see https://docs.aws.amazon.com/AmazonS3/latest/userguide/object-tagging.html
 * Recorded: s3_api.json TestS3BucketObjectTagging
 */
export function checkTags(tags: readonly Partial<Tag>[], owner: TagOwner): readonly Tag[] {
  const checked = tags.map(({ Key, Value }) => {
    if (Key === undefined || Value === undefined) throw s3Error('MalformedXML');
    return { Key, Value };
  });
  const max = owner === 'object' ? OBJECT_TAGS_MAX : BUCKET_TAGS_MAX;
  if (checked.length > max) throw s3Error('BadRequest', {}, MESSAGES.tooMany[owner]);
  const seen = new Set<string>();
  for (const tag of checked) {
    if (seen.has(tag.Key)) throw duplicateTag(tag.Key);
    seen.add(tag.Key);
    checkTag(tag, owner);
  }
  return checked;
}

function checkTag({ Key, Value }: Tag, owner: TagOwner): void {
  if (Key.startsWith('aws:')) throw s3Error('InvalidTag', {}, MESSAGES.reserved[owner]);
  if (Key.length === 0 || Key.length > TAG_KEY_LENGTH_MAX || !ALLOWED.test(Key)) {
    throw s3Error('InvalidTag', { TagKey: Key }, 'The TagKey you have provided is invalid');
  }
  if (Value.length > TAG_VALUE_LENGTH_MAX || !ALLOWED.test(Value)) {
    const fields = { TagKey: Key, TagValue: Value };
    throw s3Error('InvalidTag', fields, 'The TagValue you have provided is invalid');
  }
}

function duplicateTag(key: string): AwsError {
  return s3Error('InvalidTag', { TagKey: key }, 'Cannot provide multiple Tags with the same key');
}

/**
 * Tags of the header `x-amz-tagging`, a URL's query: `name=value&other=`.
 * @throws AwsError InvalidArgument, InvalidTag, BadRequest
 */
export function parseTaggingHeader(header: string): readonly Tag[] {
  const pairs = Array.from(new URLSearchParams(header), ([Key, Value]) => ({ Key, Value }));
  const tags = pairs.filter(({ Key, Value }) => Key !== '' || Value !== '');
  if (new Set(tags.map(({ Key }) => Key)).size < tags.length) {
    throw invalidArgument(
      "The header 'x-amz-tagging' shall be encoded as UTF-8 then URLEncoded URL query parameters " +
        'without tag name duplicates.',
      'x-amz-tagging',
      header,
    );
  }
  return checkTags(tags, 'object');
}
