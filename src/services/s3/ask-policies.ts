/** What policies are asked beside an operation's own needs; nothing where they are not evaluated. */
import { createAuthorise } from '#aws/access/index.ts';
import { AwsError } from '#aws/errors.ts';
import { s3 } from '#aws/models/s3.gen.ts';
import type { Operation, RequestContext } from '#aws/operation.ts';
import type { S3Core } from './core.ts';
import { S3_PERMISSIONS } from './permissions.ts';

/**
 * Asks as if the operation had been called.
 * @throws AwsError AccessDenied
 */
export async function askPolicies(
  { access, clock }: S3Core,
  context: RequestContext,
  operation: string,
  input: object,
): Promise<void> {
  if (access === undefined) return;
  const services = [{ model: s3, permissions: S3_PERMISSIONS }];
  await createAuthorise({ services, access, clock })(context, s3, { name: operation }, input);
}

/** Reads of one object. */
const READS: ReadonlySet<string> = new Set(['GetObject', 'GetObjectAttributes', 'HeadObject']);

/**
 * The operation, which tells that a key is not there to whoever may list alone.
 * @see https://docs.aws.amazon.com/AmazonS3/latest/API/API_GetObject.html Permissions
 */
export function hidingMissing(
  core: S3Core,
  name: string,
  operate: Operation<never, unknown>,
): Operation<never, unknown> {
  if (core.access === undefined || !READS.has(name)) return operate;
  return async (context, input: never) => {
    try {
      return await operate(context, input);
    } catch (error) {
      const isMissing = error instanceof AwsError && error.status === 404;
      const { Bucket } = input as { readonly Bucket: string }; // Every read names its bucket.
      if (isMissing && error.code !== 'NoSuchBucket') {
        await askPolicies(core, context, 'ListObjectsV2', { Bucket });
      }
      throw error;
    }
  };
}
