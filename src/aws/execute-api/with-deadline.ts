import type { Clock } from '#ports/world/clock.ts';

/** What comes of work, or `late` where it takes longer; the work goes on, and nobody hears of it. */
export async function withDeadline<Result>(
  clock: Clock,
  timeoutMs: number,
  work: Promise<Result>,
): Promise<Result | 'late'> {
  const { promise, resolve } = Promise.withResolvers<'late'>();
  using _timer = clock.setTimer(timeoutMs, () => resolve('late'));
  return await Promise.race([work, promise]);
}
