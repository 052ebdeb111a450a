/**
 * The parameter store's quotas.
 * @see https://docs.aws.amazon.com/general/latest/gr/ssm.html
 */
import { KIB } from '#kernel/units.ts';

export const VALUE_BYTES_MAX = { Standard: 4 * KIB, Advanced: 8 * KIB } as const;
export const VERSIONS_MAX = 100;
export const LABELS_MAX = 10;
export const LEVELS_MAX = 15;
export const DESCRIBED_MAX = 50;
export const BY_PATH_MAX = 10;
export const TAGS_MAX = 50;
