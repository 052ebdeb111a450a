/** Bytes of one KiB; AWS writes KB. */
export const KIB = 1024;
/** Bytes of one MiB; AWS writes MB. */
export const MIB = 1024 * KIB;
/** Bytes of one GiB; AWS writes GB. */
export const GIB = 1024 * MIB;

export const SECOND_MS = 1000;
export const MINUTE_MS = 60 * SECOND_MS;
export const HOUR_MS = 60 * MINUTE_MS;
export const DAY_MS = 24 * HOUR_MS;
