/** Empties queues a piece at a time, so that others come to their turn however much there is. */
import type { Database } from '#ports/world/database.ts';
import { forgetUpTo } from './store-deduplication.ts';
import { deleteMessagesUpTo } from './store-messages.ts';

/** What one transaction deletes: a few milliseconds' work. */
export const ROWS_A_PIECE = 1000;
/** What a request waits for, a few tenths of a second; the rest goes in the background. */
export const PIECES_AT_ONCE = 10;

export interface Clearing {
  readonly sequenceMax: number;
  readonly piecesMax: number;
}

/**
 * Deletes what a queue has taken up to a sequence, and forgets it: it may be sent again. Answers false where
 * something of it may be left.
 */
export async function clearPieces(
  database: Database,
  queueId: string,
  { sequenceMax, piecesMax }: Clearing,
): Promise<boolean> {
  for (let pieces = 0; pieces < piecesMax; pieces++) {
    const deleted = await database.transact((tx) =>
      deleteMessagesUpTo(tx, queueId, sequenceMax, ROWS_A_PIECE),
    );
    if (deleted === ROWS_A_PIECE) continue;
    const forgotten = await database.transact((tx) =>
      forgetUpTo(tx, queueId, sequenceMax, ROWS_A_PIECE),
    );
    if (forgotten < ROWS_A_PIECE) return true;
  }
  return false;
}

/** Deletes all that a queue which is deleted has taken; answers false where something of it may be left. */
export function clearQueue(
  database: Database,
  queueId: string,
  piecesMax = Infinity,
): Promise<boolean> {
  return clearPieces(database, queueId, { sequenceMax: Number.MAX_SAFE_INTEGER, piecesMax });
}

/** Goes on while a piece is a whole one. */
export async function inPieces(deletePiece: () => Promise<number>): Promise<void> {
  while ((await deletePiece()) === ROWS_A_PIECE) continue;
}
