import type { Operations } from '#aws/models/lambda.types.gen.ts';

import { aliases, eventInvokeConfigs, policies, provisioned } from '../../store.ts';
import type { Control } from '../control.ts';
import { addressOf, loadFunction, noteChange, unqualified } from '../control.ts';
import { meterProvisioned } from '../concurrency/meter-provisioned.ts';

/**
 * Deletes an alias and what hangs on it, but for its URL, which answers 403 from then on.
 * One that is not there is deleted in silence.
 * @see https://docs.aws.amazon.com/lambda/latest/api/API_DeleteAlias.html
 * @see recordings `test_non_existent_alias_deletion`, `test_lambda_url_persists_after_alias_delete`
 */
export function deleteAlias(control: Control): Operations['DeleteAlias'] {
  return async (context, { FunctionName, Name }) => {
    const address = unqualified(addressOf(context, { FunctionName }, 'lambda:DeleteAlias'));
    await control.database.transact(async (tx) => {
      await loadFunction(tx, address);
      const parts = [aliases, policies, eventInvokeConfigs, provisioned];
      for (const part of parts) await part.delete(tx, address, address.functionName, Name);
      await meterProvisioned(tx, address, control.clock.now());
      noteChange(control, tx, address, false);
      tx.afterCommit(() => void control.catalog.refreshReservations());
    });
    return {};
  };
}
