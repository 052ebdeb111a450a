import type { Invocation } from '#ports/peers/invoker.ts';
import type { Admission, Admitted } from './admission.ts';
import type { Target } from './resolve.ts';

export interface AdmitDependencies {
  readonly admission: Admission;
}

/** A lease for one invocation, or the reason why there is none. */
export function admit(
  { admission }: AdmitDependencies,
  target: Target,
  invocation: Invocation,
  isProvisioned = false,
): Admitted {
  const { accountId, region, functionArn } = target.version;
  return admission.admit({
    accountId,
    region,
    functionArn,
    reservedConcurrency: target.reservedConcurrency,
    reservedConcurrencyTotal: target.reservedConcurrencyTotal,
    isRateLimited: isRateLimited(invocation),
    isProvisioned,
  });
}

/** The asynchronous queue has no limit of requests a second. */
export function isRateLimited({ source }: Invocation): boolean {
  return source !== 'invoke-async';
}
