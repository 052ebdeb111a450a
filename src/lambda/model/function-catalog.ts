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
      /** Environments to be kept ready for what the request named; those beyond it start on demand. */
      readonly provisioned?: { readonly qualifier: string; readonly requested: number };
    }
  | { readonly kind: 'missing' }
  /** Pending, Failed, or being updated so that it cannot run yet; the words of State and StateReason. */
  | {
      readonly kind: 'not-ready';
      readonly state: 'Pending' | 'Inactive' | 'Failed';
      readonly reason: string;
    };

/** The invoke plane's view of the control plane's tables; answers from memory where nothing changed. */
export interface FunctionCatalog {
  /**
   * Resolves a qualifier, at once where what it leads to is in memory; an alias with weights chooses by `fraction`,
   * a number in [0, 1).
   */
  resolve(
    address: {
      readonly accountId: string;
      readonly region: string;
      readonly functionName: string;
      readonly qualifier?: string;
    },
    fraction: number,
  ): Resolution | Promise<Resolution>;
  /** Calls back when a function changed or went away, so that its idle environments end. */
  onChange(callback: (functionArn: string) => void): Disposable;
  /** Calls back with `$LATEST` once it was made or changed, as it will run, before it may: to prepare for it. */
  onStored?(callback: (version: FunctionVersion) => void): Disposable;
  /** The runtimes of functions that there are, as far as it is worth to look. */
  runtimesInUse?(): Promise<readonly string[]>;
  /**
   * Sum of the reserved concurrency of all functions of an account and Region, from memory; what is left
   * of the account's limit is shared by the rest. Absent means that the admission counts those it has met.
   */
  reservedConcurrencyTotal?(scope: { readonly accountId: string; readonly region: string }): number;
  /** All provisioned concurrency of all accounts: what has to be kept warm without being asked. */
  provisionedDemands?(): Promise<readonly ProvisionedDemand[]>;
  /** Calls back when the demands may have changed. */
  onDemandChange?(callback: () => void): Disposable;
}

/** Environments of one version that are to be kept ready. */
export interface ProvisionedDemand {
  readonly version: FunctionVersion;
  /** The version's number or the alias under which it was asked for. */
  readonly qualifier: string;
  readonly requested: number;
}

/** How far the invoke plane has got with a demand; GetProvisionedConcurrencyConfig shows it. */
export interface ProvisionedStatus {
  status(demand: ProvisionedDemand): {
    readonly allocated: number;
    readonly available: number;
    /** Why fewer were allocated, where that will not change by itself. */
    readonly failure?: string;
  };
}
