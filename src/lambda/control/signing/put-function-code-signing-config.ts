import type { Operations } from '#aws/models/lambda.types.gen.ts';

import { codeSigningConfigs, functions } from '../../store.ts';
import { codeSigningConfigNotFound, codeSigningId } from './code-signing-names.ts';
import type { Control } from '../control.ts';
import { addressOf, loadFunction, unqualified } from '../control.ts';

/** @see https://docs.aws.amazon.com/lambda/latest/api/API_PutFunctionCodeSigningConfig.html */
export function putFunctionCodeSigningConfig(
  control: Control,
): Operations['PutFunctionCodeSigningConfig'] {
  return async (context, { FunctionName, CodeSigningConfigArn: arn }) => {
    const action = 'lambda:PutFunctionCodeSigningConfig';
    const address = unqualified(addressOf(context, { FunctionName }, action));
    await control.database.transact(async (tx) => {
      const config = await codeSigningConfigs.get(tx, address, codeSigningId(arn));
      if (config === undefined) throw codeSigningConfigNotFound(arn);
      const record = await loadFunction(tx, address);
      await functions.put(tx, address, { ...record, codeSigningConfigArn: arn });
    });
    return { CodeSigningConfigArn: arn, FunctionName: address.functionName };
  };
}
