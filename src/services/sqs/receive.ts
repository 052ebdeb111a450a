/** Takes messages out of sight and gives them to a receiver. */
import type { Clock } from '#ports/world/clock.ts';
import type { Database, Transaction } from '#ports/world/database.ts';
import type { Wakeups } from '#ports/world/wakeups.ts';
import { numberOf } from './attributes.ts';
import type { InFlight } from './in-flight.ts';
import { queueArn, redrivePolicy, type Queue, type StoredMessage } from './model.ts';
import { rememberReceive, repeatReceive } from './receive-attempts.ts';
import { deadLetterQueue } from './redrive-policy.ts';
import { queueTopic } from './send.ts';
import { isAnyVisible, nextVisibleAt } from './store-counts.ts';
import {
  deleteMessage,
  groupMessages,
  refreshGroups,
  updateMessage,
  visibleGroups,
  visibleMessages,
} from './store-messages.ts';

import { transferMessage } from './transfer.ts';

export interface ReceiveDependencies {
  readonly database: Pick<Database, 'read' | 'transact'>;
  readonly clock: Clock;
  readonly wakeups: Wakeups;
  readonly inFlight: InFlight;
}

/** How often a queue with all that may be in flight is looked at: what is deleted wakes nobody. */
const FULL_WAIT_MS = 1000;

export interface ReceiveRequest {
  readonly queue: Queue;
  readonly messagesMax: number;
  readonly visibilityMs: number;
  /** How long to wait for a first message. */
  readonly waitMs: number;
  /** True where there was something to receive as the queue was read: that spares a look. */
  readonly hasMessages?: boolean;
  /** What a FIFO queue gave to this attempt before, it gives again. */
  readonly attemptId?: string;
  readonly signal: AbortSignal;
}

/** What was received, or `full` where as much is in flight as may be. */
export type Received = StoredMessage[] | 'full';

/**
 * Messages, once there are any; none, or `full`, when the wait is over. Woken by arrival, not by polling.
 */
export async function receiveMessages(
  dependencies: ReceiveDependencies,
  request: ReceiveRequest,
): Promise<Received> {
  const { database, clock, wakeups } = dependencies;
  const { queue, waitMs, signal } = request;
  let { hasMessages = false } = request;
  const deadline = clock.monotonicMs() + waitMs;
  for (;;) {
    // Whoever has gone away takes nothing.
    if (signal.aborted) return [];
    // Subscribed before looking: a message that comes in between is not missed.
    let isHinted = false;
    let wake: (() => void) | undefined;
    using _subscription = wakeups.subscribe(queueTopic(queue.queueId), () => {
      isHinted = true;
      wake?.();
    });
    // One time for both looks: what becomes visible between them is not passed over.
    const nowMs = clock.steadyMs();
    const found = hasMessages
      ? await takeMessages(dependencies, request, nowMs)
      : await takeVisible(dependencies, request, nowMs);
    hasMessages = false;
    const leftMs = deadline - clock.monotonicMs();
    if (found !== 'full' && found.length > 0) return found;
    if (leftMs <= 0 || signal.aborted) return found;
    const nextAt = await database.read((queries) => nextVisibleAt(queries, queue.queueId, nowMs));
    const untilNextMs = Math.max(0, (nextAt ?? Infinity) - clock.steadyMs());
    const sleepMs = Math.min(leftMs, untilNextMs, found === 'full' ? FULL_WAIT_MS : Infinity);
    await new Promise<void>((resolve) => {
      wake = () => {
        timer[Symbol.dispose]();
        signal.removeEventListener('abort', onAbort);
        resolve();
      };
      const onAbort = (): void => wake?.();
      const timer = clock.setTimer(sleepMs, onAbort);
      // The signal outlives the wait, and keeps what listens to it.
      signal.addEventListener('abort', onAbort);
      if (isHinted || signal.aborted) wake();
    });
  }
}

/** Looks first without a transaction, so that an empty queue costs no disk sync. */
async function takeVisible(
  dependencies: ReceiveDependencies,
  request: ReceiveRequest,
  nowMs: number,
): Promise<Received> {
  const { database } = dependencies;
  if (request.attemptId !== undefined) return takeMessages(dependencies, request, nowMs);
  const isAny = await database.read((queries) => isAnyVisible(queries, request.queue, nowMs));
  return isAny ? takeMessages(dependencies, request, nowMs) : [];
}

