/**
 * What lies in queues, told to CloudWatch once a minute: of those that hold messages, or were used in the last six
 * hours. The others are asleep, as on AWS.
 * @see https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-available-cloudwatch-metrics.html
 */
import { HOUR_MS, MINUTE_MS, SECOND_MS } from '#kernel/units.ts';
import type { Queries } from '#ports/world/database.ts';
import { runDueLoop } from '#ports/world/due-loop.ts';
import type { SqsParts } from './dependencies.ts';
import type { Measure } from './meter.ts';
import { queueArn, type Queue } from './model.ts';
import { countGroupsInFlight, countMessages, oldestSentAt } from './store-counts.ts';
import { allQueues, queuesHoldingMessages } from './store-queues.ts';

const ACTIVE_MS = 6 * HOUR_MS;

/** Tells it once in each minute, whoever wakes it, until the signal aborts. */
export function runGauges(dependencies: SqsParts, signal: AbortSignal): Promise<void> {
  const { clock, wakeups } = dependencies;
  let toldMinute: number | undefined;
  return runDueLoop({
    clock,
    wakeups,
    topic: 'sqs/gauges',
    intervalMs: MINUTE_MS,
    signal,
    work: async () => {
      const minute = Math.floor(clock.now() / MINUTE_MS);
      if (minute !== toldMinute) await gauge(dependencies);
      toldMinute = minute;
      return (minute + 1) * MINUTE_MS;
    },
  });
}

/** Tells it once. */
async function gauge({ database, clock, meter }: SqsParts): Promise<void> {
  const steadyMs = clock.steadyMs();
  meter.forget(steadyMs - ACTIVE_MS);
  const active = await database.read(async (queries) => {
    const holding = new Set(await queuesHoldingMessages(queries));
    const isActive = (queue: Queue): boolean =>
      holding.has(queue.queueId) || meter.isActive(queueArn(queue));
    const queues = holding.size + meter.size === 0 ? [] : await allQueues(queries);
    return { queues: queues.filter(isActive), holding };
  });
  for (const queue of active.queues) {
    const measures = await database.read((queries) =>
      measuresOf(queries, queue, { steadyMs, nowMs: clock.now() }),
    );
    meter.count(queue, measures, { isUse: active.holding.has(queue.queueId) });
  }
}

async function measuresOf(
  queries: Queries,
  queue: Queue,
  { steadyMs, nowMs }: { readonly steadyMs: number; readonly nowMs: number },
): Promise<Measure[]> {
  const { visible, inFlight, delayed } = await countMessages(queries, queue.queueId, steadyMs);
  const oldestMs = await oldestSentAt(queries, queue);
  const measures: Measure[] = [
    ['ApproximateNumberOfMessagesVisible', visible],
    ['ApproximateNumberOfMessagesNotVisible', inFlight],
    ['ApproximateNumberOfMessagesDelayed', delayed],
  ];
  if (oldestMs !== undefined) {
    const ageSeconds = Math.max(0, Math.floor((nowMs - oldestMs) / SECOND_MS));
    measures.push(['ApproximateAgeOfOldestMessage', ageSeconds, 'Seconds']);
  }
  if (queue.isFifo) {
    const groups = await countGroupsInFlight(queries, queue.queueId, steadyMs);
    measures.push(['ApproximateNumberOfGroupsWithInflightMessages', groups]);
  }
  return measures;
}
