import type { Operations } from '#aws/models/lambda.types.gen.ts';

import type { CodeSigningRecord } from '../../model/records.ts';
import { codeSigningConfigs } from '../../store.ts';
import { codeSigningConfigMissing, codeSigningId } from './code-signing-names.ts';
import { describeCodeSigning } from './code-signing.ts';
import type { Control } from '../control.ts';

/** @see https://docs.aws.amazon.com/lambda/latest/api/API_UpdateCodeSigningConfig.html */
export function updateCodeSigningConfig(control: Control): Operations['UpdateCodeSigningConfig'] {
  return async (context, input) => {
    const scope = { accountId: context.accountId, region: context.region };
    const {
      CodeSigningConfigArn: arn,
      Description,
      AllowedPublishers,
      CodeSigningPolicies,
    } = input;
    const updated = await control.database.transact(async (tx) => {
      const record = await codeSigningConfigs.get(tx, scope, codeSigningId(arn));
      if (record === undefined) throw codeSigningConfigMissing(arn);
      const publishers = AllowedPublishers?.SigningProfileVersionArns;
      const policy = CodeSigningPolicies?.UntrustedArtifactOnDeployment;
      const next: CodeSigningRecord = {
        ...record,
        description: Description ?? record.description,
        signingProfileVersionArns: publishers ?? record.signingProfileVersionArns,
        untrustedArtifactOnDeployment: policy ?? record.untrustedArtifactOnDeployment,
        lastModifiedMs: control.clock.now(),
      };
      await codeSigningConfigs.put(tx, scope, next);
      return next;
    });
    return { CodeSigningConfig: describeCodeSigning(scope, updated) };
  };
}
