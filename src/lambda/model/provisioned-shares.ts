import type { AliasRecord } from './records.ts';

/** So many environments of one version. */
export interface ProvisionedShare {
  /** The version's number. */
  readonly version: string;
  readonly requested: number;
}

/**
 * How what is provisioned under an alias spreads over its versions: in proportion to their weights, to whole
 * environments, and at least one for each version that is reached at all, while there are enough.
 * @see https://docs.aws.amazon.com/lambda/latest/api/API_GetProvisionedConcurrencyConfig.html
 *   "When a weighted alias is used during linear and canary deployments, this value fluctuates depending on
 *   the amount of concurrency that is provisioned for the function versions."
 */
export function provisionedShares(
  alias: Pick<AliasRecord, 'functionVersion' | 'weights'>,
  requested: number,
): readonly ProvisionedShare[] {
  const additional = Object.entries(alias.weights).filter(([, weight]) => weight > 0);
  const shares: ProvisionedShare[] = [];
  let left = requested;
  let weightLeft = 1;
  for (const [version, weight] of additional) {
    weightLeft -= weight;
    const isLast = weightLeft <= 0;
    const wanted = Math.max(1, Math.round(requested * weight));
    const share = isLast ? left : Math.min(wanted, Math.max(0, left - 1));
    if (share > 0) shares.push({ version, requested: share });
    left -= share;
  }
  if (left > 0) shares.unshift({ version: alias.functionVersion, requested: left });
  return shares;
}
