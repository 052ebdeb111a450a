import type { Grant, Operations } from '#aws/models/s3.types.gen.ts';
import { ownerGrants, parseAcl } from '../acl.ts';
import { readConfiguration, writeConfiguration } from '../configurations.ts';
import type { S3Core } from '../core.ts';
import { readAclPolicy } from '../draft.ts';
import { s3Error } from '../errors.ts';
import { ownerOf } from '../owner.ts';

const kind = 'acl';

/** @see https://docs.aws.amazon.com/AmazonS3/latest/API/API_PutBucketAcl.html */
export function putBucketAcl(core: S3Core): Operations['PutBucketAcl'] {
  return async (context, input) => {
    await writeConfiguration(core, { context, input, kind }, async (bucket, tx) => {
      const grants = parseAcl(input, await readAclPolicy(tx, bucket));
      if (!grants) throw s3Error('MissingSecurityHeader', { MissingHeaderName: 'x-amz-acl' });
      return grants;
    });
    return {};
  };
}

/** @see https://docs.aws.amazon.com/AmazonS3/latest/API/API_GetBucketAcl.html */
export function getBucketAcl(core: S3Core): Operations['GetBucketAcl'] {
  return async (context, input) => {
    const grants = await readConfiguration<readonly Grant[]>(core, { context, input, kind });
    const { accountId } = context;
    return { Owner: ownerOf(accountId), Grants: grants ?? ownerGrants(accountId) };
  };
}
