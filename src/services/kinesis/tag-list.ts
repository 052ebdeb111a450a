/** Tags: their rules and their pages. */
import type { Tag } from '#aws/models/kinesis.types.gen.ts';
import { invalidArgument, limitExceeded } from './errors.ts';
import { TAGS_MAX } from './limits.ts';

export type Tags = Readonly<Record<string, string>>;

const ALLOWED = /^[\p{L}\p{Z}\p{N}_.:/=+\-@%]*$/u;

/**
 * Checks tags that are to be set.
 * @throws AwsError InvalidArgumentException for characters that no tag has, or a key of AWS's own;
 * LimitExceededException for more than 50
 */
export function checkTags(tags: Tags): void {
  for (const [key, value] of Object.entries(tags)) {
    if (!ALLOWED.test(key) || key.toLowerCase().startsWith('aws:')) {
      throw invalidArgument(
        'Some tags contain invalid characters. Valid characters: ' +
          'Unicode letters, digits, white space, _ . / = + - % @.',
      );
    }
    if (!ALLOWED.test(value)) {
      throw invalidArgument(
        'Some tags contain illegal characters. Valid characters: ' +
          'Unicode letters, digits, white space, _ . / = + - % @.',
      );
    }
  }
  if (Object.keys(tags).length > TAGS_MAX) {
    throw limitExceeded(
      `Failed to add tags: the limit of ${TAGS_MAX} tags per resource is exceeded.`,
    );
  }
}

/** Tags without those of the keys. */
export function withoutTags(tags: Tags, keys: readonly string[]): Tags {
  return Object.fromEntries(Object.entries(tags).filter(([key]) => !keys.includes(key)));
}

/** Tags as AWS lists them, by key. */
export function tagList(tags: Tags): Tag[] {
  return Object.entries(tags)
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([Key, Value]) => ({ Key, Value }));
}