function takeMessages(
  dependencies: ReceiveDependencies,
  request: ReceiveRequest,
  nowMs: number,
): Promise<Received> {
  const { database, inFlight } = dependencies;
  const { queue, messagesMax, visibilityMs, attemptId } = request;
  const { queueId } = queue;
  return database.transact(async (tx) => {
    const visibleAtMs = nowMs + visibilityMs;
    const attempt =
      attemptId === undefined ? undefined : { queueId, attemptId, nowMs, visibleAtMs };
    const again = attempt && (await repeatReceive(tx, attempt));
    if (again !== undefined) return again;
    const room = await inFlight.room(tx, queueId, messagesMax, nowMs);
    if (room <= 0) return 'full';
    const taken = await takeCandidates(dependencies, tx, { ...request, messagesMax: room }, nowMs);
    inFlight.taken(queueId, taken.length);
    if (attempt !== undefined && taken.length > 0) await rememberReceive(tx, attempt, taken);
    return taken;
  });
}

async function takeCandidates(
  { clock, wakeups }: ReceiveDependencies,
  tx: Transaction,
  { queue, messagesMax, visibilityMs }: ReceiveRequest,
  nowMs: number,
): Promise<StoredMessage[]> {
  const taken: StoredMessage[] = [];
  const atMs = clock.now();
  const retentionMs = numberOf(queue, 'MessageRetentionPeriod') * 1000;
  while (taken.length < messagesMax) {
    const candidates = await candidateMessages(tx, queue, nowMs, messagesMax - taken.length);
    if (candidates.length === 0) break;
    const hidden: StoredMessage[] = [];
    for (const message of candidates) {
      if (message.sentAtMs + retentionMs <= atMs) await deleteMessage(tx, message);
      else if (!(await redrive(tx, queue, message, { nowMs, atMs, wakeups }))) {
        hidden.push(await takeOutOfSight(tx, message, { atMs, nowMs, visibilityMs }));
      }
    }
    await refreshGroups(tx, hidden);
    taken.push(...hidden);
    if (visibilityMs === 0) break;
  }
  return taken;
}

/** The next messages in the queue's order; of a group, those before the first that is hidden. */
export async function candidateMessages(
  tx: Transaction,
  queue: Queue,
  nowMs: number,
  limit: number,
): Promise<StoredMessage[]> {
  if (!queue.isFifo) return visibleMessages(tx, queue.queueId, nowMs, limit);
  const found: StoredMessage[] = [];
  for (const groupId of await visibleGroups(tx, queue.queueId, nowMs, limit)) {
    const messages = await groupMessages(tx, queue.queueId, groupId, limit - found.length);
    const firstHidden = messages.findIndex(({ visibleAtMs }) => visibleAtMs > nowMs);
    found.push(...(firstHidden === -1 ? messages : messages.slice(0, firstHidden)));
    if (found.length >= limit) break;
  }
  return found;
}

async function takeOutOfSight(
  tx: Transaction,
  message: StoredMessage,
  { atMs, nowMs, visibilityMs }: Readonly<Record<'atMs' | 'nowMs' | 'visibilityMs', number>>,
): Promise<StoredMessage> {
  const taken = {
    ...message,
    visibleAtMs: nowMs + visibilityMs,
    receivedAtMs: nowMs,
    receiveCount: message.receiveCount + 1,
    firstReceivedAtMs: message.firstReceivedAtMs ?? atMs,
  };
  await updateMessage(tx, taken);
  return taken;
}

/**
 * Moves a message that was received too often to the dead-letter queue; true when it went. The time that it may be
 * kept goes on in a standard queue, and begins anew in a FIFO queue.
 * @see https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-dead-letter-queues.html
 */
async function redrive(
  tx: Transaction,
  queue: Queue,
  message: StoredMessage,
  { nowMs, atMs, wakeups }: { readonly nowMs: number; readonly atMs: number; wakeups: Wakeups },
): Promise<boolean> {
  const policy = redrivePolicy(queue);
  if (policy === undefined || message.receiveCount < policy.maxReceiveCount) return false;
  const target = await deadLetterQueue(tx, queue, policy.deadLetterTargetArn);
  if (target === undefined || target.isFifo !== queue.isFifo) return false;
  const moved = {
    ...message,
    sentAtMs: queue.isFifo ? atMs : message.sentAtMs,
    visibleAtMs: nowMs,
    deadLetterSourceArn: queueArn(queue),
  };
  await transferMessage(tx, message, target, moved);
  tx.afterCommit(() => wakeups.notify(queueTopic(target.queueId)));
  return true;
}
