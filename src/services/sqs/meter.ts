/** How queues count what they do, for CloudWatch. */
import { createMeter, type Measure, type MeterOptions } from '#ports/peers/meter.ts';
import { queueArn, type QueueAddress } from './model.ts';

export type { Measure } from '#ports/peers/meter.ts';

/** Counts what queues do, and knows which of them were used. */
export interface QueueMeter {
  /** `isUse` is false for what is told of a queue that nobody uses. */
  count(
    queue: QueueAddress,
    measures: readonly Measure[],
    options?: { readonly isUse: boolean },
  ): void;
  isActive(queueArn: string): boolean;
  /** Forgets the queues that were last used before a time, in ms of the steady clock. */
  forget(usedBeforeMs: number): void;
  /** How many queues it knows. */
  readonly size: number;
}

/** A meter over a sink; one that counts nothing where nobody listens. */
export function createQueueMeter(options: MeterOptions): QueueMeter {
  const { metrics, clock } = options;
  const tell = createMeter('AWS/SQS', options);
  const usedAt = new Map<string, number>();
  return {
    count(queue, measures, { isUse } = { isUse: true }) {
      if (metrics === undefined || measures.length === 0) return;
      if (isUse) usedAt.set(queueArn(queue), clock.steadyMs());
      tell(queue, { QueueName: queue.name }, measures);
    },
    isActive: (arn) => usedAt.has(arn),
    forget(usedBeforeMs) {
      for (const [arn, atMs] of usedAt) if (atMs < usedBeforeMs) usedAt.delete(arn);
    },
    get size() {
      return usedAt.size;
    },
  };
}
