/**
 * Prices of us-east-1 in November 2026, in US dollars.
 * @see https://aws.amazon.com/lambda/pricing/
 */
export interface Tier {
  /** Where the tier ends, in units of the month; the last has no end. */
  readonly upTo: number;
  readonly price: number;
}

const BILLION = 1e9;

/** A GB-second of compute, by architecture; 10 and 20 % less in the upper tiers. */
export const GB_SECOND_TIERS: Readonly<Record<'x86_64' | 'arm64', readonly Tier[]>> = {
  x86_64: [
    { upTo: 6 * BILLION, price: 0.0000166667 },
    { upTo: 15 * BILLION, price: 0.0000166667 * 0.9 },
    { upTo: Infinity, price: 0.0000166667 * 0.8 },
  ],
  arm64: [
    { upTo: 7.5 * BILLION, price: 0.0000133334 },
    { upTo: 18.75 * BILLION, price: 0.0000133334 * 0.9 },
    { upTo: Infinity, price: 0.0000133334 * 0.8 },
  ],
};

/** A GB-second for which an environment is kept ready, used or not. */
export const PROVISIONED_KEPT_PRICE = { x86_64: 0.0000041667, arm64: 0.0000033334 };
/** A GB-second of compute in an environment that was kept ready; nothing of it is free. */
export const PROVISIONED_RUN_PRICE = { x86_64: 0.0000097222, arm64: 0.0000077778 };

export const REQUEST_PRICE = 0.2 / 1e6;
/** A GB-second of /tmp beyond 512 MB. */
export const TEMPORARY_STORAGE_PRICE = 0.0000000309;
/** A GB streamed beyond the first 6 MB of a response. */
export const STREAMED_GB_PRICE = 0.008;

/** Free each month and account. */
export const FREE_REQUESTS = 1_000_000;
export const FREE_GB_SECONDS = 400_000;
export const FREE_STREAMED_GB = 100;
