/** Keeps an event in those archives of its bus whose pattern it matches. */
import { matchPattern, type PatternCache } from '#kernel/event-pattern/index.ts';
import type { Clock } from '#ports/world/clock.ts';
import type { Transaction } from '#ports/world/database.ts';
import { busArn, type BusAddress, type EventEnvelope, type Place } from './model.ts';
import { saveArchived } from './store-archived.ts';
import { listDocuments } from './store-documents.ts';

export interface Archive {
  readonly name: string;
  readonly busArn: string;
  readonly description?: string;
  readonly pattern?: string;
  /** 0 keeps for ever. */
  readonly retentionDays: number;
  readonly createdAtMs: number;
}

/** A replayed event is not archived again. */
export async function archiveEvent(
  { clock, patterns }: { readonly clock: Clock; readonly patterns: PatternCache },
  tx: Transaction,
  bus: BusAddress,
  event: EventEnvelope,
): Promise<void> {
  if (event['replay-name'] !== undefined) return;
  const { accountId, region } = bus;
  const place: Place = { accountId, region };
  const archives = await listDocuments<Archive>(tx, { ...place, kind: 'archive' });
  for (const archive of archives) {
    if (archive.busArn !== busArn(bus)) continue;
    if (archive.pattern !== undefined && !matchPattern(patterns.get(archive.pattern), event))
      continue;
    await saveArchived(tx, { ...place, archive: archive.name }, event, clock.now());
  }
}
