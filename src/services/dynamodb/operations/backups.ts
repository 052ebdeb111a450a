/**
 * Backups: a table's items as they were, restored under another name.
 * @see https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/Backup.Tutorial.html
 */
import type {
  BackupDescription,
  BackupDetails,
  ListBackupsInput,
  Operations,
} from '#aws/models/dynamodb.types.gen.ts';
import type { Queries } from '#ports/world/database.ts';
import { backupMissing, tableNotFound } from '../errors.ts';
import { addChore } from '../store/chores.ts';
import {
  backupCounts,
  copyItems,
  deleteBackupRow,
  findBackup,
  insertBackup,
  listBackupRows,
} from '../store/backups.ts';
import type { Backup } from '../store/backups.ts';
import { takeNumber } from '../store/tables.ts';
import { describeTable } from '../tables/describe-table.ts';
import { tableAddress } from '../tables/table-address.ts';
import { tableArn } from '../tables/table.ts';
import { CHORES_TOPIC } from './dependencies.ts';
import type { Dynamodb } from './dependencies.ts';

const BACKUPS_PER_PAGE = 100;

/**
 * Copies all items in one transaction, so that the backup is of one moment.
 * @see https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_CreateBackup.html
 */
export function createBackup(dynamodb: Dynamodb): Operations['CreateBackup'] {
  const { database, clock, random } = dynamodb;
  return (context, { TableName, BackupName }) =>
    database.transact(async (tx) => {
      const address = tableAddress(context, TableName);
      const table = await dynamodb.tables.find(tx, address);
      if (table === undefined) throw tableNotFound(address.name);
      const createdAtMs = Math.floor(clock.now());
      const id = `${String(createdAtMs).padStart(14, '0')}-${random.uuid().slice(0, 8)}`;
      const backup: Backup = {
        accountId: table.accountId,
        region: table.region,
        arn: `${tableArn(table)}/backup/${id}`,
        number: await takeNumber(tx),
        name: BackupName,
        createdAtMs,
        table,
      };
      await copyItems(tx, table.number, backup.number);
      await insertBackup(tx, backup);
      const { bytes } = await backupCounts(tx, backup);
      return { BackupDetails: detailsOf(backup, 'CREATING', bytes) };
    });
}

function detailsOf(backup: Backup, status: string, bytes: number): BackupDetails {
  return {
    BackupArn: backup.arn,
    BackupName: backup.name,
    BackupSizeBytes: bytes,
    BackupStatus: status,
    BackupType: 'USER',
    BackupCreationDateTime: backup.createdAtMs,
  };
}

/** @see https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_DescribeBackup.html */
export function describeBackup({ database }: Dynamodb): Operations['DescribeBackup'] {
  return (context, { BackupArn }) =>
    database.read(async (queries) => {
      const backup = await requireBackup(queries, context, BackupArn);
      return { BackupDescription: await describe(queries, backup, 'AVAILABLE') };
    });
}

/** The backup of an ARN. @throws AwsError BackupNotFoundException */
export async function requireBackup(
  queries: Queries,
  caller: { readonly accountId: string; readonly region: string },
  arn: string,
): Promise<Backup> {
  const backup = await findBackup(queries, caller, arn);
  if (backup === undefined) throw backupMissing(arn);
  return backup;
}

