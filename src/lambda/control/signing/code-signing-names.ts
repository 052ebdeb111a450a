/** How code signing configurations are named, and what is said where one is missing. */
import { AwsError } from '#aws/errors.ts';

import { notFound } from '../../errors.ts';

/** The id at the end of an ARN. */
export function codeSigningId(arn: string): string {
  return arn.slice(arn.lastIndexOf(':') + 1);
}

/** 404, where a function is to use a configuration that is not there. */
export function codeSigningConfigNotFound(arn: string): AwsError {
  return new AwsError({
    code: 'CodeSigningConfigNotFoundException',
    status: 404,
    message:
      'The code signing configuration cannot be found. ' +
      `Check that the provided configuration is not deleted: ${arn}.`,
    fields: { Type: 'User' },
  });
}

/** 404, where the configuration itself is asked for. */
export function codeSigningConfigMissing(arn: string): AwsError {
  return notFound(`The Lambda code signing configuration ${arn} can not be found.`);
}
