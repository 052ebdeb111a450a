/** A queue as a source of events for Lambda: polled in batches, settled by deleting what was handled. */
import { parseArn } from '#kernel/arn.ts';
import { dateOf } from '#ports/peers/agenda.ts';
import type {
  Batch,
  BatchLimits,
  BatchResult,
  EventRecord,
  EventSource,
} from '#ports/peers/event-source.ts';
import { eventAttributes } from '#ports/peers/queue-event.ts';
import type { Database, Transaction } from '#ports/world/database.ts';
import { attributeOf, numberOf } from './attributes.ts';
import type { SqsParts, SqsDependencies } from './dependencies.ts';
import { systemAttributes } from './describe-message.ts';
import { RECEIVE_MESSAGES_MAX } from './limits.ts';
import {
  formatReceiptHandle,
  md5Of,
  md5OfAttributes,
  parseReceiptHandle,
  queueArn,
  type Queue,
  type StoredMessage,
} from './model.ts';
import { receiveMessages, type ReceiveDependencies } from './receive.ts';
import { queueTopic } from './send.ts';
import { firstVisibleAt, isAnyVisible } from './store-counts.ts';
import { deleteMessages, findState, refreshGroup, updateMessage } from './store-messages.ts';
import { queueOfArn } from './store-queues.ts';

/**
 * How long one poll waits for a first message before it looks whether the queue is still there; AWS lets a name
 * be used again after as long.
 */
const POLL_WAIT_MS = 60_000;

/**
 * Polls the queue of an ARN. Messages that are not settled as done are seen again after the queue's
 * visibility timeout, as on AWS.
 */
export function createSqsEventSource(dependencies: SqsParts, arn: string): EventSource {
  const { database, clock } = dependencies;
  const gatherings = new Set<Gathering>();
  const takes: Takes = { underWay: 0, ever: 0 };
  const counting = countingTakes(database, takes);
  return {
    poll: async (_cursor, limits, signal): Promise<Batch> => {
      const found = await database.read(async (queries) => {
        const queue = await queueOfArn(queries, arn);
        return (
          queue && { queue, hasMessages: await isAnyVisible(queries, queue, clock.steadyMs()) }
        );
      });
      if (found === undefined) return { token: '', records: [] };
      const { queue } = found;
      const gathering: Gathering = { ...found, limits, signal, endsAtMs: undefined };
      gatherings.add(gathering);
      try {
        const messages = await gather({ ...dependencies, database: counting }, gathering);
        countReceived(dependencies, queue, messages.length);
        return { token: queue.queueId, records: messages.map((found) => recordOf(queue, found)) };
      } finally {
        gatherings.delete(gathering);
      }
    },
    settle: (batch, result) => settle(dependencies, arn, batch, result),
    agenda: async (queries) => {
      if (takes.underWay > 0) return 0;
      const takesBefore = takes.ever;
      const queue = await queueOfArn(queries, arn);
      const visibleAtMs = queue && (await firstVisibleAt(queries, queue));
      if (takes.ever !== takesBefore) return 0;
      const endsMs = [...gatherings].flatMap(({ endsAtMs }) => endsAtMs ?? []);
      const atMs = Math.min(
        visibleAtMs === undefined ? Infinity : dateOf(clock, visibleAtMs),
        ...endsMs.map((endsAtMs) => clock.now() + endsAtMs - clock.monotonicMs()),
      );
      return atMs === Infinity ? undefined : atMs;
    },
    describe: async () => {
      const queue = await database.read((queries) => queueOfArn(queries, arn));
      return (
        queue && {
          visibilityTimeoutMs: numberOf(queue, 'VisibilityTimeout') * 1000,
          hasDeadLetters: attributeOf(queue, 'RedrivePolicy') !== undefined,
        }
      );
    },
  };
}

/** Deletes what is done, and shows again what is released. */
async function settle(
  dependencies: SqsParts,
  arn: string,
  batch: Batch,
  { doneIds, releasedIds = [] }: BatchResult,
): Promise<void> {
  const done = sequencesOf(batch, doneIds);
  const released = new Set(releasedIds);
  if (done.length + released.size === 0) return;
  await dependencies.database.transact(async (tx) => {
    // The next of a group can be received now.
    const { hasGroups, hiddenUntilMs } = await deleteMessages(tx, batch.token, done);
    dependencies.inFlight.freed(batch.token, hiddenUntilMs, dependencies.clock.steadyMs());
    if (hasGroups) wakeAfter(dependencies, tx, batch.token);
    if (done.length > 0) countDeleted(dependencies, tx, arn, done.length);
    for (const record of batch.records) {
      if (released.has(record.id)) await release(dependencies, tx, record);
    }
  });
}

function countReceived({ meter }: SqsParts, queue: Queue, count: number): void {
  if (count > 0) meter.count(queue, [['NumberOfMessagesReceived', count]]);
}

