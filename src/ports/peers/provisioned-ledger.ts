import type { Queries } from '../world/database.ts';

/** A time in which what a function keeps ready did not change. */
export interface ProvisionedPeriod {
  readonly region: string;
  readonly functionName: string;
  /** The version's number or the alias under which it is kept. */
  readonly qualifier: string;
  /** When it was enabled, in ms since 1970: periods that follow one another without a gap share it. */
  readonly enabledAtMs: number;
  readonly fromMs: number;
  /** Absent while it lasts. */
  readonly untilMs?: number;
  /** Memory of all environments together, in MiB. */
  readonly x86Mib: number;
  readonly armMib: number;
}

/** What provisioned concurrency was configured when: the bill's other half, beside the reports. */
export interface ProvisionedLedger {
  /** An account's periods that touch a stretch of time; those of one function in the order of time. */
  periods(
    queries: Queries,
    account: { readonly accountId: string; readonly fromMs: number; readonly untilMs: number },
  ): Promise<readonly ProvisionedPeriod[]>;
}
