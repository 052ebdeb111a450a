import type { Operations } from '#aws/models/lambda.types.gen.ts';
import type { Queries, Transaction } from '#ports/world/database.ts';

import { conflict, invalidParameter } from '../../errors.ts';
import { UNRESERVED_CONCURRENCY_MIN } from '../../limits.ts';
import type { FunctionAddress } from '../../model/address.ts';
import { LATEST, qualifierKind } from '../../model/address.ts';
import type { ProvisionedRecord } from '../../model/records.ts';
import {
  accountUsage,
  aliases,
  functions,
  provisioned,
  versionNumber,
  versions,
} from '../../store.ts';
import { hasSnapshots, refusedWithSnapshots } from '../functions/check-settings.ts';
import type { Control } from '../control.ts';
import { addressOf, noteChange } from '../control.ts';
import { lambdaDate } from '../functions/describe-function.ts';
import { refuseTenants } from '../../model/tenancy.ts';
import { meterProvisioned } from './meter-provisioned.ts';
import { checkProvisionable } from './provisioned-concurrency.ts';

/** @see https://docs.aws.amazon.com/lambda/latest/api/API_PutProvisionedConcurrencyConfig.html */
export function putProvisionedConcurrencyConfig(
  control: Control,
): Operations['PutProvisionedConcurrencyConfig'] {
  return async (context, input) => {
    const address = addressOf(context, input, 'lambda:PutProvisionedConcurrencyConfig');
    const { functionName, qualifier = LATEST } = address;
    const { ProvisionedConcurrentExecutions: requested } = input;
    if (qualifier === LATEST) {
      throw invalidParameter(
        'Provisioned Concurrency Configs cannot be applied to unpublished function versions.',
      );
    }
    const lastModifiedMs = control.clock.now();
    const record: ProvisionedRecord = { functionName, qualifier, requested, lastModifiedMs };
    await control.database.transact(async (tx) => {
      await checkProvisionable(tx, address);
      const latest = await versions.get(tx, address, functionName, 0);
      if (latest !== undefined) refuseTenants(latest.settings, 'Provisioned concurrency');
      await checkSnapshots(tx, address, qualifier);
      await checkRoom(control, tx, address, requested);
      await checkOther(tx, address, qualifier);
      await provisioned.put(tx, address, record);
      await meterProvisioned(tx, address, lastModifiedMs);
      noteChange(control, tx, address, false);
      tx.afterCommit(() => void control.catalog.refreshReservations());
    });
    return {
      RequestedProvisionedConcurrentExecutions: requested,
      AllocatedProvisionedConcurrentExecutions: 0,
      AvailableProvisionedConcurrentExecutions: 0,
      Status: 'IN_PROGRESS',
      LastModified: lambdaDate(lastModifiedMs),
    };
  };
}

/** What the function reserves bounds it; without that, what the account has left. */
async function checkRoom(
  control: Control,
  tx: Transaction,
  address: FunctionAddress,
  requested: number,
): Promise<void> {
  const { functionName, qualifier } = address;
  const kept = await provisioned.all(tx, address, functionName);
  const others = kept.filter((one) => one.qualifier !== qualifier);
  const total = others.reduce((sum, one) => sum + one.requested, requested);
  const record = await functions.get(tx, address, functionName);
  const reserved = record?.reservedConcurrency;
  if (reserved !== undefined && reserved < total) {
    throw invalidParameter(
      'Requested Provisioned Concurrency should not be greater than the reservedConcurrentExecution for function',
    );
  }
  if (reserved !== undefined) return;
  const { accountConcurrency } = control.settings;
  if (requested > accountConcurrency) {
    throw invalidParameter(
      "Specified ConcurrentExecutions for function is greater than account's unreserved concurrency " +
        `[${accountConcurrency}].`,
    );
  }
  const { reservedConcurrency } = await accountUsage(tx, address);
  const before = kept.find((one) => one.qualifier === qualifier)?.requested ?? 0;
  const unreserved = accountConcurrency - (reservedConcurrency - before) - requested;
  if (unreserved >= UNRESERVED_CONCURRENCY_MIN) return;
  throw invalidParameter(
    "Specified ConcurrentExecutions for function decreases account's UnreservedConcurrentExecution below " +
      `its minimum value of [${UNRESERVED_CONCURRENCY_MIN}].`,
  );
}

/** A version that starts from snapshots is not provisioned, by its number or an alias. */
async function checkSnapshots(
  queries: Queries,
  address: FunctionAddress,
  qualifier: string,
): Promise<void> {
  const { functionName } = address;
  const alias = await aliases.get(queries, address, functionName, qualifier);
  const number = versionNumber(alias?.functionVersion ?? qualifier);
  const version = await versions.get(queries, address, functionName, number);
  if (version === undefined || number === 0 || !hasSnapshots(version.settings)) return;
  throw refusedWithSnapshots('Provisioned concurrency');
}

/**
 * A version is provisioned by its number or through one alias, never by both; through an alias with weights
 * not at all, though weights may be given to an alias that is provisioned.
 * @see https://docs.aws.amazon.com/lambda/latest/dg/provisioned-concurrency.html
 */
async function checkOther(
  queries: Queries,
  address: FunctionAddress,
  qualifier: string,
): Promise<void> {
  const { functionName } = address;
  if (qualifierKind(qualifier) === 'alias') {
    const alias = await aliases.get(queries, address, functionName, qualifier);
    const target = alias?.functionVersion ?? LATEST;
    if (Object.keys(alias?.weights ?? {}).length > 0) {
      throw invalidParameter('Invalid alias configuration for Provisioned Concurrency');
    }
    if (target === LATEST) {
      throw invalidParameter(
        'Provisioned Concurrency Configs cannot be applied to unpublished function versions.',
      );
    }
    if ((await provisioned.get(queries, address, functionName, target)) === undefined) return;
    throw conflict(
      "Alias can't be used for Provisioned Concurrency configuration on an already Provisioned version",
    );
  }
  const named = await aliases.all(queries, address, functionName);
  for (const alias of named.filter((one) => one.functionVersion === qualifier)) {
    const taken = await provisioned.get(queries, address, functionName, alias.name);
    if (taken !== undefined)
      throw conflict('Version is pointed by a Provisioned Concurrency alias');
  }
}
