/** What the operations on provisioned concurrency share. */
import { AwsError } from '#aws/errors.ts';
import type { Queries } from '#ports/world/database.ts';

import { aliasNotFound, functionNotFound, invalidParameter } from '../../errors.ts';
import type { FunctionAddress } from '../../model/address.ts';
import { LATEST, qualifierKind } from '../../model/address.ts';
import { omitUndefined } from '../../model/omit-undefined.ts';
import type { ProvisionedRecord } from '../../model/records.ts';
import { aliases, versionNumber, versions } from '../../store.ts';
import type { Control } from '../control.ts';
import { lambdaDate } from '../functions/describe-function.ts';

/**
 * @throws AwsError ResourceNotFoundException, in other words for an alias than for a version;
 *   InvalidParameterValueException for `$LATEST`
 */
export async function checkProvisionable(
  queries: Queries,
  address: FunctionAddress,
): Promise<void> {
  const { functionName, qualifier = LATEST } = address;
  if (qualifier === LATEST) {
    throw invalidParameter(
      'The function resource provided must be an alias or a published version.',
    );
  }
  if (qualifierKind(qualifier) === 'alias') {
    const alias = await aliases.get(queries, address, functionName, qualifier);
    if (alias === undefined) throw aliasNotFound(address);
    return;
  }
  const number = versionNumber(qualifier);
  const version = await versions.get(queries, address, functionName, number);
  if (version === undefined) throw functionNotFound(address);
}

/** 404 with a code of its own; recorded in `test_lambda_provisioned_concurrency_moves_with_alias`. */
export function provisionedMissing(): AwsError {
  return new AwsError({
    code: 'ProvisionedConcurrencyConfigNotFoundException',
    status: 404,
    message: 'No Provisioned Concurrency Config found for this function',
    fields: { Type: 'User' },
  });
}

/**
 * How far the invoke plane has got. Without one that tells, a request counts as met once it has settled.
 * @see https://docs.aws.amazon.com/lambda/latest/api/API_GetProvisionedConcurrencyConfig.html
 */
export async function describeProvisioned(
  control: Control,
  address: FunctionAddress,
  record: ProvisionedRecord,
) {
  const { requested, lastModifiedMs } = record;
  const progress = await progressOf(control, address, record);
  const isReady = progress.allocated >= requested;
  const status = isReady ? 'READY' : 'IN_PROGRESS';
  return omitUndefined({
    RequestedProvisionedConcurrentExecutions: requested,
    AllocatedProvisionedConcurrentExecutions: progress.allocated,
    AvailableProvisionedConcurrentExecutions: progress.available,
    Status: progress.failure === undefined ? status : 'FAILED',
    StatusReason: progress.failure,
    LastModified: lambdaDate(lastModifiedMs),
  });
}

async function progressOf(control: Control, address: FunctionAddress, record: ProvisionedRecord) {
  const { catalog, clock, settings, provisionedStatus } = control;
  const { qualifier, requested, lastModifiedMs } = record;
  const none: { allocated: number; available: number; failure?: string } = {
    allocated: 0,
    available: 0,
  };
  if (provisionedStatus === undefined) {
    const hasSettled = clock.now() - lastModifiedMs >= settings.settleMs;
    return hasSettled ? { ...none, allocated: requested, available: requested } : none;
  }
  const demands = await catalog.demandsUnder({ ...address, qualifier }, requested);
  return demands.reduce((sum, demand) => {
    const { allocated, available, failure } = provisionedStatus.status(demand);
    return omitUndefined({
      allocated: sum.allocated + allocated,
      available: sum.available + available,
      failure: sum.failure ?? failure,
    });
  }, none);
}
