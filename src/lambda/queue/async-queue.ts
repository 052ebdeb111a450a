/**
 * Asynchronous invocation: events wait in the store and are run at least once.
 * Owns the rows of lambda_async_events from their acceptance to their end.
 * I1 What `accept` has written in a committed transaction stays until the event's one end is written.
 * I2 An event's end and what follows from it (destination or dead letter) are one transaction, once.
 * I3 No function's events wait for another's: each lane claims for itself, within its window.
 * I4 What is in memory is bounded: the hand's bounds, and what requests that are being committed hold anyway.
 * I5 Where a function's events do not queue, a new one is claimed as it is stored, and runs after the commit.
 */
import { MINUTE_MS, SECOND_MS } from '#kernel/units.ts';
import type { MetricSink } from '#ports/peers/metric-sink.ts';
import type { Transaction } from '#ports/world/database.ts';
import { runDueLoop } from '#ports/world/due-loop.ts';
import { untilDone } from '#ports/world/until-done.ts';
import type { Wakeups } from '#ports/world/wakeups.ts';

import { newTraceHeader } from '../model/trace-header.ts';
import type { Lease, NewEvent, QueuedEvent } from '../store-queue.ts';
import {
  addEvent,
  claimedAtOnce,
  claimEvents,
  laneAfter,
  laneOf,
  releaseOthers,
  renewLeases,
} from '../store-queue.ts';
import type { RunnerDependencies } from './run-event.ts';
import { countReceived } from './follow.ts';
import { createHand, type Hand } from './hand.ts';
import { runEvent } from './run-event.ts';

export type { AsyncEnd } from './run-event.ts';

export interface AsyncQueue {
  /** Takes an event in the caller's transaction; it is tried soon after the commit. */
  accept(tx: Transaction, event: AcceptedEvent): Promise<void>;
  /** Runs events until the signal aborts; rejects where the store has failed for good. */
  run(signal: AbortSignal): Promise<void>;
}

/** An event as it comes: with the trace of whoever sent it, where there is one. */
export type AcceptedEvent = Omit<NewEvent, 'traceHeader'> & { readonly traceHeader?: string };

export interface AsyncQueueDependencies extends RunnerDependencies {
  readonly wakeups: Wakeups;
  readonly metrics: MetricSink;
  /** True where no other process serves this database: events of a former life are due at once. */
  readonly isSoleOwner: boolean;
}

const TOPIC = 'lambda/async-events';
const INTERVAL_MS = 5 * SECOND_MS;
const LEASE_MS = 1 * MINUTE_MS;
const RENEWAL_MS = 20 * SECOND_MS;

/** Who claims events in this process, while it runs them. */
interface Claimer {
  readonly owner: string;
  readonly hand: Hand;
  /** Lanes with rows that are due and have no claim, as far as is known. */
  readonly queuing: Set<string>;
}

/** Makes the queue; nothing runs before `run`. */
export function createAsyncQueue(dependencies: AsyncQueueDependencies): AsyncQueue {
  const { database, clock, log, random, wakeups, metrics } = dependencies;
  let claimer: Claimer | undefined;
  return {
    async accept(tx, accepted) {
      const nowMs = clock.steadyMs();
      // All attempts have the trace that it begins with, in the time that clocks show.
      const traceHeader = accepted.traceHeader ?? newTraceHeader(accepted.id, clock.now());
      const event = { ...accepted, traceHeader };
      const lease = claimer && leaseAtOnce(claimer, event, nowMs);
      const hand = lease && claimer?.hand;
      await addEvent(tx, event, nowMs, lease);
      tx.afterCommit(() => {
        metrics.put([countReceived(event.address, clock.now())]);
        if (hand === undefined) wakeups.notify(TOPIC);
        else hand.take(claimedAtOnce(event, nowMs));
      });
    },
    async run(signal) {
      const owner = random.uuid();
      if (dependencies.isSoleOwner) {
        const patience = { clock, log, signal, what: 'to take over asynchronous events' };
        await untilDone(patience, () =>
          database.transact((tx) => releaseOthers(tx, owner, clock.steadyMs())),
        );
      }
      await dispatch(dependencies, owner, signal, (current) => {
        claimer = current;
      });
    },
  };
}

