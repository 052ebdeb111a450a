import { billOf } from './bill.ts';
import type { Bill } from './bill.ts';
import { BILLING_SCHEMA, Totals } from './totals.ts';
import type { FunctionUsage, TotalsDependencies, TotalsQuery } from './totals.ts';
import type { ReportSink } from '#ports/peers/invocation-report.ts';
import type { Schema } from '#ports/world/database.ts';

export { billOf } from './bill.ts';
export type { Bill, BillLine } from './bill.ts';
export type { FunctionUsage, TotalsDependencies, TotalsQuery } from './totals.ts';
export { addUsage, NO_USAGE, usageOf } from './usage.ts';
export type { Usage } from './usage.ts';

export interface Billing extends AsyncDisposable {
  readonly schema: Schema;
  /** Give it to the invoke plane. */
  readonly reports: ReportSink;
  /** The bill of an account's month, `2026-11`. */
  bill(query: TotalsQuery): Promise<Bill>;
  usageByFunction(query: TotalsQuery): Promise<readonly FunctionUsage[]>;
  /** Resolves once everything that was reported before is stored. */
  flush(): Promise<void>;
}

/** Meters every invocation, and makes bills of what was metered. */
export function createBilling(dependencies: TotalsDependencies): Billing {
  const totals = new Totals(dependencies);
  return {
    schema: BILLING_SCHEMA,
    reports: totals,
    bill: async (query) => billOf(await totals.usage(query)),
    usageByFunction: async (query) => totals.usageByFunction(query),
    flush: async () => totals.flush(),
    [Symbol.asyncDispose]: async () => totals[Symbol.asyncDispose](),
  };
}
