/**
 * Runs replays, and forgets archived events that are past their retention.
 * I1 The deliveries of a batch and the place behind it are one transaction: no event is replayed twice by a restart.
 */
import { DAY_MS, MINUTE_MS } from '#kernel/units.ts';
import type { Transaction } from '#ports/world/database.ts';
import { runDueLoop } from '#ports/world/due-loop.ts';
import type { Archive } from './archive-event.ts';
import type { EventsDependencies } from './dependencies.ts';
import { busAddressOf } from './model.ts';
import type { PatternCache } from '#kernel/event-pattern/index.ts';
import { isActive, type Replay } from './replay.ts';
import { routeEvent } from './route-event.ts';
import { archivedAfter, deleteArchivedBefore } from './store-archived.ts';
import { allDocuments, findDocument, saveDocument, type DocumentKey } from './store-documents.ts';

export const REPLAYS_TOPIC = 'events/replays';
const EVENTS_PER_TRANSACTION = 50;

type Dependencies = EventsDependencies & { readonly patterns: PatternCache };

/** Until the signal aborts. */
export function runReplays(dependencies: Dependencies, signal: AbortSignal): Promise<void> {
  const { clock, wakeups, database } = dependencies;
  return runDueLoop({
    clock,
    wakeups,
    topic: REPLAYS_TOPIC,
    intervalMs: MINUTE_MS,
    now: () => clock.steadyMs(),
    signal,
    work: async () => {
      await expire(dependencies);
      const replays = await database.read((queries) => allDocuments<Replay>(queries, 'replay'));
      const active = replays.filter(({ body }) => isActive(body));
      for (const { accountId, region, body } of active) {
        if (signal.aborted) break;
        if ((body.dueAtMs ?? 0) > clock.steadyMs()) continue;
        const key: DocumentKey = { accountId, region, kind: 'replay', name: body.name };
        await database.transact((tx) => advance(dependencies, tx, key));
      }
      return active.length === 0
        ? undefined
        : Math.min(...active.map(({ body }) => body.dueAtMs ?? 0));
    },
  });
}

async function expire({ database, clock }: Dependencies): Promise<void> {
  const archives = await database.read((queries) => allDocuments<Archive>(queries, 'archive'));
  for (const { accountId, region, body } of archives) {
    if (body.retentionDays === 0) continue;
    const beforeMs = clock.now() - body.retentionDays * DAY_MS;
    await database.transact((tx) =>
      deleteArchivedBefore(tx, { accountId, region, archive: body.name }, beforeMs),
    );
  }
}

/** One batch of a replay, or its end. */
async function advance(
  dependencies: Dependencies,
  tx: Transaction,
  key: DocumentKey,
): Promise<void> {
  const replay = await findDocument<Replay>(tx, key);
  if (replay === undefined || !isActive(replay)) return;
  const endedAtMs = dependencies.clock.now();
  if (replay.state === 'CANCELLING') {
    await saveDocument(tx, key, { ...replay, state: 'CANCELLED', endedAtMs } satisfies Replay);
    return;
  }
  const { accountId, region } = key;
  const address = { accountId, region, archive: replay.archive };
  const bounds = { endMs: replay.eventEndMs, limit: EVENTS_PER_TRANSACTION };
  const batch = await archivedAfter(tx, address, replay.cursor, bounds);
  const bus = busAddressOf(key, replay.busArn);
  for (const { event } of batch) {
    const { resources, detail, ...head } = event;
    await routeEvent(dependencies, tx, bus, {
      event: { ...head, 'replay-name': replay.name, resources, detail },
      isForwarded: false,
      ...(replay.ruleArns === undefined ? {} : { ruleArns: replay.ruleArns }),
    });
  }
  const last = batch.at(-1);
  const next: Replay = {
    ...replay,
    ...(last === undefined
      ? { state: 'COMPLETED', endedAtMs }
      : {
          state: 'RUNNING',
          cursor: { atMs: last.atMs, eventId: last.eventId },
          lastReplayedMs: last.atMs,
        }),
  };
  await saveDocument(tx, key, next);
}
