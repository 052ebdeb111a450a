import type { Operations } from '#aws/models/lambda.types.gen.ts';

import { codeSigningConfigs } from '../../store.ts';
import { codeSigningConfigMissing, codeSigningId } from './code-signing-names.ts';
import { describeCodeSigning } from './code-signing.ts';
import type { Control } from '../control.ts';

/** @see https://docs.aws.amazon.com/lambda/latest/api/API_GetCodeSigningConfig.html */
export function getCodeSigningConfig(control: Control): Operations['GetCodeSigningConfig'] {
  return async (context, { CodeSigningConfigArn: arn }) => {
    const scope = { accountId: context.accountId, region: context.region };
    const record = await control.database.read((queries) =>
      codeSigningConfigs.get(queries, scope, codeSigningId(arn)),
    );
    if (record === undefined) throw codeSigningConfigMissing(arn);
    return { CodeSigningConfig: describeCodeSigning(scope, record) };
  };
}
