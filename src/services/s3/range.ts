import type { ByteRange } from '#ports/world/blob-store.ts';
import { invalidArgument, invalidRequest, s3Error } from './errors.ts';

/**
 * The bytes that a Range header asks for, of an object of `size` bytes. `undefined` where the header is to be
 * ignored: another unit, several ranges, no range at all.
 * @throws AwsError InvalidRange where no byte of the object lies in it
 * @see https://www.rfc-editor.org/rfc/rfc9110#name-range-requests
 */
export function parseRange(header: string, size: number): ByteRange | undefined {
  const match = /^bytes=\s*(\d*)\s*-\s*(\d*)\s*$/.exec(header);
  if (!match) return undefined;
  const [, first = '', last = ''] = match;
  if (first === '' && last === '') return undefined;
  if (first !== '' && last !== '' && Number(last) < Number(first)) return undefined;
  const start = first === '' ? Math.max(0, size - Number(last)) : Number(first);
  const end = first === '' || last === '' ? size - 1 : Math.min(Number(last), size - 1);
  if (start > end) {
    throw s3Error('InvalidRange', { RangeRequested: header, ActualObjectSize: size });
  }
  return { start, end };
}

/** As in Content-Range: `bytes 0-4/11`. */
export function contentRange(range: ByteRange, size: number): string {
  return `bytes ${range.start}-${range.end}/${size}`;
}

const COPY_RANGE_SHAPE =
  'The x-amz-copy-source-range value must be of the form bytes=first-last where first and last are the ' +
  'zero-based offsets of the first and last bytes to copy';

/**
 * The bytes that `x-amz-copy-source-range` names; stricter than Range.
 * @throws AwsError InvalidArgument, InvalidRequest. Recorded: TestS3Multipart::test_upload_part_copy_range
 */
export function parseCopyRange(header: string, size: number): ByteRange {
  const match = /^bytes=(\d+)-(\d+)$/.exec(header);
  const start = Number(match?.[1]);
  const end = Number(match?.[2]);
  if (!match || end < start) {
    throw invalidArgument(COPY_RANGE_SHAPE, 'x-amz-copy-source-range', header);
  }
  if (start >= size) {
    throw invalidRequest('The specified copy range is invalid for the source object size');
  }
  if (end >= size) {
    const message = `Range specified is not valid for source object of size: ${size}`;
    throw invalidArgument(message, 'x-amz-copy-source-range', header);
  }
  return { start, end };
}
