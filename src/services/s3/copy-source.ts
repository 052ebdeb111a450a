import { invalidArgument } from './errors.ts';
import { parseVersionId } from './find-object.ts';
import { percentDecode } from './url-encoding.ts';
import { textOfHeader } from './metadata.ts';

export interface CopySource {
  readonly bucket: string;
  readonly key: string;
  readonly versionId?: string;
}

/**
 * Reads `x-amz-copy-source`: `/bucket/key?versionId=id`, percent-encoded, the first slash not needed.
 * @throws AwsError InvalidArgument. Recorded: s3.json TestS3::test_s3_copy_object_wrong_format
 */
export function parseCopySource(header: string): CopySource {
  const [path, query] = splitOnce(textOfHeader(header), '?versionId=');
  const decoded = percentDecode(path.replaceAll('+', ' '));
  if (decoded === undefined) {
    throw invalidArgument('Invalid copy source encoding.', 'x-amz-copy-source', header);
  }
  const [, bucket, key] = /^\/?([^/]+)\/(.+)$/s.exec(decoded) ?? [];
  if (bucket === undefined || key === undefined) {
    const message = 'Invalid copy source object key';
    throw invalidArgument(message, 'x-amz-copy-source', 'x-amz-copy-source');
  }
  if (query === undefined) return { bucket, key };
  return { bucket, key, versionId: parseVersionId(percentDecode(query) ?? query).id };
}

function splitOnce(text: string, separator: string): readonly [string, string?] {
  const at = text.lastIndexOf(separator);
  return at < 0 ? [text] : [text.slice(0, at), text.slice(at + separator.length)];
}
