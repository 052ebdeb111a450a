import type {
  GlobalSecondaryIndexUpdate,
  Operations,
  TableDescription,
  UpdateTableInput,
} from '#aws/models/dynamodb.types.gen.ts';
import type { Transaction } from '#ports/world/database.ts';
import { validation } from '../errors.ts';
import { disableStream } from '../store/streams.ts';
import { updateTable as updateDefinition } from '../store/tables.ts';
import { describeEncryption, describeTable } from '../tables/describe-table.ts';
import { makeStream } from '../tables/make-stream.ts';
import {
  keptThroughput,
  NO_THROUGHPUT,
  parseStreamView,
  parseUnits,
} from '../tables/parse-billing.ts';
import type { Table, Throughput } from '../tables/table.ts';
import { CHORES_TOPIC, requireNamedTable } from './dependencies.ts';
import type { Dynamodb } from './dependencies.ts';
import { countsOf } from './describe-table.ts';
import { updateReplicas } from './replicas.ts';
import { assertIndexUpdates, updateIndexes } from './update-indexes.ts';

/** @see https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_UpdateTable.html */
export function updateTable(dynamodb: Dynamodb): Operations['UpdateTable'] {
  return async (context, input) => {
    assertSomethingChanges(input);
    const indexUpdates = input.GlobalSecondaryIndexUpdates ?? [];
    assertIndexUpdates(indexUpdates);
    return dynamodb.database.transact(async (tx) => {
      const table = await requireNamedTable(dynamodb, tx, context, input.TableName);
      const nowMs = dynamodb.clock.now();
      const billed = changeBilling(table, input, nowMs);
      const streamed = await changeStream(tx, billed, input, nowMs);
      const indexed = await updateIndexes(tx, streamed, indexUpdates, input.AttributeDefinitions);
      const settled = changeSettings(indexed, input);
      const updated = await updateReplicas(dynamodb, tx, settled, input.ReplicaUpdates);
      await updateDefinition(tx, updated);
      tx.afterCommit(() => dynamodb.wakeups.notify(CHORES_TOPIC));
      const counts = await countsOf(tx, updated);
      return {
        TableDescription: {
          ...describeTable(updated, 'updated', counts),
          ...changingEncryption(table, updated, input),
        },
      };
    });
  };
}

function assertSomethingChanges(input: UpdateTableInput): void {
  const { TableName: _name, AttributeDefinitions: _definitions, ...changes } = input;
  const updates: readonly GlobalSecondaryIndexUpdate[] | undefined =
    changes.GlobalSecondaryIndexUpdates;
  const isOnlyEmpty = Object.keys(changes).length === 1 && updates?.length === 0;
  if (Object.keys(changes).length > 0 && !isOnlyEmpty) return;
  throw validation(
    'At least one of ProvisionedThroughput, BillingMode, UpdateStreamEnabled, ' +
      'GlobalSecondaryIndexUpdates or SSESpecification or ReplicaUpdates is required',
  );
}

function changeBilling(table: Table, input: UpdateTableInput, nowMs: number): Table {
  const mode = input.BillingMode ?? table.billingMode;
  const units = input.ProvisionedThroughput;
  if (mode === 'PAY_PER_REQUEST') return payPerRequest(table, input, nowMs);
  if (units === undefined) {
    if (table.billingMode === 'PROVISIONED') return table;
    throw validation(
      'One or more parameter values were invalid: ProvisionedThroughput must be specified when ' +
        'BillingMode is PROVISIONED',
    );
  }
  const wanted = parseUnits(units);
  const isUnchanged =
    table.billingMode === 'PROVISIONED' &&
    wanted.read === table.throughput.read &&
    wanted.write === table.throughput.write;
  if (isUnchanged) throw unchangedThroughput(table.throughput);
  const throughput = changedThroughput(table.throughput, wanted, nowMs);
  return { ...table, billingMode: 'PROVISIONED', throughput };
}

function payPerRequest(table: Table, input: UpdateTableInput, nowMs: number): Table {
  if (input.ProvisionedThroughput) {
    throw validation(
      'One or more parameter values were invalid: Neither ReadCapacityUnits nor ' +
        'WriteCapacityUnits can be specified when BillingMode is PAY_PER_REQUEST',
    );
  }
  if (table.billingMode === 'PAY_PER_REQUEST') return table;
  return {
    ...table,
    billingMode: 'PAY_PER_REQUEST',
    isBillingModeShown: true,
    payPerRequestAtMs: nowMs,
    throughput: NO_THROUGHPUT,
    indexes: table.indexes.map((index) => ({ ...index, throughput: NO_THROUGHPUT })),
  };
}

/** @throws ValidationException in AWS's words */
export function unchangedThroughput({ read, write }: Throughput): Error {
  return validation(
    'The provisioned throughput for the table will not change. The requested value equals the ' +
      `current value. Current ReadCapacityUnits provisioned for the table: ${read}. Requested ` +
      `ReadCapacityUnits: ${read}. Current WriteCapacityUnits provisioned for the table: ${write}. ` +
      `Requested WriteCapacityUnits: ${write}. Refer to the Amazon DynamoDB Developer Guide for ` +
      'current limits and how to request higher limits.',
  );
}

/** The units that are wanted, with the time of the change. */
export function changedThroughput(
  before: Throughput,
  wanted: Throughput,
  nowMs: number,
): Throughput {
  const isMore = wanted.read > before.read || wanted.write > before.write;
  const isLess = wanted.read < before.read || wanted.write < before.write;
  return {
    ...before,
    ...wanted,
    ...(isMore && { increasedAtMs: nowMs }),
    ...(isLess && { decreasedAtMs: nowMs }),
  };
}

async function changeStream(
  tx: Transaction,
  table: Table,
  { StreamSpecification: specification }: UpdateTableInput,
  nowMs: number,
): Promise<Table> {
  if (specification === undefined) return table;
  const view = parseStreamView(specification);
  const { stream } = table;
  if (view) {
    if (stream?.isEnabled) {
      throw validation(`Table already has an enabled stream: TableName: ${table.name}`);
    }
    return { ...table, stream: await makeStream(tx, table, view, nowMs) };
  }
  if (!stream?.isEnabled) {
    throw validation(`Table is already disabled for streams: TableName: ${table.name}`);
  }
  await disableStream(tx, stream.number, nowMs);
  return { ...table, stream: { ...stream, isEnabled: false } };
}

/** While its encryption changes, a table shows the key that it had, or will have. */
function changingEncryption(
  before: Table,
  after: Table,
  { SSESpecification: wanted }: UpdateTableInput,
): Pick<TableDescription, 'SSEDescription'> {
  if (wanted === undefined) return {};
  const { SSEDescription: shown } = describeEncryption(after.encryption ? after : before);
  return shown ? { SSEDescription: { ...shown, Status: 'UPDATING' } } : {};
}

function changeSettings(table: Table, input: UpdateTableInput): Table {
  const { encryption, ...rest } = table;
  const wanted = input.SSESpecification;
  const kept = wanted === undefined ? encryption : wanted.Enabled === true ? wanted : undefined;
  return {
    ...rest,
    ...(kept && { encryption: kept }),
    ...keptThroughput(input),
    ...(input.TableClass !== undefined && { tableClass: input.TableClass }),
    ...(input.DeletionProtectionEnabled !== undefined && {
      isDeletionProtected: input.DeletionProtectionEnabled,
    }),
  };
}
