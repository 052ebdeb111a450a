/** Stacks, their resources and events on the database; bodies are what the functions here have stored. */
import type { Queries, Transaction } from '#ports/world/database.ts';
import type { Leftover, Place, Resource, Stack, StackEvent } from './model.ts';

/** Of wakeups: the work on a stack is to begin, or has ended. */
export const STACKS_TOPIC = 'cloudformation/stacks';

interface Row {
  readonly body: string;
}

/** Two may have one physical id, in two places or of two types. */
export interface StoredLeftover extends Leftover {
  readonly number: number;
}

/** The stack of an ARN, or the one of a name that is not deleted. */
export async function findStack(
  queries: Queries,
  { accountId, region }: Place,
  nameOrId: string,
): Promise<Stack | undefined> {
  const row = nameOrId.startsWith('arn:')
    ? await queries.get<Row>(
        `SELECT body FROM cloudformation_stacks
         WHERE stack_id = $1 AND account_id = $2 AND region = $3`,
        nameOrId,
        accountId,
        region,
      )
    : await queries.get<Row>(
        `SELECT body FROM cloudformation_stacks
         WHERE account_id = $1 AND region = $2 AND name = $3 AND is_deleted = 0`,
        accountId,
        region,
        nameOrId,
      );
  return row && (JSON.parse(row.body) as Stack);
}

/** The stack of an id, whoever asks. */
export async function stackOfId(queries: Queries, id: string): Promise<Stack | undefined> {
  const row = await queries.get<Row>(
    'SELECT body FROM cloudformation_stacks WHERE stack_id = $1',
    id,
  );
  return row && (JSON.parse(row.body) as Stack);
}

/** All stacks of an account and Region, the newest first; deleted ones only where they are asked for. */
export async function listStacks(
  queries: Queries,
  { accountId, region }: Place,
  withDeleted: boolean,
): Promise<Stack[]> {
  const rows = await queries.all<Row>(
    `SELECT body FROM cloudformation_stacks
     WHERE account_id = $1 AND region = $2 AND is_deleted <= $3 ORDER BY created_ms DESC, stack_id`,
    accountId,
    region,
    withDeleted ? 1 : 0,
  );
  return rows.map(({ body }) => JSON.parse(body) as Stack);
}

/** How many stacks of an account and Region are not deleted. */
export async function countStacks(queries: Queries, { accountId, region }: Place): Promise<number> {
  const row = await queries.get<{ readonly count: number }>(
    `SELECT COUNT(*) AS count FROM cloudformation_stacks
     WHERE account_id = $1 AND region = $2 AND is_deleted = 0`,
    accountId,
    region,
  );
  return Number(row?.count ?? 0);
}

/** Ids of stacks on which there is work. */
export async function workingStacks(queries: Queries): Promise<string[]> {
  const rows = await queries.all<{ readonly stack_id: string }>(
    'SELECT stack_id FROM cloudformation_stacks WHERE is_working = 1',
  );
  return rows.map((row) => row.stack_id);
}

/** Adds a stack, or replaces the one of its id. */
export async function saveStack(tx: Transaction, stack: Stack): Promise<void> {
  await tx.run(
    `INSERT INTO cloudformation_stacks
       (account_id, region, stack_id, name, is_deleted, is_working, created_ms, body)
     VALUES ($1, $2, $3, $4, $5, $6, $7, $8)
     ON CONFLICT (stack_id) DO UPDATE SET
       is_deleted = excluded.is_deleted, is_working = excluded.is_working, body = excluded.body`,
    stack.accountId,
    stack.region,
    stack.id,
    stack.name,
    stack.status === 'DELETE_COMPLETE' ? 1 : 0,
    stack.operation === undefined ? 0 : 1,
    stack.createdAtMs,
    JSON.stringify(stack),
  );
}

/** All resources of a stack, by their logical ids. */
export async function listResources(queries: Queries, stackId: string): Promise<Resource[]> {
  const rows = await queries.all<Row>(
    'SELECT body FROM cloudformation_resources WHERE stack_id = $1 ORDER BY logical_id',
    stackId,
  );
  return rows.map(({ body }) => JSON.parse(body) as Resource);
}