/** The lease of a new event where it may run at once (I5); else its lane queues from now on. */
function leaseAtOnce(
  { owner, hand, queuing }: Claimer,
  event: NewEvent,
  nowMs: number,
): Lease | undefined {
  const lane = laneOf(event.address);
  if (!queuing.has(lane) && hand.room(lane) > 0) return leaseOf(owner, nowMs);
  queuing.add(lane);
  return undefined;
}

function leaseOf(owner: string, nowMs: number): Lease {
  return { owner, nowMs, untilMs: nowMs + LEASE_MS };
}

async function dispatch(
  dependencies: AsyncQueueDependencies,
  owner: string,
  signal: AbortSignal,
  onClaimer: (claimer: Claimer | undefined) => void,
): Promise<void> {
  const { clock, log, wakeups } = dependencies;
  const failure = Promise.withResolvers<never>();
  const hand = createHand({
    run: (event) => runEvent(dependencies, event, signal),
    onEnd: (end, wasRoomRefused) => {
      if (wasRoomRefused || end !== 'over') wakeups.notify(TOPIC);
    },
    onFailure: (error) => {
      if (!signal.aborted) failure.reject(error);
    },
  });
  const claimer = { owner, hand, queuing: new Set<string>() };
  const patience = { clock, log, signal, what: 'to claim asynchronous events' };
  const loop = runDueLoop({
    clock,
    wakeups,
    topic: TOPIC,
    intervalMs: INTERVAL_MS,
    now: () => clock.steadyMs(),
    work: () => untilDone(patience, () => claimDue(dependencies, claimer)),
    signal,
  });
  const renewal = renew(dependencies, owner, signal, () => hand.size > 0);
  onClaimer(claimer);
  try {
    await Promise.race([Promise.all([loop, renewal]), failure.promise]);
  } finally {
    onClaimer(undefined);
    if (signal.aborted) await hand.idle();
  }
}

/** Takes what is due and has room; answers when the next event without a claim is due. */
async function claimDue(
  dependencies: AsyncQueueDependencies,
  { owner, hand, queuing }: Claimer,
): Promise<number | undefined> {
  const { database, clock } = dependencies;
  const nowMs = clock.steadyMs();
  let nextDueMs: number | undefined;
  const due: string[] = [];
  await database.read(async (queries) => {
    for (let at = await laneAfter(queries, ''); at; at = await laneAfter(queries, at.lane)) {
      if (at.dueAtMs <= nowMs) due.push(at.lane);
      else nextDueMs = Math.min(nextDueMs ?? Infinity, at.dueAtMs);
    }
  });
  if (due.length === 0) return nextDueMs;
  const lease = leaseOf(owner, nowMs);
  const claimed = await database.transact(async (tx) => {
    const events: QueuedEvent[] = [];
    for (const lane of due) {
      const limit = hand.room(lane);
      const found = limit > 0 ? await claimEvents(tx, lane, limit, lease) : [];
      // An event that is accepted after this transaction finds what this one knows.
      if (found.length < limit) queuing.delete(lane);
      else queuing.add(lane);
      events.push(...found);
    }
    return events;
  });
  for (const event of claimed) hand.take(event);
  // A lane may hold more than one claim brought; without room, the end of a run hastens the loop.
  return claimed.length > 0 ? nowMs : nextDueMs;
}

/** Keeps the claims of running events alive: a function may take fifteen minutes. */
async function renew(
  dependencies: AsyncQueueDependencies,
  owner: string,
  signal: AbortSignal,
  isBusy: () => boolean,
): Promise<void> {
  const { database, clock, log } = dependencies;
  const patience = { clock, log, signal, what: 'to renew the claims of asynchronous events' };
  while (!signal.aborted) {
    await clock.sleep(RENEWAL_MS, signal).catch(() => undefined);
    if (signal.aborted || !isBusy()) continue;
    await untilDone(patience, () =>
      database.transact((tx) => renewLeases(tx, owner, clock.steadyMs() + LEASE_MS)),
    );
  }
}
