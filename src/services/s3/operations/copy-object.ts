import type { CopyObjectRequest, Operations } from '#aws/models/s3.types.gen.ts';

import { checksumMember, DEFAULT_CHECKSUM, parseAlgorithm } from '../checksum.ts';
import { commitObject } from '../commit-object.ts';
import { assertWriteConditions, wholeSeconds } from '../conditions.ts';
import { copyContent, findOrigin, sourceVersionMember, type CopyOrigin } from '../copy-content.ts';
import { requireBucket, type S3Core } from '../core.ts';
import {
  assertKey,
  attributesOf,
  hasAcl,
  headersOf,
  lockOfInput,
  parseStorageClass,
  readAclPolicy,
  readWriteSettings,
  type WriteSettings,
} from '../draft.ts';
import { invalidArgument, invalidRequest } from '../errors.ts';
import { quoteEtag } from '../etag.ts';
import { versionMember } from '../find-object.ts';
import type { ObjectAttributes, ObjectDraft } from '../model.ts';
import { parseTaggingHeader } from '../tagging.ts';

/** @see https://docs.aws.amazon.com/AmazonS3/latest/API/API_CopyObject.html */
export function copyObject(core: S3Core): Operations['CopyObject'] {
  return async (context, input) => {
    const conditions = { ifMatch: input.IfMatch, ifNoneMatch: input.IfNoneMatch };
    assertWriteConditions(conditions);
    assertKey(input.Key);
    const storageClass = parseStorageClass(input.StorageClass);
    const isReplacing = parseDirective(input.MetadataDirective, 'x-amz-metadata-directive');
    const tags = tagsOf(input);
    const asked =
      input.ChecksumAlgorithm === undefined ? undefined : parseAlgorithm(input.ChecksumAlgorithm);
    const settings = await core.database.read(async (queries) => {
      const bucket = await requireBucket(queries, context, input);
      return readWriteSettings(queries, bucket.name);
    });
    const origin = await findOrigin(core, context, input, () => undefined);
    assertChange(input, origin, settings, isReplacing);
    const algorithm = asked ?? origin.version.checksum?.algorithm ?? DEFAULT_CHECKSUM;
    return core.ledger.write(
      () => copyContent(core, origin, algorithm),
      async (ingested) => {
        const value = ingested.checksum;
        const { bucket, attributes, put } = await core.database.transact(async (tx) => {
          const bucket = await requireBucket(tx, context, input);
          const settings = await readWriteSettings(tx, bucket.name);
          const aclPolicy = hasAcl(input) ? await readAclPolicy(tx, bucket) : undefined;
          const given = attributesOf(context, input, settings, aclPolicy);
          const attributes = isReplacing ? given : inherited(given, input, origin);
          const draft: ObjectDraft = {
            size: ingested.size,
            etag: ingested.md5,
            content: ingested.content,
            storageClass,
            checksum: { algorithm, type: 'FULL_OBJECT', value },
            attributes,
            tags: tags ?? origin.version.tags,
            lock: lockOfInput(input, bucket, settings, core.clock.now()),
          };
          const eventName = 'ObjectCreated:Copy' as const;
          const commit = {
            context,
            bucket,
            settings,
            key: input.Key,
            draft,
            conditions,
            eventName,
          };
          return { bucket, attributes, put: await commitObject(core, tx, commit) };
        });
        core.ledger.discard(put.orphans);
        return {
          CopyObjectResult: {
            ETag: quoteEtag(ingested.md5),
            LastModified: wholeSeconds(put.place.modifiedAtMs),
            ...checksumMember(algorithm, value),
            ChecksumType: 'FULL_OBJECT',
          },
          ...attributes.encryption,
          ...sourceVersionMember(origin),
          ...versionMember(put.place, bucket),
          ...(put.expiration === undefined ? {} : { Expiration: put.expiration }),
        };
      },
    );
  };
}

/** Whether a directive says to replace. @throws AwsError InvalidArgument */
function parseDirective(text: string | undefined, header: string): boolean {
  if (text !== undefined && text !== 'COPY' && text !== 'REPLACE') {
    throw invalidArgument('Unknown metadata directive.', header, text);
  }
  return text === 'REPLACE';
}

/** The tags that replace the source's; `undefined` where those are kept. */
function tagsOf(input: CopyObjectRequest): ObjectDraft['tags'] | undefined {
  if (!parseDirective(input.TaggingDirective, 'x-amz-tagging-directive')) return undefined;
  return input.Tagging === undefined ? [] : parseTaggingHeader(input.Tagging);
}

/** Headers and metadata of the source; the rest is the request's and the bucket's. */
function inherited(
  given: ObjectAttributes,
  input: CopyObjectRequest,
  { version }: CopyOrigin,
): ObjectAttributes {
  const { WebsiteRedirectLocation: _, ...headers } = version.attributes.headers;
  const { WebsiteRedirectLocation: location } = headersOf(input);
  return {
    ...given,
    headers: {
      ...headers,
      ...(location === undefined ? {} : { WebsiteRedirectLocation: location }),
    },
    metadata: version.attributes.metadata,
  };
}

/**
 * A copy onto itself has to change something.
 * @throws AwsError InvalidRequest. Recorded: s3.json TestS3::test_s3_copy_object_in_place
 */
function assertChange(
  input: CopyObjectRequest,
  { address, version }: CopyOrigin,
  settings: WriteSettings,
  isReplacing: boolean,
): void {
  const isSame = address.bucket === input.Bucket && address.key === input.Key && version.isLatest;
  const isChanging =
    isReplacing ||
    input.StorageClass !== undefined ||
    input.WebsiteRedirectLocation !== undefined ||
    input.ServerSideEncryption !== undefined ||
    input.SSECustomerAlgorithm !== undefined ||
    settings.encryption !== undefined ||
    version.attributes.restoredUntilMs !== undefined;
  if (!isSame || isChanging) return;
  throw invalidRequest(
    'This copy request is illegal because it is trying to copy an object to itself without changing the ' +
      "object's metadata, storage class, website redirect location or encryption attributes.",
  );
}
