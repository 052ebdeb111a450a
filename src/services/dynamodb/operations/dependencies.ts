import type { Deliverer } from '#ports/peers/deliverer.ts';
import type { Meter } from '#ports/peers/meter.ts';
import type { MetricSink } from '#ports/peers/metric-sink.ts';
import type { Clock } from '#ports/world/clock.ts';
import type { Database, Queries } from '#ports/world/database.ts';
import type { Random } from '#ports/world/random.ts';
import type { Wakeups } from '#ports/world/wakeups.ts';
import type { RequestContext } from '#aws/operation.ts';
import { namedTableMissing, tableMissing } from '../errors.ts';
import type { TableDefinitions } from '../store/tables.ts';
import { tableAddress } from '../tables/table-address.ts';
import type { Table } from '../tables/table.ts';

/** What DynamoDB asks of the world. */
export interface DynamodbDependencies {
  readonly database: Database;
  readonly clock: Clock;
  readonly random: Random;
  readonly wakeups: Wakeups;
  /** For the Kinesis data streams that tables feed. */
  readonly deliverer: Deliverer;
  /** Takes what tables tell of themselves; nobody listens where it is absent. */
  readonly metrics?: MetricSink;
}

export interface Dynamodb extends DynamodbDependencies {
  readonly tables: TableDefinitions;
  readonly meter: Meter;
}

/** The topic on which the background work is woken. */
export const CHORES_TOPIC = 'dynamodb.chores';

type Caller = Pick<RequestContext, 'accountId' | 'region'>;

/**
 * The table that a data operation names.
 * @throws ResourceNotFoundException
 */
export async function requireTable(
  { tables }: Pick<Dynamodb, 'tables'>,
  queries: Queries,
  caller: Caller,
  nameOrArn: string,
): Promise<Table> {
  const table = await tables.find(queries, tableAddress(caller, nameOrArn));
  if (table === undefined) throw tableMissing();
  return table;
}

/**
 * The table that a control operation names.
 * @throws ResourceNotFoundException with the name
 */
export async function requireNamedTable(
  { tables }: Pick<Dynamodb, 'tables'>,
  queries: Queries,
  caller: Caller,
  nameOrArn: string,
): Promise<Table> {
  const address = tableAddress(caller, nameOrArn);
  const table = await tables.find(queries, address);
  if (table === undefined) throw namedTableMissing(address.name);
  return table;
}
