import type { Operations } from '#aws/models/lambda.types.gen.ts';

import { CODE_STORAGE_BYTES_MAX, UNZIPPED_BYTES_MAX, ZIP_BYTES_MAX } from '../../limits.ts';
import { accountUsage } from '../../store.ts';
import type { Control } from '../control.ts';

/** @see https://docs.aws.amazon.com/lambda/latest/api/API_GetAccountSettings.html */
export function getAccountSettings(control: Control): Operations['GetAccountSettings'] {
  return async (context) => {
    const scope = { accountId: context.accountId, region: context.region };
    const usage = await control.database.read((queries) => accountUsage(queries, scope));
    const { accountConcurrency } = control.settings;
    return {
      AccountLimit: {
        TotalCodeSize: CODE_STORAGE_BYTES_MAX,
        CodeSizeUnzipped: UNZIPPED_BYTES_MAX,
        CodeSizeZipped: ZIP_BYTES_MAX,
        ConcurrentExecutions: accountConcurrency,
        UnreservedConcurrentExecutions: accountConcurrency - usage.reservedConcurrency,
      },
      AccountUsage: { TotalCodeSize: usage.codeBytes, FunctionCount: usage.functionCount },
    };
  };
}
