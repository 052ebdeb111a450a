import type { Operations } from '#aws/models/lambda.types.gen.ts';

import type { CodeSigningRecord } from '../../model/records.ts';
import { codeSigningConfigs } from '../../store.ts';
import { describeCodeSigning } from './code-signing.ts';
import type { Control } from '../control.ts';
import { checkTags } from '../tags/tags.ts';

/** @see https://docs.aws.amazon.com/lambda/latest/api/API_CreateCodeSigningConfig.html */
export function createCodeSigningConfig(control: Control): Operations['CreateCodeSigningConfig'] {
  return async (context, input) => {
    const scope = { accountId: context.accountId, region: context.region };
    const { AllowedPublishers, CodeSigningPolicies, Tags = {} } = input;
    checkTags(Tags);
    const digits = Buffer.from(control.random.bytes(9)).toString('hex').slice(0, 17);
    const record: CodeSigningRecord = {
      id: `csc-${digits}`,
      description: input.Description ?? '',
      signingProfileVersionArns: AllowedPublishers.SigningProfileVersionArns,
      untrustedArtifactOnDeployment: CodeSigningPolicies?.UntrustedArtifactOnDeployment ?? 'Warn',
      lastModifiedMs: control.clock.now(),
      tags: Tags,
    };
    await control.database.transact((tx) => codeSigningConfigs.put(tx, scope, record));
    return { CodeSigningConfig: describeCodeSigning(scope, record) };
  };
}
