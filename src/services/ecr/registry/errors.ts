/**
 * What the registry answers to bad input: ECR's own errors, in the words of the distribution specification.
 * @see https://github.com/opencontainers/distribution-spec/blob/main/spec.md#error-codes
 */
import { AwsError } from '#aws/errors.ts';
import type { WireResponse } from '#aws/wire.ts';
import { utf8 } from '#kernel/bytes.ts';

/** By the code of ECR's error: the registry's, and its status. */
const CODES: Readonly<Record<string, readonly [string, number]>> = {
  AccessDeniedException: ['DENIED', 403],
  EmptyUploadException: ['BLOB_UPLOAD_INVALID', 400],
  ImageDigestDoesNotMatchException: ['DIGEST_INVALID', 400],
  ImageNotFoundException: ['MANIFEST_UNKNOWN', 404],
  ImageTagAlreadyExistsException: ['TAG_INVALID', 400],
  InvalidLayerException: ['DIGEST_INVALID', 400],
  InvalidLayerPartException: ['BLOB_UPLOAD_INVALID', 416],
  InvalidParameterException: ['UNSUPPORTED', 405],
  LayersNotFoundException: ['MANIFEST_BLOB_UNKNOWN', 404],
  LimitExceededException: ['SIZE_INVALID', 413],
  ReferencedImagesNotFoundException: ['MANIFEST_BLOB_UNKNOWN', 404],
  RepositoryNotFoundException: ['NAME_UNKNOWN', 404],
  UploadNotFoundException: ['BLOB_UPLOAD_UNKNOWN', 404],
};

export const REGISTRY_HEADERS = { 'docker-distribution-api-version': 'registry/2.0' } as const;

/** An error of the registry's own. */
export function registryError(code: string, status: number, message: string): AwsError {
  return new AwsError({ code, status, message });
}

/** The answer that says an error. */
export function errorAnswer(error: AwsError): WireResponse {
  const known = CODES[error.code];
  const [code, status] = known ?? [error.code, error.status];
  return {
    status,
    headers: { ...REGISTRY_HEADERS, 'content-type': 'application/json; charset=utf-8' },
    body: utf8(JSON.stringify({ errors: [{ code, message: error.message }] })),
  };
}

/** 405: what the registry does not do; 404 where it has no such path. */
export function unsupported(status = 405): AwsError {
  return registryError('UNSUPPORTED', status, 'The operation is unsupported.');
}
