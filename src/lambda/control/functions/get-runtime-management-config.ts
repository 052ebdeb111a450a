import type { Operations } from '#aws/models/lambda.types.gen.ts';

import { qualifiedArn } from '../../model/address.ts';
import { omitUndefined } from '../../model/omit-undefined.ts';
import type { Control } from '../control.ts';
import { addressOf, loadVersion } from '../control.ts';

/** @see https://docs.aws.amazon.com/lambda/latest/api/API_GetRuntimeManagementConfig.html */
export function getRuntimeManagementConfig(
  control: Control,
): Operations['GetRuntimeManagementConfig'] {
  return async (context, input) => {
    const address = addressOf(context, input, 'lambda:GetRuntimeManagementConfig');
    const { version } = await control.database.read((queries) =>
      loadVersion(control, queries, address),
    );
    const { updateOn = 'Auto', runtimeVersionArn } = version.runtimeManagement ?? {};
    return omitUndefined({
      UpdateRuntimeOn: updateOn,
      FunctionArn: qualifiedArn(address),
      RuntimeVersionArn: runtimeVersionArn,
    });
  };
}
