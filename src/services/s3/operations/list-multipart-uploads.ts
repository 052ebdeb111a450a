import type {
  ListMultipartUploadsOutput,
  ListMultipartUploadsRequest,
  Operations,
} from '#aws/models/s3.types.gen.ts';
import type { Queries } from '#ports/world/database.ts';
import type { S3Core } from '../core.ts';
import { invalidArgument } from '../errors.ts';
import { listKeys } from '../list-keys.ts';
import { rowsOf, type KeyWriter } from '../list-page.ts';
import { initiatorOf } from '../uploads.ts';
import { ownerOf } from '../owner.ts';
import type { Position, RolledUp } from '../roll-up.ts';
import { fetchUploads, findUploadKey, type Upload } from '../store-uploads.ts';
import { sequenceOfId } from '../version-id.ts';

/** @see https://docs.aws.amazon.com/AmazonS3/latest/API/API_ListMultipartUploads.html */
export function listMultipartUploads(core: S3Core): Operations['ListMultipartUploads'] {
  return async (context, input) => {
    const { Prefix: prefix = '', KeyMarker: marker = '' } = input;
    const { page, limit, write, members } = await listKeys(core, context, input, {
      limit: ['max-uploads', input.MaxUploads],
      marker,
      start: (queries) => startOf(queries, input),
      fetch: fetchUploads,
    });
    const uploadIdMarker = marker === '' ? '' : (input.UploadIdMarker ?? '');
    return {
      Bucket: input.Bucket,
      KeyMarker: write(marker),
      UploadIdMarker: uploadIdMarker,
      ...nextMarkers(page, write),
      ...(prefix === '' ? {} : { Prefix: write(prefix) }),
      MaxUploads: limit,
      IsTruncated: page.isTruncated,
      ...uploadsOf(page, write, context.accountId),
      ...members,
    };
  };
}

/**
 * Behind the marked upload, which may be gone; the upload's id says nothing without a key.
 * @throws AwsError InvalidArgument. Recorded: s3_list_operations.json test_list_multiparts_next_marker
 */
async function startOf(queries: Queries, input: ListMultipartUploadsRequest): Promise<Position> {
  const { Bucket, KeyMarker: key = '', UploadIdMarker: id = '' } = input;
  if (key === '' || id === '') return { kind: 'after', key };
  const sequence = sequenceOfId(id);
  const markedKey = await findUploadKey(queries, Bucket, id);
  if (sequence === undefined || (markedKey ?? key) !== key) {
    throw invalidArgument('Invalid uploadId marker', 'upload-id-marker', id);
  }
  return { kind: 'after', key, sequence };
}

function nextMarkers(
  { entries }: RolledUp<Upload>,
  write: KeyWriter,
): Pick<ListMultipartUploadsOutput, 'NextKeyMarker' | 'NextUploadIdMarker'> {
  const last = entries.at(-1);
  if (!last) return { NextKeyMarker: '', NextUploadIdMarker: '' };
  if (last.kind === 'prefix') return { NextKeyMarker: write(last.prefix), NextUploadIdMarker: '' };
  return { NextKeyMarker: write(last.row.key), NextUploadIdMarker: last.row.id };
}

function uploadsOf(
  { entries }: RolledUp<Upload>,
  write: KeyWriter,
  accountId: string,
): Pick<ListMultipartUploadsOutput, 'Uploads'> {
  const uploads = rowsOf(entries).map((upload) => ({
    Key: write(upload.key),
    UploadId: upload.id,
    Initiator: initiatorOf(upload),
    Owner: ownerOf(accountId),
    StorageClass: upload.storageClass,
    Initiated: upload.initiatedAtMs,
    ...(upload.checksum
      ? { ChecksumAlgorithm: upload.checksum.algorithm, ChecksumType: upload.checksum.type }
      : {}),
  }));
  return uploads.length === 0 ? {} : { Uploads: uploads };
}
