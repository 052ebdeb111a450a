import type {
  GetFunctionCodeSigningConfigResponse,
  Operations,
} from '#aws/models/lambda.types.gen.ts';

import type { Control } from '../control.ts';
import { addressOf, loadFunction, unqualified } from '../control.ts';

/**
 * The configuration that a function uses; without one the answer is empty.
 * @see https://docs.aws.amazon.com/lambda/latest/api/API_GetFunctionCodeSigningConfig.html
 */
export function getFunctionCodeSigningConfig(
  control: Control,
): Operations['GetFunctionCodeSigningConfig'] {
  return async (context, { FunctionName }) => {
    const action = 'lambda:GetFunctionCodeSigningConfig';
    const address = unqualified(addressOf(context, { FunctionName }, action));
    const record = await control.database.read((queries) => loadFunction(queries, address));
    const { codeSigningConfigArn, functionName } = record;
    // The model calls both members required, AWS answers neither.
    if (codeSigningConfigArn === undefined) return {} as GetFunctionCodeSigningConfigResponse;
    return { CodeSigningConfigArn: codeSigningConfigArn, FunctionName: functionName };
  };
}
