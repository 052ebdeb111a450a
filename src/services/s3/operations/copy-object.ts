import type { CopyObjectRequest, Operations } from '#aws/models/s3.types.gen.ts';

import type { RequestContext } from '#aws/operation.ts';
import type { Transaction } from '#ports/world/database.ts';
import {
  checksumMember,
  DEFAULT_CHECKSUM,
  parseAlgorithm,
  type ChecksumAlgorithm,
} from '../checksum.ts';
import { commitObject, type CommittedObject } from '../commit-object.ts';
import { assertWriteConditions, wholeSeconds, type WriteConditions } from '../conditions.ts';
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
import type { Ingested } from '../ingest.ts';
import type { Bucket, ObjectAttributes, ObjectDraft } from '../model.ts';
import { parseTaggingHeader } from '../tagging.ts';

/** @see https://docs.aws.amazon.com/AmazonS3/latest/API/API_CopyObject.html */
export function copyObject(core: S3Core): Operations['CopyObject'] {
  return async (context, input) => {
    assertWriteConditions(conditionsOf(input));
    assertKey(input.Key);
    parseStorageClass(input.StorageClass);
    const isReplacing = parseDirective(input.MetadataDirective, 'x-amz-metadata-directive');
    tagsOf(input);
    const settings = await core.database.read(async (queries) => {
      const bucket = await requireBucket(queries, context, input);
      return readWriteSettings(queries, bucket.name);
    });
    const origin = await findOrigin(core, context, input, () => undefined);
    assertChange(input, origin, settings, isReplacing);
    const algorithm = chooseAlgorithm(input, origin);
    return core.ledger.write(
      () => copyContent(core, origin, algorithm),
      async (ingested) => {
        const copy = { origin, ingested, algorithm, isReplacing };
        const [put, bucket, draft] = await core.database.transact((tx) =>
          commitCopy(core, tx, { context, input, copy }),
        );
        core.ledger.discard(put.orphans);
        return {
          CopyObjectResult: {
            ETag: quoteEtag(ingested.md5),
            LastModified: wholeSeconds(put.place.modifiedAtMs),
            ...checksumMember(algorithm, ingested.checksum),
            ChecksumType: 'FULL_OBJECT',
          },
          ...draft.attributes.encryption,
          ...sourceVersionMember(origin),
          ...versionMember(put.place, bucket),
          ...(put.expiration === undefined ? {} : { Expiration: put.expiration }),
        };
      },
    );
  };
}

function conditionsOf({ IfMatch, IfNoneMatch }: CopyObjectRequest): WriteConditions {
  return { ifMatch: IfMatch, ifNoneMatch: IfNoneMatch };
}

/** The algorithm that is asked for, else the source's. */
function chooseAlgorithm(input: CopyObjectRequest, { version }: CopyOrigin): ChecksumAlgorithm {
  const asked = input.ChecksumAlgorithm;
  if (asked !== undefined) return parseAlgorithm(asked);
  return version.checksum?.algorithm ?? DEFAULT_CHECKSUM;
}

interface Copy {
  readonly origin: CopyOrigin;
  readonly ingested: Ingested;
  readonly algorithm: ChecksumAlgorithm;
  readonly isReplacing: boolean;
}

async function commitCopy(
  core: S3Core,
  tx: Transaction,
  call: {
    readonly context: RequestContext;
    readonly input: CopyObjectRequest;
    readonly copy: Copy;
  },
): Promise<readonly [CommittedObject, Bucket, ObjectDraft]> {
  const { context, input, copy } = call;
  const { origin, ingested, algorithm, isReplacing } = copy;
  const bucket = await requireBucket(tx, context, input);
  const settings = await readWriteSettings(tx, bucket.name);
  const aclPolicy = hasAcl(input) ? await readAclPolicy(tx, bucket) : undefined;
  const given = attributesOf(context, input, settings, aclPolicy);
  const draft: ObjectDraft = {
    size: ingested.size,
    etag: ingested.md5,
    content: ingested.content,
    storageClass: parseStorageClass(input.StorageClass),
    checksum: { algorithm, type: 'FULL_OBJECT', value: ingested.checksum },
    attributes: isReplacing ? given : inherited(given, input, origin),
    tags: tagsOf(input) ?? origin.version.tags,
    lock: lockOfInput(input, bucket, settings, core.clock.now()),
  };
  const put = await commitObject(core, tx, {
    context,
    bucket,
    settings,
    key: input.Key,
    draft,
    conditions: conditionsOf(input),
    eventName: 'ObjectCreated:Copy',
  });
  return [put, bucket, draft];
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
