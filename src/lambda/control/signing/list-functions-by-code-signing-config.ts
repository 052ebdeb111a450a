import type { Operations } from '#aws/models/lambda.types.gen.ts';

import { functionArn } from '../../model/address.ts';
import { codeSigningConfigs, functionsByCodeSigningConfig } from '../../store.ts';
import { codeSigningConfigMissing, codeSigningId } from './code-signing-names.ts';
import type { Control } from '../control.ts';
import { pageOf } from '../page.ts';

/** @see https://docs.aws.amazon.com/lambda/latest/api/API_ListFunctionsByCodeSigningConfig.html */
export function listFunctionsByCodeSigningConfig(
  control: Control,
): Operations['ListFunctionsByCodeSigningConfig'] {
  return async (context, input) => {
    const scope = { accountId: context.accountId, region: context.region };
    const { CodeSigningConfigArn: arn } = input;
    const page = await control.database.read(async (queries) => {
      const found = await codeSigningConfigs.get(queries, scope, codeSigningId(arn));
      if (found === undefined) throw codeSigningConfigMissing(arn);
      const names = await functionsByCodeSigningConfig(queries, scope, arn);
      const load = (after: readonly unknown[], limit: number): Promise<string[]> => {
        const first = after.length === 0 ? 0 : names.findIndex((name) => name > String(after[0]));
        return Promise.resolve(first < 0 ? [] : names.slice(first, first + limit));
      };
      return pageOf(input, load, (name) => [name]);
    });
    const arns = page.items.map((functionName) => functionArn({ ...scope, functionName }));
    return { FunctionArns: arns, ...page.next };
  };
}
