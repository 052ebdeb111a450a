import type { Operations } from '#aws/models/lambda.types.gen.ts';

import { provisioned } from '../../store.ts';
import type { Control } from '../control.ts';
import { addressOf, noteChange } from '../control.ts';
import { meterProvisioned } from './meter-provisioned.ts';
import { checkProvisionable } from './provisioned-concurrency.ts';

/**
 * Deletes a configuration; one that is not there is deleted in silence.
 * @see https://docs.aws.amazon.com/lambda/latest/api/API_DeleteProvisionedConcurrencyConfig.html
 */
export function deleteProvisionedConcurrencyConfig(
  control: Control,
): Operations['DeleteProvisionedConcurrencyConfig'] {
  return async (context, input) => {
    const address = addressOf(context, input, 'lambda:DeleteProvisionedConcurrencyConfig');
    await control.database.transact(async (tx) => {
      await checkProvisionable(tx, address);
      await provisioned.delete(tx, address, address.functionName, address.qualifier ?? '');
      await meterProvisioned(tx, address, control.clock.now());
      noteChange(control, tx, address, false);
      tx.afterCommit(() => void control.catalog.refreshReservations());
    });
    return {};
  };
}
