import type { CreateTableInput, Operations } from '#aws/models/dynamodb.types.gen.ts';
import type { RequestContext } from '#aws/operation.ts';
import type { Transaction } from '#ports/world/database.ts';
import { limitExceeded, resourceInUse } from '../errors.ts';
import { TABLES_MAX } from '../limits.ts';
import { countTables, insertTable, takeNumber } from '../store/tables.ts';
import type { TableAddress } from '../store/tables.ts';
import { describeTable } from '../tables/describe-table.ts';
import { makeStream } from '../tables/make-stream.ts';
import { parseTable } from '../tables/parse-table.ts';
import type { TablePlan } from '../tables/parse-table.ts';
import { assertTableName, tableAddress } from '../tables/table-address.ts';
import type { Index, Table } from '../tables/table.ts';
import { assertTags } from './tags.ts';
import type { Dynamodb } from './dependencies.ts';

/** @see https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_CreateTable.html */
export function createTable(dynamodb: Dynamodb): Operations['CreateTable'] {
  return async (context, input) => {
    const address = newTableAddress(context, input);
    const plan = parseTable(input);
    assertTags(plan.tags);
    return dynamodb.database.transact(async (tx) => {
      if (await dynamodb.tables.find(tx, address)) {
        throw resourceInUse(`Table already exists: ${address.name}`);
      }
      if ((await countTables(tx, address)) >= TABLES_MAX) {
        throw limitExceeded(
          `Subscriber limit exceeded: The number of tables has reached ${TABLES_MAX}`,
        );
      }
      const policy = input.ResourcePolicy;
      const table = await makeTable(dynamodb, tx, address, plan);
      const made =
        policy === undefined
          ? table
          : { ...table, policy: { policy, revisionId: String(dynamodb.clock.now()) } };
      await insertTable(tx, made);
      return { TableDescription: describeTable(made, 'created') };
    });
  };
}

function newTableAddress(context: RequestContext, input: CreateTableInput): TableAddress {
  if (!input.TableName.startsWith('arn:')) assertTableName(input.TableName);
  return tableAddress(context, input.TableName);
}

async function makeTable(
  { clock, random }: Dynamodb,
  tx: Transaction,
  address: TableAddress,
  { indexes: plannedIndexes, streamView, ...plan }: TablePlan,
): Promise<Table> {
  const nowMs = clock.now();
  const number = await takeNumber(tx);
  const indexes: Index[] = [];
  for (const index of plannedIndexes) indexes.push({ ...index, number: await takeNumber(tx) });
  const stream =
    streamView && (await makeStream(tx, { ...address, keys: plan.keys }, streamView, nowMs));
  return {
    ...address,
    ...plan,
    number,
    id: random.uuid(),
    createdAtMs: nowMs,
    indexes,
    ...(plan.billingMode === 'PAY_PER_REQUEST' && { payPerRequestAtMs: nowMs }),
    ...(stream && { stream }),
  };
}