async function describe(
  queries: Queries,
  backup: Backup,
  status: string,
): Promise<BackupDescription> {
  const { items, bytes } = await backupCounts(queries, backup);
  const { table } = backup;
  const shown = describeTable(table, 'described');
  const { GlobalSecondaryIndexes, LocalSecondaryIndexes, SSEDescription } = shown;
  return {
    BackupDetails: detailsOf(backup, status, bytes),
    SourceTableDetails: {
      TableName: table.name,
      TableId: table.id,
      TableArn: tableArn(table),
      TableSizeBytes: bytes,
      KeySchema: shown.KeySchema ?? [],
      TableCreationDateTime: table.createdAtMs,
      ProvisionedThroughput: {
        ReadCapacityUnits: table.throughput.read,
        WriteCapacityUnits: table.throughput.write,
      },
      ItemCount: items,
      BillingMode: table.billingMode,
    },
    SourceTableFeatureDetails: {
      ...(LocalSecondaryIndexes !== undefined && {
        LocalSecondaryIndexes: LocalSecondaryIndexes.map(indexInfo),
      }),
      ...(GlobalSecondaryIndexes !== undefined && {
        GlobalSecondaryIndexes: GlobalSecondaryIndexes.map((index) => ({
          ...indexInfo(index),
          ProvisionedThroughput: {
            ReadCapacityUnits: index.ProvisionedThroughput?.ReadCapacityUnits ?? 0,
            WriteCapacityUnits: index.ProvisionedThroughput?.WriteCapacityUnits ?? 0,
          },
        })),
      }),
      ...(shown.StreamSpecification && { StreamDescription: shown.StreamSpecification }),
      ...(table.timeToLive && {
        TimeToLiveDescription: {
          TimeToLiveStatus: 'ENABLED',
          AttributeName: table.timeToLive.attribute,
        },
      }),
      ...(SSEDescription && { SSEDescription }),
    },
  };
}

type IndexDescription = NonNullable<
  ReturnType<typeof describeTable>['LocalSecondaryIndexes']
>[number];

function indexInfo({ IndexName, KeySchema, Projection }: IndexDescription) {
  return {
    ...(IndexName !== undefined && { IndexName }),
    ...(KeySchema !== undefined && { KeySchema }),
    ...(Projection !== undefined && { Projection }),
  };
}

/** @see https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_DeleteBackup.html */
export function deleteBackup({ database, wakeups }: Dynamodb): Operations['DeleteBackup'] {
  return (context, { BackupArn }) =>
    database.transact(async (tx) => {
      const backup = await requireBackup(tx, context, BackupArn);
      const BackupDescription = await describe(tx, backup, 'DELETED');
      await deleteBackupRow(tx, backup);
      await addChore(tx, { number: backup.number, kind: 'clear-items', table: backup.table });
      tx.afterCommit(() => wakeups.notify(CHORES_TOPIC));
      return { BackupDescription };
    });
}

/** @see https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_ListBackups.html */
export function listBackups({ database }: Dynamodb): Operations['ListBackups'] {
  return (context, input) =>
    database.read(async (queries) => {
      const wanted = (await listBackupRows(queries, context)).filter((backup) =>
        isWanted(backup, input, context),
      );
      const page = wanted.slice(0, input.Limit ?? BACKUPS_PER_PAGE);
      const last = page.at(-1);
      const summaries = [];
      for (const backup of page) {
        const { bytes } = await backupCounts(queries, backup);
        summaries.push({
          TableName: backup.table.name,
          TableId: backup.table.id,
          TableArn: tableArn(backup.table),
          ...detailsOf(backup, 'AVAILABLE', bytes),
        });
      }
      return {
        BackupSummaries: summaries,
        ...(last !== undefined &&
          page.length < wanted.length && { LastEvaluatedBackupArn: last.arn }),
      };
    });
}

function isWanted(
  backup: Backup,
  input: ListBackupsInput,
  caller: { readonly accountId: string; readonly region: string },
): boolean {
  const { TableName, TimeRangeLowerBound = 0, TimeRangeUpperBound = Infinity } = input;
  const name = TableName === undefined ? undefined : tableAddress(caller, TableName).name;
  return (
    backup.table.name === (name ?? backup.table.name) &&
    backup.createdAtMs >= TimeRangeLowerBound &&
    backup.createdAtMs < TimeRangeUpperBound &&
    backup.arn > (input.ExclusiveStartBackupArn ?? '') &&
    ['ALL', 'USER'].includes(input.BackupType ?? 'ALL')
  );
}
