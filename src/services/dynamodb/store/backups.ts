/** SQL of backups: a table's items, copied under a number of the backup's own, and what the table was. */
import type { Queries, Transaction } from '#ports/world/database.ts';
import type { Table } from '../tables/table.ts';
import { readCounts } from './items.ts';

export interface Backup {
  readonly accountId: string;
  readonly region: string;
  readonly arn: string;
  /** Under which its items are stored. */
  readonly number: number;
  readonly name: string;
  readonly createdAtMs: number;
  readonly table: Table;
}

interface BackupRow {
  readonly backup: string;
}

/** Copies all items of one number to another, with their counts; the target has none. */
export async function copyItems(tx: Transaction, from: number, to: number): Promise<void> {
  await tx.run(
    `INSERT INTO dynamodb_items (table_number, hash_key, range_key, bytes, item)
     SELECT $1, hash_key, range_key, bytes, item FROM dynamodb_items WHERE table_number = $2`,
    to,
    from,
  );
  await tx.run(
    `INSERT INTO dynamodb_counts (number, slot, items, bytes)
     SELECT $1, slot, items, bytes FROM dynamodb_counts WHERE number = $2`,
    to,
    from,
  );
}

/** Notes a backup whose items are there. */
export async function insertBackup(tx: Transaction, backup: Backup): Promise<void> {
  await tx.run(
    `INSERT INTO dynamodb_backups (account_id, region, arn, table_name, created_ms, backup)
     VALUES ($1, $2, $3, $4, $5, $6)`,
    backup.accountId,
    backup.region,
    backup.arn,
    backup.table.name,
    backup.createdAtMs,
    JSON.stringify(backup),
  );
}

/** The backup of an ARN, or `undefined`. */
export async function findBackup(
  queries: Queries,
  { accountId, region }: Pick<Backup, 'accountId' | 'region'>,
  arn: string,
): Promise<Backup | undefined> {
  const row = await queries.get<BackupRow>(
    'SELECT backup FROM dynamodb_backups WHERE account_id = $1 AND region = $2 AND arn = $3',
    accountId,
    region,
    arn,
  );
  return row && (JSON.parse(row.backup) as Backup); // Only insertBackup writes it.
}

/** An account's backups, by their ARNs, which tell their tables and times. */
export async function listBackupRows(
  queries: Queries,
  { accountId, region }: Pick<Backup, 'accountId' | 'region'>,
): Promise<Backup[]> {
  const rows = await queries.all<BackupRow>(
    'SELECT backup FROM dynamodb_backups WHERE account_id = $1 AND region = $2 ORDER BY arn',
    accountId,
    region,
  );
  return rows.map(({ backup }) => JSON.parse(backup) as Backup); // As above.
}

/** Forgets a backup; its items are cleared away by whoever asks for it. */
export async function deleteBackupRow(tx: Transaction, { arn }: Backup): Promise<void> {
  await tx.run('DELETE FROM dynamodb_backups WHERE arn = $1', arn);
}

/** Bytes and number of a backup's items. */
export function backupCounts(
  queries: Queries,
  { number }: Backup,
): Promise<{ readonly items: number; readonly bytes: number }> {
  return readCounts(queries, number);
}
