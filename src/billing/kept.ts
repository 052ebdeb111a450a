import { MINUTE_MS } from '#kernel/units.ts';
import type { ProvisionedPeriod } from '#ports/peers/provisioned-ledger.ts';
import { NO_USAGE } from './usage.ts';
import type { Usage } from './usage.ts';

/** From enabling to disabling, rounded up to so much. @see https://aws.amazon.com/lambda/pricing/ */
const ROUNDED_TO_MS = 5 * MINUTE_MS;

/** A stretch of time, in ms since 1970; its end does not belong to it. */
export interface Stretch {
  readonly fromMs: number;
  readonly untilMs: number;
}

/** The month `2026-11` in UTC. */
export function stretchOfMonth(month: string): Stretch {
  const [year = 0, number = 0] = month.split('-').map(Number);
  return { fromMs: Date.UTC(year, number - 1), untilMs: Date.UTC(year, number) };
}

/**
 * What a period of provisioned concurrency costs of a stretch of time. One that lasts counts until now; where
 * no period of the same enabling follows it, its end is rounded up. Pure.
 */
export function keptUsage(
  period: ProvisionedPeriod,
  { stretch, nowMs, isLast }: { stretch: Stretch; nowMs: number; isLast: boolean },
): Usage {
  const { enabledAtMs } = period;
  const end = period.untilMs ?? nowMs;
  const whole = Math.ceil(Math.max(1, end - enabledAtMs) / ROUNDED_TO_MS) * ROUNDED_TO_MS;
  const untilMs = Math.min(isLast ? enabledAtMs + whole : end, stretch.untilMs);
  const keptMs = Math.max(0, untilMs - Math.max(period.fromMs, stretch.fromMs));
  return {
    ...NO_USAGE,
    keptX86MibMs: period.x86Mib * keptMs,
    keptArmMibMs: period.armMib * keptMs,
  };
}

/** True where the next period, in the order of time, is of another enabling. */
export function isLastOfEnabling(
  period: ProvisionedPeriod,
  next: ProvisionedPeriod | undefined,
): boolean {
  return (
    next?.region !== period.region ||
    next.functionName !== period.functionName ||
    next.qualifier !== period.qualifier ||
    next.enabledAtMs !== period.enabledAtMs
  );
}
