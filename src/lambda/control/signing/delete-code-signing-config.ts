import type { Operations } from '#aws/models/lambda.types.gen.ts';

import { conflict } from '../../errors.ts';
import { codeSigningConfigs, functionsByCodeSigningConfig } from '../../store.ts';
import { codeSigningConfigMissing, codeSigningId } from './code-signing-names.ts';
import type { Control } from '../control.ts';

/**
 * Deletes a configuration that no function uses.
 * @see https://docs.aws.amazon.com/lambda/latest/api/API_DeleteCodeSigningConfig.html
 */
export function deleteCodeSigningConfig(control: Control): Operations['DeleteCodeSigningConfig'] {
  return async (context, { CodeSigningConfigArn: arn }) => {
    const scope = { accountId: context.accountId, region: context.region };
    await control.database.transact(async (tx) => {
      const users = await functionsByCodeSigningConfig(tx, scope, arn);
      if (users.length > 0) {
        throw conflict(
          'Cannot delete the CodeSigningConfig: it is in use by one or more Lambda functions.',
        );
      }
      const count = await codeSigningConfigs.delete(tx, scope, codeSigningId(arn));
      if (count === 0) throw codeSigningConfigMissing(arn);
    });
    return {};
  };
}
