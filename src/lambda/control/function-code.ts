import { createHash } from 'node:crypto';

import type { RequestContext } from '#aws/operation.ts';

import type { CodeSource } from '../code/index.ts';
import { invalidParameter } from '../errors.ts';
import type { VersionCode } from '../model/records.ts';
import type { Control } from './control.ts';

/**
 * Stores the archive of a request and answers how a version refers to it.
 * @throws AwsError InvalidParameterValueException, RequestEntityTooLargeException
 */
export async function zipCode(
  control: Control,
  context: RequestContext,
  source: CodeSource,
  operation: string,
): Promise<VersionCode & { readonly kind: 'zip' }> {
  const { accountId, region } = context;
  const stored = await control.code.store({ accountId, region }, source, operation);
  const { sha256, bytes, directoryId, unzippedBytes } = stored;
  return { kind: 'zip', sha256, bytes, directoryId, unzippedBytes };
}

/**
 * An image by its URI. Nothing is pulled: without a digest in the URI, one is made from it.
 * @throws AwsError InvalidParameterValueException without a URI
 */
export function imageCode(imageUri: string | undefined): VersionCode {
  if (imageUri === undefined) {
    throw invalidParameter(
      'Please provide ImageUri when creating a function with packageType Image.',
    );
  }
  const digest = /@sha256:([0-9a-f]{64})$/.exec(imageUri)?.[1];
  const sha256 = digest ?? createHash('sha256').update(imageUri).digest('hex');
  return { kind: 'image', imageUri, sha256 };
}

/** The URI by digest, as AWS answers it beside the one by tag. */
export function resolvedImageUri(code: VersionCode & { readonly kind: 'image' }): string {
  const repository = code.imageUri.replace(/(@sha256:[0-9a-f]+|:[^:/]+)$/, '');
  return `${repository}@sha256:${code.sha256}`;
}
