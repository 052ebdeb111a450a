import type { CreateMultipartUploadRequest, Operations } from '#aws/models/s3.types.gen.ts';
import type { RequestContext } from '#aws/operation.ts';
import type { Transaction } from '#ports/world/database.ts';
import { parseAlgorithm, uploadChecksumType } from '../checksum.ts';
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
import { findLatest } from '../store-objects.ts';
import { insertUpload, type Upload } from '../store-uploads.ts';
import { parseTaggingHeader } from '../tagging.ts';
import { makeId } from '../version-id.ts';

/** @see https://docs.aws.amazon.com/AmazonS3/latest/API/API_CreateMultipartUpload.html */
export function createMultipartUpload(core: S3Core): Operations['CreateMultipartUpload'] {
  return async (context, input) => {
    assertKey(input.Key);
    const upload = await core.database.transact(async (tx) => {
      const made = await makeUpload(core, tx, context, input);
      await insertUpload(tx, made);
      return made;
    });
    return {
      Bucket: input.Bucket,
      Key: input.Key,
      UploadId: upload.id,
      ...upload.attributes.encryption,
      ...(upload.checksum
        ? { ChecksumAlgorithm: upload.checksum.algorithm, ChecksumType: upload.checksum.type }
        : {}),
    };
  };
}

async function makeUpload(
  core: S3Core,
  tx: Transaction,
  context: RequestContext,
  input: CreateMultipartUploadRequest,
): Promise<Upload> {
  const asked = input.ChecksumAlgorithm;
  const algorithm = asked === undefined ? undefined : parseAlgorithm(asked);
  const type = uploadChecksumType(algorithm, input.ChecksumType);
  const storageClass = parseStorageClass(input.StorageClass);
  const tags = input.Tagging === undefined ? [] : parseTaggingHeader(input.Tagging);
  const bucket = await requireBucket(tx, context, input);
  const settings = await readWriteSettings(tx, bucket.name);
  const aclPolicy = hasAcl(input) ? await readAclPolicy(tx, bucket) : undefined;
  const latest = await findLatest(tx, bucket.name, input.Key);
  const sequence = core.sequence.next(latest?.sequence);
  const nowMs = core.clock.now();
  return {
    id: makeId(sequence, core.random),
    bucket: bucket.name,
    key: input.Key,
    sequence,
    initiatedAtMs: nowMs,
    initiator: context.principal.arn,
    isOverObject: latest !== undefined && !latest.isDeleteMarker,
    storageClass,
    ...(algorithm && type ? { checksum: { algorithm, type } } : {}),
    attributes: attributesOf(context, input, settings, aclPolicy),
    tags,
    lock: lockOfInput(input, bucket, settings, nowMs),
  };
}
