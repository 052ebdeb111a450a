/** What was kept ready when, for the bill: a row for each time in which it did not change. */
import type { ProvisionedLedger, ProvisionedPeriod } from '#ports/peers/provisioned-ledger.ts';
import type { Queries, Transaction } from '#ports/world/database.ts';

import type { FunctionAddress } from './model/address.ts';

/** Memory kept ready under one name, in MiB. */
export interface KeptMemory {
  readonly qualifier: string;
  readonly x86Mib: number;
  readonly armMib: number;
}

interface PeriodRow {
  readonly region: string;
  readonly functionName: string;
  readonly qualifier: string;
  readonly enabledAtMs: number;
  readonly fromMs: number;
  readonly untilMs: number | null;
  readonly x86Mib: number;
  readonly armMib: number;
}

const COLUMNS =
  'region, function_name AS "functionName", qualifier, enabled_at_ms AS "enabledAtMs", ' +
  'from_ms AS "fromMs", until_ms AS "untilMs", x86_mib AS "x86Mib", arm_mib AS "armMib"';

/** The ledger, as billing reads it. A change within a millisecond leaves the later one alone. */
export const provisionedLedger: ProvisionedLedger = {
  async periods(queries, { accountId, fromMs, untilMs }) {
    const rows = await queries.all<PeriodRow>(
      `SELECT ${COLUMNS} FROM lambda_provisioned_periods
       WHERE account_id = $1 AND from_ms < $3 AND (until_ms IS NULL OR until_ms + $4 >= $2)
       ORDER BY region, function_name, qualifier, from_ms`,
      accountId,
      fromMs,
      untilMs,
      ROUNDING_MS,
    );
    return rows.map(periodOf);
  },
};

/** What ended a little before may be rounded up into the time asked for. */
const ROUNDING_MS = 5 * 60_000;

function periodOf({ untilMs, ...row }: PeriodRow): ProvisionedPeriod {
  return untilMs === null ? row : { ...row, untilMs };
}

/** Periods of a function that last. */
export async function openPeriods(
  queries: Queries,
  address: FunctionAddress,
): Promise<ProvisionedPeriod[]> {
  const rows = await queries.all<PeriodRow>(
    `SELECT ${COLUMNS} FROM lambda_provisioned_periods
     WHERE account_id = $1 AND region = $2 AND function_name = $3 AND until_ms IS NULL`,
    address.accountId,
    address.region,
    address.functionName,
  );
  return rows.map(periodOf);
}

/** Ends the open period of a name. */
export async function closePeriod(
  tx: Transaction,
  address: FunctionAddress,
  qualifier: string,
  untilMs: number,
): Promise<void> {
  await tx.run(
    `UPDATE lambda_provisioned_periods SET until_ms = $5
     WHERE account_id = $1 AND region = $2 AND function_name = $3 AND qualifier = $4
       AND until_ms IS NULL`,
    address.accountId,
    address.region,
    address.functionName,
    qualifier,
    untilMs,
  );
}

/** Begins a period. */
export async function openPeriod(
  tx: Transaction,
  address: FunctionAddress,
  kept: KeptMemory,
  { fromMs, enabledAtMs }: { readonly fromMs: number; readonly enabledAtMs: number },
): Promise<void> {
  await tx.run(
    `INSERT INTO lambda_provisioned_periods (account_id, region, function_name, qualifier, from_ms,
       enabled_at_ms, until_ms, x86_mib, arm_mib) VALUES ($1, $2, $3, $4, $5, $6, NULL, $7, $8)
     ON CONFLICT (account_id, region, function_name, qualifier, from_ms) DO UPDATE SET
       until_ms = NULL, x86_mib = excluded.x86_mib, arm_mib = excluded.arm_mib`,
    address.accountId,
    address.region,
    address.functionName,
    kept.qualifier,
    fromMs,
    enabledAtMs,
    kept.x86Mib,
    kept.armMib,
  );
}
