import { HTTP_STATUS } from '#aws/extras.ts';
import type { Operations } from '#aws/models/s3.types.gen.ts';
import { checkRead } from '../conditions.ts';
import { requireBucket, type S3Core } from '../core.ts';
import {
  choosePiece,
  describeChecksum,
  describeExpiration,
  describePiece,
  describeVersion,
} from '../describe-object.ts';
import { checkCustomerKey } from '../encryption.ts';
import { requireObject } from '../find-object.ts';
import { overrides, readConditions } from './get-object.ts';

/** @see https://docs.aws.amazon.com/AmazonS3/latest/API/API_HeadObject.html */
export function headObject(core: S3Core): Operations['HeadObject'] {
  return (context, input) =>
    core.database.read(async (queries) => {
      const bucket = await requireBucket(queries, context, input);
      const version = await requireObject(queries, context, input);
      checkCustomerKey(input, version.attributes.encryption);
      checkRead(readConditions(input), version, core.clock.now());
      const piece = await choosePiece(queries, version, input);
      return {
        ...describePiece(version, piece),
        ...describeVersion(version, bucket),
        ...describeChecksum(version, piece, input.ChecksumMode),
        ...(await describeExpiration(queries, version, input.VersionId)),
        ...overrides(input),
        ...(piece.range ? { [HTTP_STATUS]: 206 } : {}),
      };
    });
}
