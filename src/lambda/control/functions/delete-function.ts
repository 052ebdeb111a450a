import type { Operations } from '#aws/models/lambda.types.gen.ts';
import type { Transaction } from '#ports/world/database.ts';

import { conflict, functionNotFound, invalidParameter } from '../../errors.ts';
import type { FunctionAddress } from '../../model/address.ts';
import { qualifierKind } from '../../model/address.ts';
import { releaseCode } from '../../store-code.ts';
import {
  aliases,
  eventInvokeConfigs,
  functions,
  policies,
  provisioned,
  urls,
  versionNumber,
  versions,
} from '../../store.ts';
import type { Control } from '../control.ts';
import { addressOf, noteChange, unqualified } from '../control.ts';
import { meterProvisioned } from '../concurrency/meter-provisioned.ts';

/**
 * Deletes a function with all that belongs to it, or one version.
 * @see https://docs.aws.amazon.com/lambda/latest/api/API_DeleteFunction.html
 */
export function deleteFunction(control: Control): Operations['DeleteFunction'] {
  return async (context, input) => {
    const address = addressOf(context, input, 'lambda:DeleteFunction');
    const { qualifier } = address;
    const kind = qualifier === undefined ? undefined : qualifierKind(qualifier);
    if (kind === 'latest') {
      throw invalidParameter('$LATEST version cannot be deleted without deleting the function.');
    }
    if (kind === 'alias') throw invalidParameter('Deletion of aliases is not currently supported.');
    await control.database.transact(async (tx) => {
      const found = await functions.get(tx, address, address.functionName);
      if (found === undefined) throw functionNotFound(unqualified(address));
      if (qualifier === undefined) await deleteAll(control, tx, address);
      else await deleteVersion(control, tx, address, versionNumber(qualifier));
      await meterProvisioned(tx, address, control.clock.now());
      noteChange(control, tx, address, true);
      tx.afterCommit(() => void control.catalog.refreshReservations());
    });
    return { StatusCode: 204 };
  };
}

async function deleteAll(
  control: Control,
  tx: Transaction,
  address: FunctionAddress,
): Promise<void> {
  const { functionName } = address;
  for (const version of await versions.all(tx, address, functionName)) {
    const { code, layersDirectoryId } = version;
    const use = layersDirectoryId === undefined ? {} : { layersDirectoryId };
    const zip = code.kind === 'zip' ? { sha256: code.sha256 } : {};
    await releaseCode(tx, { ...use, ...zip }, control.clock.now());
  }
  await functions.delete(tx, address, functionName);
  const parts = [versions, aliases, policies, eventInvokeConfigs, urls, provisioned];
  for (const part of parts) await part.delete(tx, address, functionName);
}

/** A version that is not there is deleted in silence; one that an alias names stays. */
async function deleteVersion(
  control: Control,
  tx: Transaction,
  address: FunctionAddress,
  number: number,
): Promise<void> {
  const { functionName } = address;
  const version = await versions.get(tx, address, functionName, number);
  if (version === undefined) return;
  const name = String(number);
  const users = (await aliases.all(tx, address, functionName)).filter(
    (alias) => alias.functionVersion === name || name in alias.weights,
  );
  if (users.length > 0)
    throw versionInUse(
      name,
      users.map((alias) => alias.name),
    );
  const { code, layersDirectoryId } = version;
  const use = layersDirectoryId === undefined ? {} : { layersDirectoryId };
  const zip = code.kind === 'zip' ? { sha256: code.sha256 } : {};
  await releaseCode(tx, { ...use, ...zip }, control.clock.now());
  await versions.delete(tx, address, functionName, number);
  const parts = [policies, eventInvokeConfigs, provisioned];
  for (const part of parts) await part.delete(tx, address, functionName, name);
}

/** @see https://docs.aws.amazon.com/lambda/latest/api/API_DeleteFunction.html ResourceConflictException */
function versionInUse(version: string, names: readonly string[]): Error {
  return conflict(
    `Function version ${version} is referenced by the following aliases: ${names.join(', ')}`,
  );
}
