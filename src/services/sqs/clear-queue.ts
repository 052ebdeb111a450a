/** Empties queues a piece at a time, so that others come to their turn however much there is. */
import type { Database } from '#ports/world/database.ts';
import { forgetUpTo } from './store-deduplication.ts';
import { deleteMessagesUpTo } from './store-messages.ts';

/** What one transaction deletes: a few milliseconds' work. */
export const ROWS_A_PIECE = 1000;

/** Deletes what a queue has taken up to a sequence, and forgets it: it may be sent again. */
export async function clearQueue(
  database: Database,
  queueId: string,
  sequenceMax: number = Number.MAX_SAFE_INTEGER,
): Promise<void> {
  await inPieces(() =>
    database.transact((tx) => deleteMessagesUpTo(tx, queueId, sequenceMax, ROWS_A_PIECE)),
  );
  await inPieces(() =>
    database.transact((tx) => forgetUpTo(tx, queueId, sequenceMax, ROWS_A_PIECE)),
  );
}

/** Goes on while a piece is a whole one. */
export async function inPieces(deletePiece: () => Promise<number>): Promise<void> {
  while ((await deletePiece()) === ROWS_A_PIECE) continue;
}
