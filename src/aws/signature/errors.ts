import type { AwsError } from '#aws/errors.ts';
import { s3RefusalError } from './errors-s3.ts';
import { serviceRefusalError } from './errors-service.ts';
import type { Refusal } from './refusal.ts';

/**
 * How a service words a refusal: S3 for itself, the query protocol's services, those of `awsJson`
 * and `rpcv2Cbor`, and those of `restJson1`.
 */
export type ErrorFamily = 's3' | 'query' | 'json' | 'rest-json';

/** The error that a service of the family answers to a refused signature. */
export function refusalError(family: ErrorFamily, refusal: Refusal): AwsError {
  return family === 's3' ? s3RefusalError(refusal) : serviceRefusalError(family, refusal);
}
