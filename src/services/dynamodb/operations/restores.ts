/**
 * Tables that are made of backups, or of a table as it is now: how a table was is not kept, so that the only
 * point in time that can be restored is the latest.
 */
import type {
  Operations,
  RestoreTableFromBackupInput,
  TableDescription,
} from '#aws/models/dynamodb.types.gen.ts';
import type { RequestContext } from '#aws/operation.ts';
import { MINUTE_MS } from '#kernel/units.ts';
import type { Transaction } from '#ports/world/database.ts';
import {
  invalidRestoreTime,
  limitExceeded,
  noPointInTime,
  tableExists,
  tableNotFound,
  validation,
} from '../errors.ts';
import { TABLES_MAX } from '../limits.ts';
import { copyItems } from '../store/backups.ts';
import { addChore } from '../store/chores.ts';
import { countTables, insertTable, takeNumber } from '../store/tables.ts';
import { describeTable } from '../tables/describe-table.ts';
import { assertTableName, tableAddress } from '../tables/table-address.ts';
import { tableArn } from '../tables/table.ts';
import type { Index, Table } from '../tables/table.ts';
import { requireBackup } from './backups.ts';
import { CHORES_TOPIC } from './dependencies.ts';
import type { Dynamodb } from './dependencies.ts';

type Overrides = Pick<
  RestoreTableFromBackupInput,
  | 'BillingModeOverride'
  | 'GlobalSecondaryIndexOverride'
  | 'LocalSecondaryIndexOverride'
  | 'ProvisionedThroughputOverride'
  | 'SSESpecificationOverride'
  | 'TargetTableName'
>;

interface Source {
  readonly table: Table;
  /** Under which the items are stored. */
  readonly number: number;
  readonly atMs: number;
  readonly backupArn?: string;
}

/** @see https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_RestoreTableFromBackup.html */
export function restoreTableFromBackup(dynamodb: Dynamodb): Operations['RestoreTableFromBackup'] {
  return (context, input) =>
    dynamodb.database.transact(async (tx) => {
      const { table, number, createdAtMs, arn } = await requireBackup(tx, context, input.BackupArn);
      const source = { table, number, atMs: createdAtMs, backupArn: arn };
      return { TableDescription: await restore(dynamodb, tx, { context, input, source }) };
    });
}

/** @see https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_RestoreTableToPointInTime.html */
export function restoreTableToPointInTime(
  dynamodb: Dynamodb,
): Operations['RestoreTableToPointInTime'] {
  return (context, input) =>
    dynamodb.database.transact(async (tx) => {
      const named = input.SourceTableName ?? input.SourceTableArn;
      if (named === undefined) {
        throw validation('One of SourceTableName or SourceTableArn must be specified.');
      }
      const address = tableAddress(context, named);
      const table = await dynamodb.tables.find(tx, address);
      if (table === undefined) throw tableNotFound(address.name);
      if (table.recoveryPeriodDays === undefined) throw noPointInTime(table.name);
      const nowMs = Math.floor(dynamodb.clock.now());
      const atMs =
        input.UseLatestRestorableTime === true ? nowMs : (input.RestoreDateTime ?? nowMs);
      if (atMs > nowMs || atMs < nowMs - MINUTE_MS) throw invalidRestoreTime();
      const source = { table, number: table.number, atMs };
      return { TableDescription: await restore(dynamodb, tx, { context, input, source }) };
    });
}

/** Items at once; indexes are filled in the background, as on AWS before the table is active. */
async function restore(
  { tables, clock, random, wakeups }: Dynamodb,
  tx: Transaction,
  {
    context,
    input,
    source,
  }: { readonly context: RequestContext; readonly input: Overrides; readonly source: Source },
): Promise<TableDescription> {
  assertTableName(input.TargetTableName);
  const address = tableAddress(context, input.TargetTableName);
  if (await tables.find(tx, address)) throw tableExists(address.name);
  if ((await countTables(tx, address)) >= TABLES_MAX) {
    throw limitExceeded(
      `Subscriber limit exceeded: The number of tables has reached ${TABLES_MAX}`,
    );
  }
  const nowMs = clock.now();
  const number = await takeNumber(tx);
  const indexes: Index[] = [];
  for (const index of keptIndexes(source.table, input)) {
    const filled = { ...index, number: await takeNumber(tx), status: 'CREATING' as const };
    await addChore(tx, { number: filled.number, kind: 'fill', table: address });
    indexes.push(filled);
  }
  const table: Table = {
    ...keptSettings(source.table, input),
    ...address,
    number,
    id: random.uuid(),
    createdAtMs: nowMs,
    indexes,
    tags: [],
    isDeletionProtected: false,
    restored: {
      SourceTableArn: tableArn(source.table),
      ...(source.backupArn !== undefined && { SourceBackupArn: source.backupArn }),
      RestoreDateTime: source.atMs,
      RestoreInProgress: false,
    },
  };
  await insertTable(tx, table);
  await copyItems(tx, source.number, number);
  tx.afterCommit(() => wakeups.notify(CHORES_TOPIC));
  return describeTable(table, 'created');
}

/** Those that the request names, where it names some. */
function keptIndexes(table: Table, input: Overrides): readonly Index[] {
  const overrides = {
    global: input.GlobalSecondaryIndexOverride,
    local: input.LocalSecondaryIndexOverride,
  };
  return table.indexes.filter(
    ({ kind, name }) => overrides[kind]?.some(({ IndexName }) => IndexName === name) ?? true,
  );
}

/** A restored table has no stream, no time to live, no policies, replicas or destinations. */
function keptSettings(
  {
    stream: _stream,
    timeToLive: _timeToLive,
    policy: _policy,
    streamPolicy: _streamPolicy,
    kinesisDestinations: _destinations,
    replicas: _replicas,
    recoveryPeriodDays: _days,
    ...table
  }: Table,
  input: Overrides,
): Table {
  const { ProvisionedThroughputOverride: units, SSESpecificationOverride: encryption } = input;
  const mode = input.BillingModeOverride;
  const isKnown = mode === 'PROVISIONED' || mode === 'PAY_PER_REQUEST';
  return {
    ...table,
    ...(isKnown && { billingMode: mode, isBillingModeShown: true }),
    ...(units && {
      throughput: { read: units.ReadCapacityUnits, write: units.WriteCapacityUnits },
    }),
    ...(mode === 'PAY_PER_REQUEST' && { throughput: { read: 0, write: 0 } }),
    ...(encryption && { encryption }),
  };
}
