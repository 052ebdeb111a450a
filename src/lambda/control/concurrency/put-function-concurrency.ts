import type { Operations } from '#aws/models/lambda.types.gen.ts';

import type { AwsError } from '#aws/errors.ts';
import { UNRESERVED_CONCURRENCY_MIN } from '../../limits.ts';
import { LATEST } from '../../model/address.ts';
import { accountUsage, functions, provisioned } from '../../store.ts';
import { invalidParameter } from '../../errors.ts';
import type { Control } from '../control.ts';
import { addressOf, loadFunction, noteChange, unqualified } from '../control.ts';

/**
 * Keeps concurrency for one function, and limits it to that.
 * @see https://docs.aws.amazon.com/lambda/latest/api/API_PutFunctionConcurrency.html
 */
export function putFunctionConcurrency(control: Control): Operations['PutFunctionConcurrency'] {
  return async (context, input) => {
    const { FunctionName, ReservedConcurrentExecutions: reserved } = input;
    const given = addressOf(context, { FunctionName }, 'lambda:PutFunctionConcurrency');
    if (given.qualifier !== undefined) {
      throw invalidParameter(
        'This operation is permitted on Lambda functions only. Aliases and versions do not support this operation. ' +
          'Please specify either a function name or an unqualified function ARN.',
      );
    }
    const address = unqualified(given);
    await control.database.transact(async (tx) => {
      // AWS names the version in this one error.
      const record = await loadFunction(tx, { ...address, qualifier: LATEST });
      const kept = await provisioned.all(tx, address, address.functionName);
      const total = kept.reduce((sum, one) => sum + one.requested, 0);
      const { reservedConcurrency } = await accountUsage(tx, address);
      const others = reservedConcurrency - (record.reservedConcurrency ?? total);
      const unreserved = control.settings.accountConcurrency - others - reserved;
      if (unreserved < UNRESERVED_CONCURRENCY_MIN) throw tooMuchReserved();
      if (total > reserved) throw belowProvisioned(reserved, total);
      await functions.put(tx, address, { ...record, reservedConcurrency: reserved });
      noteChange(control, tx, address, false);
      tx.afterCommit(() => void control.catalog.refreshReservations());
    });
    return { ReservedConcurrentExecutions: reserved };
  };
}

function tooMuchReserved(): AwsError {
  return invalidParameter(
    "Specified ReservedConcurrentExecutions for function decreases account's UnreservedConcurrentExecution " +
      `below its minimum value of [${UNRESERVED_CONCURRENCY_MIN}].`,
  );
}

function belowProvisioned(reserved: number, total: number): AwsError {
  return invalidParameter(
    ` ReservedConcurrentExecutions  ${reserved} should not be lower than function's total provisioned ` +
      `concurrency [${total}].`,
  );
}
