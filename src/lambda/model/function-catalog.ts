import type { FunctionVersion } from './function-version.ts';

/** What a name and a qualifier lead to, as the invoke plane asks for it on every invocation. */
export type Resolution =
  | {
      readonly kind: 'found';
      readonly version: FunctionVersion;
      /** The alias that led there. */
      readonly alias?: string;
      /** Concurrency kept for this function alone; `undefined` shares the account's. */
      readonly reservedConcurrency?: number;
    }
  | { readonly kind: 'missing' }
  /** Pending, Failed, or being updated so that it cannot run yet; the words of State and StateReason. */
  | { readonly kind: 'not-ready'; readonly state: 'Pending' | 'Inactive' | 'Failed'; readonly reason: string };

/** The invoke plane's view of the control plane's tables; answers from memory where nothing changed. */
export interface FunctionCatalog {
  /**
   * Resolves a qualifier; an alias with weights chooses by `fraction`, a number in [0, 1).
   */
  resolve(
    address: { readonly accountId: string; readonly region: string; readonly functionName: string; readonly qualifier?: string },
    fraction: number,
  ): Promise<Resolution>;
  /** Calls back when a function changed or went away, so that its idle environments end. */
  onChange(callback: (functionArn: string) => void): Disposable;
  /**
   * Sum of the reserved concurrency of all functions of an account and Region, from memory; what is left
   * of the account's limit is shared by the rest. Absent means that the admission counts those it has met.
   */
  reservedConcurrencyTotal?(scope: { readonly accountId: string; readonly region: string }): number;
}
