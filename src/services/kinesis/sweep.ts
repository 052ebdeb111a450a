/**
 * Forgets what is past its time: records past retention, shards that closed before it, deleted
 * streams' records.
 */
import { MINUTE_MS } from '#kernel/units.ts';
import { runDueLoop } from '#ports/world/due-loop.ts';
import type { KinesisDependencies } from './dependencies.ts';
import { trimmedBeforeMs } from './model.ts';
import type { Stream } from './model.ts';
import { deleteRecordsBefore } from './store-records.ts';
import { allShards, deleteShard } from './store-shards.ts';
import { allStreams } from './store-streams.ts';

const SWEEP_INTERVAL_MS = MINUTE_MS;
const RECORDS_PER_TRANSACTION = 500;
/** The topic that tells of a stream's deletion. */
export const SWEEP_TOPIC = 'kinesis/sweep';

/** Sweeps each minute, and when a stream is deleted, until the signal aborts. */
export function runSweep(dependencies: KinesisDependencies, signal: AbortSignal): Promise<void> {
  const { clock, wakeups } = dependencies;
  return runDueLoop({
    clock,
    wakeups,
    topic: SWEEP_TOPIC,
    intervalMs: SWEEP_INTERVAL_MS,
    signal,
    work: async () => {
      await sweep(dependencies);
      return undefined;
    },
  });
}

type SweepDependencies = Pick<KinesisDependencies, 'database' | 'clock'>;

/** One pass over all streams. */
export async function sweep({ database, clock }: SweepDependencies): Promise<void> {
  const { streams, deleted } = await database.read(async (queries) => ({
    streams: await allStreams(queries),
    deleted: await queries.all<{ stream_id: string }>(
      'SELECT stream_id FROM kinesis_deleted_streams',
    ),
  }));
  for (const stream of streams) {
    const beforeMs = trimmedBeforeMs(stream, clock.now());
    await deleteRecords({ database, clock }, stream.streamId, beforeMs);
    await deleteClosedShards({ database, clock }, stream, beforeMs);
  }
  for (const { stream_id: streamId } of deleted) {
    await deleteRecords({ database, clock }, streamId, Number.MAX_SAFE_INTEGER);
    await database.transact((tx) =>
      tx.run('DELETE FROM kinesis_deleted_streams WHERE stream_id = $1', streamId),
    );
  }
}

async function deleteRecords(
  { database }: SweepDependencies,
  streamId: string,
  beforeMs: number,
): Promise<void> {
  const hasOld = await database.read((queries) =>
    queries.get(
      'SELECT sequence FROM kinesis_records WHERE stream_id = $1 AND at_ms < $2 LIMIT 1',
      streamId,
      beforeMs,
    ),
  );
  if (hasOld === undefined) return;
  for (;;) {
    const deleted = await database.transact((tx) =>
      deleteRecordsBefore(tx, streamId, beforeMs, RECORDS_PER_TRANSACTION),
    );
    if (deleted < RECORDS_PER_TRANSACTION) return;
  }
}

async function deleteClosedShards(
  { database }: SweepDependencies,
  { streamId }: Stream,
  beforeMs: number,
): Promise<void> {
  const shards = await database.read((queries) => allShards(queries, streamId));
  const old = shards.filter(({ closedAtMs }) => closedAtMs !== undefined && closedAtMs < beforeMs);
  if (old.length === 0) return;
  await database.transact(async (tx) => {
    for (const { index } of old) await deleteShard(tx, streamId, index);
  });
}
