/** Templates as requests give them: in the request, in S3, or the one that is deployed. */
import { AwsError } from '#aws/errors.ts';
import type { RequestContext } from '#aws/operation.ts';
import { collectBytes, textOf, TooManyBytes } from '#kernel/bytes.ts';
import type { CloudformationDependencies } from '../dependencies.ts';
import { validation } from '../errors.ts';
import { BODY_BYTES_MAX, OBJECT_BYTES_MAX } from '../limits.ts';
import { senderOf } from './sender.ts';

export interface TemplateSource {
  readonly TemplateBody?: string;
  readonly TemplateURL?: string;
}

/**
 * The text of a template; `undefined` where the request gives none.
 * @throws AwsError ValidationError
 */
export async function templateText(
  dependencies: CloudformationDependencies,
  context: RequestContext,
  { TemplateBody: body, TemplateURL: url }: TemplateSource,
): Promise<string | undefined> {
  if (body !== undefined && url !== undefined) {
    throw validation('You cannot specify both TemplateBody and TemplateURL');
  }
  if (body === undefined) {
    return url === undefined ? undefined : await readObject(dependencies, context, url);
  }
  const bytes = Buffer.byteLength(body);
  if (bytes > BODY_BYTES_MAX) {
    throw validation(
      `1 validation error detected: Value at 'templateBody' failed to satisfy constraint: Member must have length less than or equal to ${BODY_BYTES_MAX}`,
    );
  }
  return body;
}

async function readObject(
  { operations }: CloudformationDependencies,
  context: RequestContext,
  url: string,
): Promise<string> {
  const input = addressOf(url);
  if (input === undefined) throw validation('TemplateURL must be a supported URL.');
  const sender = senderOf(context);
  try {
    const call = { service: 's3', operation: 'GetObject', input, sender };
    const { Body: content } = await operations.call(call, context.signal);
    // GetObject's model has its body be a stream.
    return textOf(await collectBytes(content as AsyncIterable<Uint8Array>, OBJECT_BYTES_MAX));
  } catch (error) {
    if (error instanceof TooManyBytes) {
      throw validation(
        `Template size exceeds the maximum allowed size of ${OBJECT_BYTES_MAX} bytes`,
      );
    }
    if (!(error instanceof AwsError)) throw error;
    throw validation(
      `S3 error: ${error.message}\nFor more information check http://docs.aws.amazon.com/AmazonS3/latest/API/ErrorResponses.html`,
    );
  }
}

/**
 * Bucket and key of a URL, whatever its host: AWS's, or the server's own.
 * @see https://docs.aws.amazon.com/AmazonS3/latest/userguide/VirtualHosting.html
 */
export function addressOf(
  text: string,
): { readonly Bucket: string; readonly Key: string; readonly VersionId?: string } | undefined {
  if (!URL.canParse(text)) return undefined;
  const { protocol, hostname, pathname, searchParams } = new URL(text);
  if (!/^(?:https?|s3):$/.test(protocol)) return undefined;
  const path = decoded(pathname.slice(1));
  if (path === undefined) return undefined;
  const [, hosted] = /^(.+?)\.s3[.-]/.exec(hostname) ?? [];
  const bucket = protocol === 's3:' ? hostname : hosted;
  const slash = path.indexOf('/');
  const Bucket = bucket ?? path.slice(0, Math.max(slash, 0));
  const Key = bucket === undefined ? path.slice(slash + 1) : path;
  const version = searchParams.get('versionId');
  if (Bucket === '' || Key === '') return undefined;
  return { Bucket, Key, ...(version === null ? {} : { VersionId: version }) };
}

/** `undefined` where a percent sign stands before what is no byte. */
function decoded(text: string): string | undefined {
  try {
    return decodeURIComponent(text);
  } catch {
    return undefined;
  }
}
