import type { Operations } from '#aws/models/lambda.types.gen.ts';

import { provisioned } from '../../store.ts';
import type { Control } from '../control.ts';
import { addressOf } from '../control.ts';
import {
  checkProvisionable,
  describeProvisioned,
  provisionedMissing,
} from './provisioned-concurrency.ts';

/** @see https://docs.aws.amazon.com/lambda/latest/api/API_GetProvisionedConcurrencyConfig.html */
export function getProvisionedConcurrencyConfig(
  control: Control,
): Operations['GetProvisionedConcurrencyConfig'] {
  return async (context, input) => {
    const address = addressOf(context, input, 'lambda:GetProvisionedConcurrencyConfig');
    const record = await control.database.read(async (queries) => {
      await checkProvisionable(queries, address);
      return provisioned.get(queries, address, address.functionName, address.qualifier ?? '');
    });
    if (record === undefined) throw provisionedMissing();
    return describeProvisioned(control, address, record);
  };
}
