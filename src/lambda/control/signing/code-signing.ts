/**
 * What the operations on code signing configurations share, and what they mean for code. There is no AWS Signer
 * here: whatever is deployed is unsigned.
 */
import type { CodeSigningConfig } from '#aws/models/lambda.types.gen.ts';
import { AwsError } from '#aws/errors.ts';
import { formatArn } from '#kernel/arn.ts';

import type { Transaction } from '#ports/world/database.ts';

import type { FunctionAddress } from '../../model/address.ts';
import type { CodeSigningRecord, Scope } from '../../model/records.ts';
import { datum } from '../../queue/index.ts';
import { codeSigningConfigs } from '../../store.ts';
import { codeSigningId } from './code-signing-names.ts';
import type { Control } from '../control.ts';
import { lambdaDate } from '../functions/describe-function.ts';

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

/**
 * Looks at code, or layers, that come to a function with a configuration: `Enforce` refuses them, `Warn` counts.
 * @throws AwsError CodeVerificationFailedException
 * @see https://docs.aws.amazon.com/lambda/latest/dg/configuration-codesigning.html
 */
export async function checkSigned(
  { clock, metrics }: Pick<Control, 'clock' | 'metrics'>,
  tx: Transaction,
  address: FunctionAddress,
  arn: string | undefined,
): Promise<void> {
  if (arn === undefined) return;
  const config = await codeSigningConfigs.get(tx, address, codeSigningId(arn));
  if (config === undefined) return;
  if (config.untrustedArtifactOnDeployment === 'Enforce') throw unsignedCode();
  tx.afterCommit(() =>
    metrics.put([datum(address, clock.now(), ['SignatureValidationErrors', 1, 'Count'])]),
  );
}

/** 400, as AWS was seen to say it of an archive without a signature. */
function unsignedCode(): AwsError {
  return new AwsError({
    code: 'CodeVerificationFailedException',
    status: 400,
    message:
      'Lambda cannot deploy the function. The function or layer might be signed using a signature that the ' +
      'client is not configured to accept. Check the provided signature for unsigned.',
    fields: { Type: 'User' },
  });
}
