/** SQL of purges: what of a queue is to go, and when that was asked. */
import type { Queries, Transaction } from '#ports/world/database.ts';

export interface Purge {
  readonly queueId: string;
  /** The newest message that goes. */
  readonly sequenceMax: number;
  /** In ms of the steady clock. */
  readonly askedAtMs: number;
  readonly isDone: boolean;
}

interface PurgeRow {
  readonly queue_id: string;
  readonly sequence_max: number;
  readonly asked_ms: number;
  readonly is_done: number;
}

function purgeOf(row: PurgeRow): Purge {
  return {
    queueId: row.queue_id,
    sequenceMax: row.sequence_max,
    askedAtMs: row.asked_ms,
    isDone: row.is_done === 1,
  };
}

/** The queue's latest purge, or `undefined`. */
export async function findPurge(queries: Queries, queueId: string): Promise<Purge | undefined> {
  const row = await queries.get<PurgeRow>(
    'SELECT queue_id, sequence_max, asked_ms, is_done FROM sqs_purges WHERE queue_id = $1',
    queueId,
  );
  return row && purgeOf(row);
}

/** Purges that are not done. */
export async function openPurges(queries: Queries): Promise<Purge[]> {
  const rows = await queries.all<PurgeRow>(
    'SELECT queue_id, sequence_max, asked_ms, is_done FROM sqs_purges WHERE is_done = 0',
  );
  return rows.map(purgeOf);
}

/** Writes a queue's latest purge, in the place of the one before. */
export async function savePurge(tx: Transaction, purge: Purge): Promise<void> {
  await tx.run(
    `INSERT INTO sqs_purges (queue_id, sequence_max, asked_ms, is_done) VALUES ($1, $2, $3, $4)
     ON CONFLICT (queue_id) DO UPDATE SET sequence_max = excluded.sequence_max,
       asked_ms = excluded.asked_ms, is_done = excluded.is_done`,
    purge.queueId,
    purge.sequenceMax,
    purge.askedAtMs,
    purge.isDone ? 1 : 0,
  );
}

/** Forgets the purge of a queue that is deleted. */
export async function forgetPurge(tx: Transaction, queueId: string): Promise<void> {
  await tx.run('DELETE FROM sqs_purges WHERE queue_id = $1', queueId);
}
