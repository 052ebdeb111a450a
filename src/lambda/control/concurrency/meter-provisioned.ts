/** Writes down what is kept ready from now on, where a change of the function changes that. */
import type { Queries, Transaction } from '#ports/world/database.ts';

import type { FunctionAddress } from '../../model/address.ts';
import { qualifierKind } from '../../model/address.ts';
import { provisionedShares } from '../../model/provisioned-shares.ts';
import type { ProvisionedRecord } from '../../model/records.ts';
import { aliases, provisioned, versionNumber, versions } from '../../store.ts';
import type { KeptMemory } from '../../store-provisioned.ts';
import { closePeriod, openPeriod, openPeriods } from '../../store-provisioned.ts';

/**
 * Compares what the function keeps ready with its open periods, in the transaction of the change: of
 * provisioned concurrency, of an alias, of the function's or a version's deletion.
 */
export async function meterProvisioned(
  tx: Transaction,
  address: FunctionAddress,
  nowMs: number,
): Promise<void> {
  const asked = await provisioned.all(tx, address, address.functionName);
  const kept = await Promise.all(asked.map((record) => keptMemory(tx, address, record)));
  const open = await openPeriods(tx, address);
  for (const period of open) {
    const still = kept.find(({ qualifier }) => qualifier === period.qualifier);
    const isSame = still?.x86Mib === period.x86Mib && still.armMib === period.armMib;
    if (!isSame) await closePeriod(tx, address, period.qualifier, nowMs);
  }
  for (const one of kept) {
    const before = open.find(({ qualifier }) => qualifier === one.qualifier);
    const isSame = before?.x86Mib === one.x86Mib && before.armMib === one.armMib;
    const enabledAtMs = before?.enabledAtMs ?? nowMs;
    if (!isSame) await openPeriod(tx, address, one, { fromMs: nowMs, enabledAtMs });
  }
}

async function keptMemory(
  queries: Queries,
  address: FunctionAddress,
  { functionName, qualifier, requested }: ProvisionedRecord,
): Promise<KeptMemory> {
  const alias =
    qualifierKind(qualifier) === 'alias'
      ? await aliases.get(queries, address, functionName, qualifier)
      : undefined;
  const target = alias ?? { functionVersion: qualifier, weights: {} };
  let [x86Mib, armMib] = [0, 0];
  for (const share of provisionedShares(target, requested)) {
    const number = versionNumber(share.version);
    const version = await versions.get(queries, address, functionName, number);
    const memoryMib = (version?.settings.MemorySize ?? 0) * share.requested;
    if (version?.settings.Architectures.includes('arm64') === true) armMib += memoryMib;
    else x86Mib += memoryMib;
  }
  return { qualifier, x86Mib, armMib };
}
