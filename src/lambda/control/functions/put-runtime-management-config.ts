import type { Operations } from '#aws/models/lambda.types.gen.ts';

import { invalidParameter } from '../../errors.ts';
import { qualifiedArn } from '../../model/address.ts';
import { omitUndefined } from '../../model/omit-undefined.ts';
import { versions } from '../../store.ts';
import type { Control } from '../control.ts';
import { addressOf, loadVersion } from '../control.ts';

/**
 * Keeps when a function's runtime is to be updated; this Hearth has one build of each.
 * @see https://docs.aws.amazon.com/lambda/latest/api/API_PutRuntimeManagementConfig.html
 */
export function putRuntimeManagementConfig(
  control: Control,
): Operations['PutRuntimeManagementConfig'] {
  return async (context, input) => {
    const address = addressOf(context, input, 'lambda:PutRuntimeManagementConfig');
    const { UpdateRuntimeOn, RuntimeVersionArn } = input;
    const isManual = UpdateRuntimeOn === 'Manual';
    if (isManual && RuntimeVersionArn === undefined) {
      throw invalidParameter('RuntimeVersionArn is required when UpdateRuntimeOn is Manual.');
    }
    const kept = isManual ? RuntimeVersionArn : undefined;
    const management = omitUndefined({ updateOn: UpdateRuntimeOn, runtimeVersionArn: kept });
    await control.database.transact(async (tx) => {
      const { version } = await loadVersion(control, tx, address);
      await versions.put(tx, address, { ...version, runtimeManagement: management });
    });
    return omitUndefined({
      UpdateRuntimeOn,
      FunctionArn: qualifiedArn(address),
      RuntimeVersionArn: kept,
    });
  };
}
