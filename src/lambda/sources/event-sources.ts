/**
 * Runs a poller for each mapping that is enabled.
 * Owns the pollers; the table of mappings owns which there shall be.
 * I1 A mapping has at most one poller: the next starts once the last batch of the one before has ended.
 * I2 A mapping that is deleted is forgotten after its poller has ended.
 */
import { MINUTE_MS } from '#kernel/units.ts';
import type { Agenda } from '#ports/peers/agenda.ts';
import type { EventSource } from '#ports/peers/event-source.ts';
import type { StreamReader } from '#ports/peers/stream-reader.ts';
import type { Queries, Schema } from '#ports/world/database.ts';
import { runDueLoop } from '#ports/world/due-loop.ts';
import { untilDone } from '#ports/world/until-done.ts';

import type { TagBearers } from '../control/index.ts';
import type { InHand, Poller, SourcesDependencies } from './dependencies.ts';
import { isActive, sourceKind, stateOf, type MappingRecord } from './model.ts';
import {
  MAPPINGS_TOPIC,
  mappingOperations,
  mappingTags,
  type MappingOperations,
} from './operations/index.ts';
import { QueuePoller } from './queue/queue-poller.ts';
import { StreamPoller } from './stream/stream-poller.ts';
import { allMappings, forgetMapping, SOURCES_SCHEMA } from './store.ts';

export interface EventSourcesDependencies extends Omit<
  SourcesDependencies,
  'settleMs' | 'sqsSource' | 'streamReaders'
> {
  /** Polls the queue of an ARN. */
  readonly sqsSource: (arn: string) => EventSource;
  /** By the service in the stream's ARN: `dynamodb`, `kinesis`. */
  readonly streamReaders: Readonly<Record<string, StreamReader>>;
  /** How long a change of a mapping shows as under way, in ms. */
  readonly settleMs?: number;
}

export interface EventSources {
  /** To be merged with those of the control plane. */
  readonly operations: MappingOperations;
  readonly schema: Schema;
  /** When a poller next does something by the clock. */
  readonly agenda: Agenda;
  /** Polls until the signal aborts; rejects where the store has failed for good. */
  run(signal: AbortSignal): Promise<void>;
}

const SETTLE_MS = 100;
const INTERVAL_MS = 1 * MINUTE_MS;

/** How the control plane reaches the tags of mappings. */
export const eventSourceTags: (clock: SourcesDependencies['clock']) => TagBearers = mappingTags;

/** Makes the event source mappings; migrate `schema` before anything is asked of them. */
export function createEventSources(options: EventSourcesDependencies): EventSources {
  const dependencies: SourcesDependencies = {
    ...options,
    settleMs: options.settleMs ?? SETTLE_MS,
  };
  const pollers: Pollers = new Map();
  return {
    operations: mappingOperations(dependencies),
    schema: SOURCES_SCHEMA,
    agenda: (queries) => nextOf(pollers, queries),
    run: (signal) => runPollers(dependencies, pollers, signal),
  };
}

interface Running {
  readonly poller: Poller;
  /** What it was last told, to see whether that changed. */
  lastModifiedMs: number;
  isStopped: boolean;
}

/** By the mapping's UUID. */
type Pollers = Map<string, Running>;

async function nextOf(pollers: Pollers, queries: Queries): Promise<number | undefined> {
  const active = (await allMappings(queries)).filter(isActive);
  // A mapping that nobody has looked at yet.
  if (active.some(({ uuid }) => !pollers.has(uuid))) return 0;
  let earliestMs = Infinity;
  for (const { poller } of pollers.values()) {
    earliestMs = Math.min(earliestMs, (await poller.agenda(queries)) ?? Infinity);
  }
  return earliestMs === Infinity ? undefined : earliestMs;
}

async function runPollers(
  dependencies: SourcesDependencies,
  pollers: Pollers,
  signal: AbortSignal,
): Promise<void> {
  const { clock, log, wakeups } = dependencies;
  pollers.clear();
  const failure = Promise.withResolvers<never>();
  const inHand: InHand = { bytes: 0 };

  const start = (mapping: MappingRecord): void => {
    const poller = startPoller(dependencies, mapping, inHand, signal);
    const { uuid, lastModifiedMs } = mapping;
    pollers.set(uuid, { poller, lastModifiedMs, isStopped: false });
    poller.finished
      .then(() => {
        if (pollers.get(uuid)?.poller === poller) pollers.delete(uuid);
        wakeups.notify(MAPPINGS_TOPIC);
      })
      .catch((error: unknown) => {
        if (!signal.aborted) failure.reject(error);
      });
  };

  const stop = (running: Running): void => {
    if (running.isStopped) return;
    running.isStopped = true;
    running.poller.stop();
  };

  const work = async (): Promise<number | undefined> => {
    const found = await dependencies.database.read(allMappings);
    const active = new Map(found.filter(isActive).map((mapping) => [mapping.uuid, mapping]));
    for (const [uuid, running] of pollers) if (!active.has(uuid)) stop(running);
    for (const [uuid, mapping] of active) {
      const running = pollers.get(uuid);
      if (running === undefined) start(mapping);
      else if (!running.isStopped && running.lastModifiedMs !== mapping.lastModifiedMs) {
        running.lastModifiedMs = mapping.lastModifiedMs;
        running.poller.update(mapping);
      }
    }
    return forgetDeleted(dependencies, found, (uuid) => pollers.has(uuid));
  };

  const patience = { clock, log, signal, what: 'to look at the event source mappings' };
  const loop = runDueLoop({
    clock,
    wakeups,
    topic: MAPPINGS_TOPIC,
    intervalMs: INTERVAL_MS,
    now: () => clock.steadyMs(),
    work: () => untilDone(patience, work),
    signal,
  });
  try {
    await Promise.race([loop, failure.promise]);
  } finally {
    for (const running of pollers.values()) stop(running);
    if (signal.aborted) {
      await Promise.allSettled([...pollers.values()].map(({ poller }) => poller.finished));
    }
  }
}

function startPoller(
  dependencies: SourcesDependencies,
  mapping: MappingRecord,
  inHand: InHand,
  signal: AbortSignal,
): Poller {
  return sourceKind(mapping.eventSourceArn) === 'sqs'
    ? new QueuePoller(dependencies, mapping, inHand, signal)
    : new StreamPoller(dependencies, mapping, signal);
}

/** Forgets mappings whose deletion has settled (I2); answers when the next one will have. */
async function forgetDeleted(
  { database, clock }: SourcesDependencies,
  found: readonly MappingRecord[],
  isPolled: (uuid: string) => boolean,
): Promise<number | undefined> {
  const steadyMs = clock.steadyMs();
  const deleted = found.filter(({ phase, uuid }) => phase.kind === 'Deleting' && !isPolled(uuid));
  const gone = deleted.filter((mapping) => stateOf(mapping, steadyMs) === undefined);
  if (gone.length > 0) {
    await database.transact(async (tx) => {
      for (const mapping of gone) await forgetMapping(tx, mapping);
    });
  }
  const due = deleted.flatMap((mapping) =>
    gone.includes(mapping) || mapping.phase.kind === 'settled' ? [] : [mapping.phase.untilMs],
  );
  return due.length === 0 ? undefined : Math.min(...due);
}
