/**
 * Asynchronous invocation: events wait in the store and are run at least once.
 * Owns the rows of lambda_async_events from their acceptance to their end.
 * I1 What `accept` has written in a committed transaction stays until the event's one end is written.
 * I2 An event's end and what follows from it (destination or dead letter) are one transaction, once.
 * I3 No function's events wait for another's: each lane claims for itself, within its window.
 * I4 At most IN_FLIGHT_MAX events, and little more than IN_FLIGHT_BYTES_MAX of payload, are in memory.
 */
import { MINUTE_MS, SECOND_MS, MIB } from '#kernel/units.ts';
import type { MetricSink } from '#ports/peers/metric-sink.ts';
import type { Clock } from '#ports/world/clock.ts';
import type { Database, Transaction } from '#ports/world/database.ts';
import { runDueLoop } from '#ports/world/due-loop.ts';
import type { Random } from '#ports/world/random.ts';
import type { Wakeups } from '#ports/world/wakeups.ts';

import type { NewEvent, QueuedEvent } from '../store-queue.ts';
import {
  addEvent,
  claimEvents,
  laneAfter,
  laneOf,
  releaseOthers,
  renewLeases,
} from '../store-queue.ts';
import type { RunnerDependencies } from './run-event.ts';
import { countReceived } from './follow.ts';
import { runEvent } from './run-event.ts';
import { createWindows } from './windows.ts';

export type { AsyncEnd } from './run-event.ts';

export interface AsyncQueue {
  /** Takes an event in the caller's transaction; it is tried soon after the commit. */
  accept(tx: Transaction, event: NewEvent): Promise<void>;
  /** Runs events until the signal aborts; rejects with what a bug of ours throws. */
  run(signal: AbortSignal): Promise<void>;
}

export interface AsyncQueueDependencies extends RunnerDependencies {
  readonly database: Database;
  readonly clock: Clock;
  readonly random: Random;
  readonly wakeups: Wakeups;
  readonly metrics: MetricSink;
  /** True where no other process serves this database: events of a former life are due at once. */
  readonly isSoleOwner: boolean;
}

const TOPIC = 'lambda/async-events';
const IN_FLIGHT_MAX = 1000;
const IN_FLIGHT_BYTES_MAX = 128 * MIB;
/** Bounds what one claim may bring: this many events of 1 MiB. */
const CLAIM_MAX = 64;
const INTERVAL_MS = 5 * SECOND_MS;
const LEASE_MS = 1 * MINUTE_MS;
const RENEWAL_MS = 20 * SECOND_MS;

/** Makes the queue; nothing runs before `run`. */
export function createAsyncQueue(dependencies: AsyncQueueDependencies): AsyncQueue {
  const { database, clock, random, wakeups, metrics } = dependencies;
  return {
    async accept(tx, event) {
      await addEvent(tx, event, clock.now());
      tx.afterCommit(() => {
        metrics.put([countReceived(event.address, clock.now())]);
        wakeups.notify(TOPIC);
      });
    },
    async run(signal) {
      const owner = random.uuid();
      if (dependencies.isSoleOwner) {
        await database.transact((tx) => releaseOthers(tx, owner, clock.now()));
      }
      await dispatch(dependencies, owner, signal);
    },
  };
}

async function dispatch(
  dependencies: AsyncQueueDependencies,
  owner: string,
  signal: AbortSignal,
): Promise<void> {
  const { clock, wakeups } = dependencies;
  const windows = createWindows();
  const running = new Set<Promise<void>>();
  const failure = Promise.withResolvers<never>();
  let bytes = 0;
  let isWaiting = false;

  const start = (event: QueuedEvent): void => {
    const lane = laneOf(event.address);
    const window = windows.enter(lane);
    bytes += event.payload.byteLength;
    const run = runEvent(dependencies, event, signal)
      .then((wasRefused) => {
        bytes -= event.payload.byteLength;
        running.delete(run);
        window.leave(wasRefused);
        if (isWaiting) wakeups.notify(TOPIC);
        isWaiting = false;
      })
      .catch((error: unknown) => {
        if (!signal.aborted) failure.reject(error);
      });
    running.add(run);
  };

  const capacityOf = (lane: string): number => {
    const room = Math.min(CLAIM_MAX, IN_FLIGHT_MAX - running.size, windows.room(lane));
    const capacity = bytes >= IN_FLIGHT_BYTES_MAX ? 0 : room;
    isWaiting ||= capacity <= 0;
    return capacity;
  };

  const loop = runDueLoop({
    clock,
    wakeups,
    topic: TOPIC,
    intervalMs: INTERVAL_MS,
    work: () => claimDue(dependencies, { owner, capacityOf, start }),
    signal,
  });
  const renewal = renew(dependencies, owner, signal, () => running.size > 0);
  try {
    await Promise.race([Promise.all([loop, renewal]), failure.promise]);
  } finally {
    if (signal.aborted) await Promise.allSettled(running);
  }
}

interface Claimer {
  readonly owner: string;
  /** How many events of a lane may start now. */
  readonly capacityOf: (lane: string) => number;
  readonly start: (event: QueuedEvent) => void;
}

/** Starts what is due and has room; answers when the next event without a claim is due. */
async function claimDue(
  dependencies: AsyncQueueDependencies,
  claimer: Claimer,
): Promise<number | undefined> {
  const { database, clock } = dependencies;
  const nowMs = clock.now();
  let nextDueMs: number | undefined;
  const due: string[] = [];
  await database.read(async (queries) => {
    for (let at = await laneAfter(queries, ''); at; at = await laneAfter(queries, at.lane)) {
      if (at.dueAtMs <= nowMs) due.push(at.lane);
      else nextDueMs = Math.min(nextDueMs ?? Infinity, at.dueAtMs);
    }
  });
  if (due.length === 0) return nextDueMs;
  const lease = { owner: claimer.owner, nowMs, untilMs: nowMs + LEASE_MS };
  const claimed = await database.transact(async (tx) => {
    const events: QueuedEvent[] = [];
    for (const lane of due) {
      const limit = claimer.capacityOf(lane);
      if (limit > 0) events.push(...(await claimEvents(tx, lane, limit, lease)));
    }
    return events;
  });
  for (const event of claimed) claimer.start(event);
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
  const { database, clock } = dependencies;
  while (!signal.aborted) {
    await clock.sleep(RENEWAL_MS, signal).catch(() => undefined);
    if (signal.aborted || !isBusy()) continue;
    await database.transact((tx) => renewLeases(tx, owner, clock.now() + LEASE_MS));
  }
}
