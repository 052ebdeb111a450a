/**
 * Global tables: one table kept in several Regions of the server. Writes reach all replicas in the transaction of the
 * write; what was there before is copied in the background.
 * @see https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/GlobalTables.html
 */
import type { ReplicationGroupUpdate } from '#aws/models/dynamodb.types.gen.ts';
import type { Transaction } from '#ports/world/database.ts';
import { resourceInUse, validation } from '../errors.ts';
import { addChore } from '../store/chores.ts';
import { insertTable, takeNumber, updateTable } from '../store/tables.ts';
import { makeStream } from '../tables/make-stream.ts';
import type { Index, Table } from '../tables/table.ts';
import type { Dynamodb } from './dependencies.ts';
import { removeTable } from './remove-table.ts';

const REGION = /^[a-z]{2}(-[a-z]+)+-\d$/;

/**
 * The table after its replicas have changed; those are written already.
 * @throws ValidationException, ResourceInUseException
 */
export async function updateReplicas(
  dynamodb: Dynamodb,
  tx: Transaction,
  table: Table,
  updates: readonly ReplicationGroupUpdate[] = [],
): Promise<Table> {
  let current = table;
  for (const { Create: creation, Delete: deletion } of updates) {
    if (creation) current = await addReplica(dynamodb, tx, current, creation.RegionName);
    if (deletion) current = await removeReplica(dynamodb, tx, current, deletion.RegionName);
  }
  return current;
}

async function addReplica(
  dynamodb: Dynamodb,
  tx: Transaction,
  table: Table,
  region: string,
): Promise<Table> {
  const { accountId, name, replicas = [] } = table;
  if (!REGION.test(region)) {
    throw validation(
      'One or more parameter values were invalid: The provided region is not valid: ' + region,
    );
  }
  if (region === table.region || replicas.includes(region)) {
    throw validation(
      `Failed to create a the new replica of table with name: '${name}' because one or more replicas already existed as tables.`,
    );
  }
  if (await dynamodb.tables.find(tx, { accountId, region, name })) {
    throw resourceInUse(
      `Failed to create a the new replica of table with name: '${name}' because one or more replicas already existed as tables.`,
    );
  }
  const source = await withStream(dynamodb, tx, table);
  const members = [source.region, ...replicas, region];
  const replica = await makeReplica(dynamodb, tx, source, region);
  await insertTable(tx, { ...replica, replicas: othersOf(members, region) });
  await addChore(tx, { number: replica.number, kind: 'copy', table: replica });
  await tell(dynamodb, tx, source, members);
  return { ...source, replicas: othersOf(members, source.region) };
}

/** Replication goes by a stream with both images, as AWS's does. */
async function withStream({ clock }: Dynamodb, tx: Transaction, table: Table): Promise<Table> {
  if (table.stream?.isEnabled) return table;
  return { ...table, stream: await makeStream(tx, table, 'NEW_AND_OLD_IMAGES', clock.now()) };
}

async function makeReplica(
  { clock, random }: Dynamodb,
  tx: Transaction,
  source: Table,
  region: string,
): Promise<Table> {
  const { stream, timeToLive, kinesisDestinations: _, policy: _policy, ...rest } = source;
  const nowMs = clock.now();
  const indexes: Index[] = [];
  for (const index of source.indexes) indexes.push({ ...index, number: await takeNumber(tx) });
  const replica = {
    ...rest,
    region,
    number: await takeNumber(tx),
    id: random.uuid(),
    createdAtMs: nowMs,
    indexes,
    ...(timeToLive && { timeToLive: { ...timeToLive, number: await takeNumber(tx) } }),
  };
  const viewType = stream?.viewType ?? 'NEW_AND_OLD_IMAGES';
  return { ...replica, stream: await makeStream(tx, replica, viewType, nowMs) };
}

async function removeReplica(
  dynamodb: Dynamodb,
  tx: Transaction,
  table: Table,
  region: string,
): Promise<Table> {
  const { accountId, name, replicas = [] } = table;
  const replica = await dynamodb.tables.find(tx, { accountId, region, name });
  if (!replicas.includes(region) || !replica) {
    throw validation(
      `Update global table operation failed because one or more replicas were not part of the global table.`,
    );
  }
  const members = [table.region, ...replicas].filter((each) => each !== region);
  await removeTable(dynamodb, tx, replica);
  await tell(dynamodb, tx, table, members);
  return { ...table, replicas: othersOf(members, table.region) };
}

/** The others learn who belongs to them now. */
async function tell(
  { tables }: Pick<Dynamodb, 'tables'>,
  tx: Transaction,
  { accountId, name, region: own }: Table,
  members: readonly string[],
): Promise<void> {
  for (const region of othersOf(members, own)) {
    const member = await tables.find(tx, { accountId, region, name });
    if (member) await updateTable(tx, { ...member, replicas: othersOf(members, region) });
  }
}

/** A replica that is deleted by itself is no longer written to. */
export async function leaveReplicas(
  dynamodb: Pick<Dynamodb, 'tables'>,
  tx: Transaction,
  table: Table,
): Promise<void> {
  await tell(dynamodb, tx, table, table.replicas ?? []);
}

function othersOf(members: readonly string[], region: string): readonly string[] {
  return members.filter((member) => member !== region);
}
