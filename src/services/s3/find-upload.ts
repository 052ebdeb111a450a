import type { Queries } from '#ports/world/database.ts';
import { noSuchUpload } from './errors.ts';
import { findUpload, listParts, type Upload, type UploadPart } from './store-uploads.ts';
import { PART_NUMBER_MAX } from './limits.ts';

export interface UploadInput {
  readonly Bucket: string;
  readonly Key: string;
  readonly UploadId: string;
}

/** @throws AwsError NoSuchUpload where it is unknown, aborted or completed */
export async function requireUpload(queries: Queries, input: UploadInput): Promise<Upload> {
  const found = await findUpload(queries, {
    bucket: input.Bucket,
    key: input.Key,
    id: input.UploadId,
  });
  if (!found || found.completed !== undefined) throw noSuchUpload(input.UploadId);
  return found.upload;
}

/** All parts of an upload, by number. */
export async function allParts(
  queries: Queries,
  uploadId: string,
): Promise<ReadonlyMap<number, UploadPart>> {
  const parts = await listParts(queries, uploadId, 0, PART_NUMBER_MAX);
  return new Map(parts.map((part) => [part.number, part]));
}