/**
 * The ARN of the stack that has something of this id, or had it before the operation under way.
 * Reads what all stacks of the account and Region have: for what is looked for after a crash alone.
 */
export async function ownerOf(
  queries: Queries,
  { accountId, region }: Place,
  physicalId: string,
): Promise<string | undefined> {
  const rows = await queries.all<Row & { readonly stack_id: string }>(
    `SELECT resources.stack_id, resources.body FROM cloudformation_resources AS resources
     JOIN cloudformation_stacks AS stacks ON stacks.stack_id = resources.stack_id
     WHERE account_id = $1 AND region = $2 AND is_deleted = 0`,
    accountId,
    region,
  );
  return rows.find(({ body }) => {
    const { status, current, before, stable } = JSON.parse(body) as Resource;
    const all = status === 'DELETE_COMPLETE' ? [] : [current, before, stable];
    return all.some((one) => one?.physicalId === physicalId);
  })?.stack_id;
}

/** Adds a resource, or replaces the one of its logical id. */
export async function saveResource(
  tx: Transaction,
  stackId: string,
  resource: Resource,
): Promise<void> {
  await tx.run(
    `INSERT INTO cloudformation_resources (stack_id, logical_id, body) VALUES ($1, $2, $3)
     ON CONFLICT (stack_id, logical_id) DO UPDATE SET body = excluded.body`,
    stackId,
    resource.logicalId,
    JSON.stringify(resource),
  );
}

/** Forgets a resource. */
export async function forgetResource(
  tx: Transaction,
  stackId: string,
  logicalId: string,
): Promise<void> {
  await tx.run(
    'DELETE FROM cloudformation_resources WHERE stack_id = $1 AND logical_id = $2',
    stackId,
    logicalId,
  );
}

/** What waits for its deletion, by numbers that the stack gave. */
export async function listLeftovers(queries: Queries, stackId: string): Promise<StoredLeftover[]> {
  const rows = await queries.all<Row & { readonly number: number }>(
    `SELECT number, body FROM cloudformation_leftovers
     WHERE stack_id = $1 ORDER BY logical_id, number`,
    stackId,
  );
  return rows.map(({ body, number }) => ({ ...(JSON.parse(body) as Leftover), number }));
}

/** Adds to what waits for its deletion. */
export async function addLeftover(
  tx: Transaction,
  stackId: string,
  leftover: Leftover,
): Promise<void> {
  await tx.run(
    `INSERT INTO cloudformation_leftovers (stack_id, number, logical_id, body)
     SELECT $1, COALESCE(MAX(number), 0) + 1, $2, $3
     FROM cloudformation_leftovers WHERE stack_id = $1`,
    stackId,
    leftover.logicalId,
    JSON.stringify(leftover),
  );
}

/** Takes something from what waits for its deletion. */
export async function forgetLeftover(
  tx: Transaction,
  stackId: string,
  { number }: StoredLeftover,
): Promise<void> {
  await tx.run(
    'DELETE FROM cloudformation_leftovers WHERE stack_id = $1 AND number = $2',
    stackId,
    number,
  );
}

/** Writes the next event of a stack. */
export async function addEvent(tx: Transaction, stackId: string, event: StackEvent): Promise<void> {
  await tx.run(
    `INSERT INTO cloudformation_events (stack_id, number, body)
     SELECT $1, COALESCE(MAX(number), 0) + 1, $2 FROM cloudformation_events WHERE stack_id = $1`,
    stackId,
    JSON.stringify(event),
  );
}

/** @param before the number of the event before which to begin; the newest come first */
export async function listEvents(
  queries: Queries,
  stackId: string,
  before: number,
  limit: number,
): Promise<(StackEvent & { readonly number: number })[]> {
  const rows = await queries.all<Row & { readonly number: number }>(
    `SELECT number, body FROM cloudformation_events
     WHERE stack_id = $1 AND number < $2 ORDER BY number DESC LIMIT $3`,
    stackId,
    before,
    limit,
  );
  return rows.map((row) => ({ ...(JSON.parse(row.body) as StackEvent), number: row.number }));
}
