/** What the operations on code signing configurations share. They are kept, and nothing is verified by them. */
import type { CodeSigningConfig } from '#aws/models/lambda.types.gen.ts';
import { AwsError } from '#aws/errors.ts';
import { formatArn } from '#kernel/arn.ts';

import { notFound } from '../errors.ts';
import type { CodeSigningRecord, Scope } from '../model/records.ts';
import { lambdaDate } from './describe-function.ts';

/** The id at the end of an ARN. */
export function codeSigningId(arn: string): string {
  return arn.slice(arn.lastIndexOf(':') + 1);
}

/** The ARN of an id. */
function codeSigningArn(scope: Scope, id: string): string {
  return formatArn('lambda', scope.region, scope.accountId, `code-signing-config:${id}`);
}

/** @see https://docs.aws.amazon.com/lambda/latest/api/API_CodeSigningConfig.html */
export function describeCodeSigning(scope: Scope, record: CodeSigningRecord): CodeSigningConfig {
  return {
    CodeSigningConfigId: record.id,
    CodeSigningConfigArn: codeSigningArn(scope, record.id),
    Description: record.description,
    AllowedPublishers: { SigningProfileVersionArns: record.signingProfileVersionArns },
    CodeSigningPolicies: { UntrustedArtifactOnDeployment: record.untrustedArtifactOnDeployment },
    LastModified: lambdaDate(record.lastModifiedMs),
  };
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
