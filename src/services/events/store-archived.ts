/** Events in archives. */
import { utf8 } from '#kernel/bytes.ts';
import type { Queries, Transaction } from '#ports/world/database.ts';
import type { EventEnvelope, Place } from './model.ts';

export interface ArchiveAddress extends Place {
  readonly archive: string;
}

const OF_ARCHIVE = 'account_id = $1 AND region = $2 AND archive = $3';

/** Keeps one event in an archive. */
export async function saveArchived(
  tx: Transaction,
  { accountId, region, archive }: ArchiveAddress,
  event: EventEnvelope,
  atMs: number,
): Promise<void> {
  const text = JSON.stringify(event);
  await tx.run(
    `INSERT INTO events_archived (account_id, region, archive, at_ms, event_id, bytes, event)
     VALUES ($1, $2, $3, $4, $5, $6, $7)
     ON CONFLICT (account_id, region, archive, at_ms, event_id) DO NOTHING`,
    accountId,
    region,
    archive,
    atMs,
    event.id,
    utf8(text).byteLength,
    text,
  );
}

/** How many events an archive keeps, and how many bytes. */
export async function countArchived(
  queries: Queries,
  { accountId, region, archive }: ArchiveAddress,
): Promise<{ readonly events: number; readonly bytes: number }> {
  const row = await queries.get<{ readonly events: number; readonly bytes: number }>(
    `SELECT COUNT(*) AS events, COALESCE(SUM(bytes), 0) AS bytes
     FROM events_archived WHERE ${OF_ARCHIVE}`,
    accountId,
    region,
    archive,
  );
  return row ?? { events: 0, bytes: 0 };
}

/** Up to where a replay has come, exclusively. */
export interface Cursor {
  readonly atMs: number;
  readonly eventId: string;
}

export interface Archived extends Cursor {
  readonly event: EventEnvelope;
}

/** The next events behind a cursor that came before `endMs`, the oldest first. */
export async function archivedAfter(
  queries: Queries,
  { accountId, region, archive }: ArchiveAddress,
  { atMs, eventId }: Cursor,
  { endMs, limit }: { readonly endMs: number; readonly limit: number },
): Promise<Archived[]> {
  const rows = await queries.all<{
    readonly at_ms: number;
    readonly event_id: string;
    readonly event: string;
  }>(
    `SELECT at_ms, event_id, event FROM events_archived
     WHERE ${OF_ARCHIVE} AND (at_ms > $4 OR (at_ms = $4 AND event_id > $5)) AND at_ms < $6
     ORDER BY at_ms, event_id LIMIT $7`,
    accountId,
    region,
    archive,
    atMs,
    eventId,
    endMs,
    limit,
  );
  // What saveArchived has stored.
  return rows.map((row) => ({
    atMs: row.at_ms,
    eventId: row.event_id,
    event: JSON.parse(row.event) as EventEnvelope,
  }));
}

/** Forgets what came before an instant. */
export async function deleteArchivedBefore(
  tx: Transaction,
  { accountId, region, archive }: ArchiveAddress,
  beforeMs: number,
): Promise<void> {
  await tx.run(
    `DELETE FROM events_archived WHERE ${OF_ARCHIVE} AND at_ms < $4`,
    accountId,
    region,
    archive,
    beforeMs,
  );
}
