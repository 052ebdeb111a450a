import type { Operations, PutObjectOutput, PutObjectRequest } from '#aws/models/s3.types.gen.ts';
import type { RequestContext } from '#aws/operation.ts';
import type { AclPolicy } from '../acl.ts';
import {
  checksumMember,
  DEFAULT_CHECKSUM,
  givenChecksum,
  parseAlgorithm,
  type ChecksumAlgorithm,
  type ChecksumMembers,
} from '../checksum.ts';
import { commitObject, type CommittedObject } from '../commit-object.ts';
import { assertWriteConditions } from '../conditions.ts';
import { requireBucket, type S3Core } from '../core.ts';
import {
  assertKey,
  attributesOf,
  hasAcl,
  lockOfInput,
  parseStorageClass,
  readAclPolicy,
  readWriteSettings,
} from '../draft.ts';
import { quoteEtag } from '../etag.ts';
import { assertPutSize, ingest, type Ingested } from '../ingest.ts';
import { INLINE_BYTES_MAX } from '../limits.ts';
import type { ObjectDraft } from '../model.ts';
import type { EventName } from '../notification-event.ts';
import { parseTaggingHeader } from '../tagging.ts';

/** @see https://docs.aws.amazon.com/AmazonS3/latest/API/API_PutObject.html */
export function putObject(core: S3Core): Operations['PutObject'] {
  return (context, input) => storeObject(core, context, input, 'ObjectCreated:Put');
}

/** What PutObject and a form's upload share; they differ in the event's name. */
export async function storeObject(
  core: S3Core,
  context: RequestContext,
  input: PutObjectRequest,
  eventName: EventName,
): Promise<PutObjectOutput> {
  const conditions = { ifMatch: input.IfMatch, ifNoneMatch: input.IfNoneMatch };
  assertWriteConditions(conditions);
  assertKey(input.Key);
  const algorithm = requestAlgorithm(context, input) ?? DEFAULT_CHECKSUM;
  const draft = makeDraft(core, context, input);
  await core.database.read((queries) => requireBucket(queries, context, input));
  assertPutSize(input.ContentLength);
  return core.ledger.write(
    () =>
      ingest(core.blobs, input.Body, {
        algorithm,
        declared: context.checksum,
        inlineBytesMax: INLINE_BYTES_MAX,
      }),
    async (ingested) => {
      const [committed, made] = await core.database.transact(async (tx) => {
        const bucket = await requireBucket(tx, context, input);
        const settings = await readWriteSettings(tx, bucket.name);
        const aclPolicy = hasAcl(input) ? await readAclPolicy(tx, bucket) : undefined;
        const made = draft({ bucket, settings, aclPolicy, ingested, algorithm });
        const commit = {
          context,
          bucket,
          settings,
          key: input.Key,
          draft: made,
          conditions,
          eventName,
        };
        return [await commitObject(core, tx, commit), made] as const;
      });
      core.ledger.discard(committed.orphans);
      return outputOf(committed, made);
    },
  );
}

/** The algorithm of the checksum that a client sends, in a header or behind the body. */
export function requestAlgorithm(
  context: RequestContext,
  input: ChecksumMembers,
): ChecksumAlgorithm | undefined {
  const declared = context.checksum?.algorithm;
  return declared === undefined ? givenChecksum(input)?.algorithm : parseAlgorithm(declared);
}

interface DraftParts {
  readonly bucket: Parameters<typeof lockOfInput>[1];
  readonly settings: Parameters<typeof lockOfInput>[2];
  readonly aclPolicy: AclPolicy | undefined;
  readonly ingested: Ingested;
  readonly algorithm: ChecksumAlgorithm;
}

/** Checks at once what needs no bucket, and makes the draft when body and bucket are there. */
function makeDraft(
  core: S3Core,
  context: RequestContext,
  input: PutObjectRequest,
): (parts: DraftParts) => ObjectDraft {
  const storageClass = parseStorageClass(input.StorageClass);
  const tags = input.Tagging === undefined ? [] : parseTaggingHeader(input.Tagging);
  attributesOf(context, input, {}, undefined);
  return ({ bucket, settings, aclPolicy, ingested, algorithm }) => ({
    size: ingested.size,
    etag: ingested.md5,
    content: ingested.content,
    storageClass,
    checksum: { algorithm, type: 'FULL_OBJECT', value: ingested.checksum },
    attributes: attributesOf(context, input, settings, aclPolicy),
    tags,
    lock: lockOfInput(input, bucket, settings, core.clock.now()),
  });
}

function outputOf(committed: CommittedObject, draft: ObjectDraft): PutObjectOutput {
  const { checksum } = draft;
  return {
    ETag: quoteEtag(draft.etag),
    ...(checksum
      ? { ...checksumMember(checksum.algorithm, checksum.value), ChecksumType: checksum.type }
      : {}),
    ...draft.attributes.encryption,
    ...(committed.versionId === undefined ? {} : { VersionId: committed.versionId }),
    ...(committed.expiration === undefined ? {} : { Expiration: committed.expiration }),
  };
}