function countDeleted({ meter }: SqsParts, tx: Transaction, arn: string, count: number): void {
  const { accountId = '', region = '', resource: name = '' } = parseArn(arn) ?? {};
  const queue = { accountId, region, name };
  tx.afterCommit(() => meter.count(queue, [['NumberOfMessagesDeleted', count]]));
}

/** What is on its way out of the store: it is hidden already, and in nobody's hand yet. */
interface Takes {
  underWay: number;
  ever: number;
}

function countingTakes(database: Database, takes: Takes): Pick<Database, 'read' | 'transact'> {
  return {
    read: (body) => database.read(body),
    transact: async (body) => {
      takes.underWay += 1;
      takes.ever += 1;
      try {
        return await database.transact(body);
      } finally {
        takes.underWay -= 1;
      }
    },
  };
}

function sequencesOf(batch: Batch, ids: readonly string[]): number[] {
  const wanted = new Set(ids);
  return batch.records.filter(({ id }) => wanted.has(id)).map(sequenceOf);
}

function wakeAfter({ wakeups }: SqsDependencies, tx: Transaction, queueId: string): void {
  tx.afterCommit(() => wakeups.notify(queueTopic(queueId)));
}

/** Makes a message visible again at once, unless another has received it since. */
async function release(
  dependencies: SqsParts,
  tx: Transaction,
  record: EventRecord,
): Promise<void> {
  const receipt = receiptOf(record);
  if (receipt === undefined) return;
  const { queueId, sequence, receiveCount } = receipt;
  const message = await findState(tx, queueId, sequence);
  if (message?.receiveCount !== receiveCount) return;
  const nowMs = dependencies.clock.steadyMs();
  await updateMessage(tx, { ...message, visibleAtMs: nowMs });
  dependencies.inFlight.freed(queueId, [message.visibleAtMs], nowMs);
  await refreshGroup(tx, message);
  wakeAfter(dependencies, tx, queueId);
}

interface Gathering {
  readonly queue: Queue;
  readonly hasMessages: boolean;
  readonly limits: BatchLimits;
  readonly signal: AbortSignal;
  /** When its batching window ends, in ms of the monotonic clock; none before a first message. */
  endsAtMs: number | undefined;
}

/** Once the first message has come, goes on until the batch is full or its window is over. */
async function gather(
  dependencies: ReceiveDependencies,
  gathering: Gathering,
): Promise<StoredMessage[]> {
  const { clock } = dependencies;
  const { queue, hasMessages, limits, signal } = gathering;
  const gathered: StoredMessage[] = [];
  let bytes = 0;
  let endsAt = clock.monotonicMs() + POLL_WAIT_MS;
  while (gathered.length < limits.recordsMax && bytes < limits.bytesMax && !signal.aborted) {
    const found = await receiveMessages(dependencies, {
      queue,
      messagesMax: Math.min(RECEIVE_MESSAGES_MAX, limits.recordsMax - gathered.length),
      visibilityMs: numberOf(queue, 'VisibilityTimeout') * 1000,
      waitMs: Math.max(0, endsAt - clock.monotonicMs()),
      hasMessages: hasMessages && gathered.length === 0,
      signal,
    });
    // Of a queue that is full now, what was taken before is a batch.
    if (found === 'full' || found.length === 0) break;
    if (gathered.length === 0) endsAt = clock.monotonicMs() + limits.windowMs;
    gathering.endsAtMs = endsAt;
    gathered.push(...found);
    bytes += found.reduce((sum, { body }) => sum + Buffer.byteLength(body), 0);
  }
  return gathered;
}

/** @see https://docs.aws.amazon.com/lambda/latest/dg/with-sqs.html#example-standard-queue-message-event */
function recordOf(queue: Queue, message: StoredMessage): EventRecord {
  const event = {
    messageId: message.messageId,
    receiptHandle: formatReceiptHandle(message),
    body: message.body,
    attributes: systemAttributes(message),
    messageAttributes: eventAttributes(message.attributes),
    // Null where there are none: recorded in `lambda_integration_sqs`, 2025-11-25.
    md5OfMessageAttributes: md5OfAttributes(message.attributes) ?? null,
    md5OfBody: md5Of(message.body),
    eventSource: 'aws:sqs',
    eventSourceARN: queueArn(queue),
    awsRegion: queue.region,
  };
  return {
    id: message.messageId,
    event,
    bytes: Buffer.byteLength(message.body),
    arrivedAtMs: message.sentAtMs,
  };
}

function sequenceOf(record: EventRecord): number {
  return receiptOf(record)?.sequence ?? 0;
}

function receiptOf(record: EventRecord) {
  // The record's event is the one that recordOf made.
  const { receiptHandle } = record.event as { readonly receiptHandle: string };
  return parseReceiptHandle(receiptHandle);
}
