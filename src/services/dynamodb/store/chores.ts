import type { Queries, Transaction } from '#ports/world/database.ts';
import type { ItemKey } from './items.ts';
import type { TableAddress } from './tables.ts';

/**
 * What is done piece by piece in the background: an index filled from its table, a replica from another Region's, or
 * the rows of a deleted table or index cleared away.
 */
export interface Chore {
  /** Of the index or table. */
  readonly number: number;
  readonly kind: 'fill' | 'copy' | 'clear-items' | 'clear-entries';
  readonly table: TableAddress;
  /** The last item that is done; `fill` and `copy` only. */
  readonly after: ItemKey;
}

const START: ItemKey = { hash: new Uint8Array(0), range: new Uint8Array(0) };

interface ChoreRow {
  readonly number: number;
  readonly kind: Chore['kind'];
  readonly account_id: string;
  readonly region: string;
  readonly table_name: string;
  readonly hash_key: Uint8Array;
  readonly range_key: Uint8Array;
}

/** Leaves a chore to the background. */
export async function addChore(tx: Transaction, chore: Omit<Chore, 'after'>): Promise<void> {
  await tx.run(
    `INSERT INTO dynamodb_chores
       (number, kind, account_id, region, table_name, hash_key, range_key)
     VALUES ($1, $2, $3, $4, $5, $6, $7)`,
    chore.number,
    chore.kind,
    chore.table.accountId,
    chore.table.region,
    chore.table.name,
    START.hash,
    START.range,
  );
}

/** The oldest chore. */
export async function firstChore(queries: Queries): Promise<Chore | undefined> {
  const row = await queries.get<ChoreRow>(
    'SELECT * FROM dynamodb_chores ORDER BY number, kind LIMIT 1',
  );
  return (
    row && {
      number: row.number,
      kind: row.kind,
      table: { accountId: row.account_id, region: row.region, name: row.table_name },
      after: { hash: row.hash_key, range: row.range_key },
    }
  );
}

/** Notes how far a chore has come. */
export async function advanceChore(tx: Transaction, chore: Chore, after: ItemKey): Promise<void> {
  await tx.run(
    'UPDATE dynamodb_chores SET hash_key = $3, range_key = $4 WHERE number = $1 AND kind = $2',
    chore.number,
    chore.kind,
    after.hash,
    after.range,
  );
}

/** Ends a chore, done or not. */
export async function deleteChore(
  tx: Transaction,
  number: number,
  kind: Chore['kind'],
): Promise<void> {
  await tx.run('DELETE FROM dynamodb_chores WHERE number = $1 AND kind = $2', number, kind);
}

/** Clears some rows of what is deleted; false once none is left. */
export async function clearRows(tx: Transaction, chore: Chore, limit: number): Promise<boolean> {
  switch (chore.kind) {
    case 'clear-items': {
      const rows = await tx.run(
        `DELETE FROM dynamodb_items WHERE table_number = $1 AND (hash_key, range_key) IN (
           SELECT hash_key, range_key FROM dynamodb_items WHERE table_number = $1
           ORDER BY hash_key, range_key LIMIT $2)`,
        chore.number,
        limit,
      );
      return rows > 0;
    }
    case 'clear-entries': {
      const rows = await tx.run(
        `DELETE FROM dynamodb_entries WHERE index_number = $1
           AND (hash_key, range_key, item_hash_key, item_range_key) IN (
             SELECT hash_key, range_key, item_hash_key, item_range_key FROM dynamodb_entries
             WHERE index_number = $1
             ORDER BY hash_key, range_key, item_hash_key, item_range_key LIMIT $2)`,
        chore.number,
        limit,
      );
      return rows > 0;
    }
    default:
      return false;
  }
}

/** Forgets what was counted of a table or an index. */
export async function clearCounts(tx: Transaction, number: number): Promise<void> {
  await tx.run('DELETE FROM dynamodb_counts WHERE number = $1', number);
}
