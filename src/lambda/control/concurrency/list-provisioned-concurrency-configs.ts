import type { Operations } from '#aws/models/lambda.types.gen.ts';

import { qualifiedArn } from '../../model/address.ts';
import { provisioned } from '../../store.ts';
import type { Control } from '../control.ts';
import { addressOf, loadFunction, unqualified } from '../control.ts';
import { pageOf } from '../page.ts';
import { describeProvisioned } from './provisioned-concurrency.ts';

/** @see https://docs.aws.amazon.com/lambda/latest/api/API_ListProvisionedConcurrencyConfigs.html */
export function listProvisionedConcurrencyConfigs(
  control: Control,
): Operations['ListProvisionedConcurrencyConfigs'] {
  return async (context, input) => {
    const action = 'lambda:ListProvisionedConcurrencyConfigs';
    const address = unqualified(addressOf(context, input, action));
    const within = [address.functionName];
    const page = await control.database.read(async (queries) => {
      await loadFunction(queries, address);
      return pageOf(
        input,
        (after, limit) => provisioned.page(queries, address, { within, after, limit }),
        (record) => [record.qualifier],
      );
    });
    const described = await Promise.all(
      page.items.map(async (record) => ({
        FunctionArn: qualifiedArn({ ...address, qualifier: record.qualifier }),
        ...(await describeProvisioned(control, address, record)),
      })),
    );
    return { ProvisionedConcurrencyConfigs: described, ...page.next };
  };
}
