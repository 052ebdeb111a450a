import { createHash } from 'node:crypto';
import { present } from '#kernel/assert.ts';
import type { Queries, Transaction } from '#ports/world/database.ts';
import type { Table } from '../tables/table.ts';

/** Where a table is found. */
export interface TableAddress {
  readonly accountId: string;
  readonly region: string;
  readonly name: string;
}

const DEFINITIONS_MAX = 1000;

/**
 * The definitions of tables that were read before, at most `DEFINITIONS_MAX`.
 * I1 The database decides: each use asks it for the version, and only what has changed is read
 * again.
 * I2 A version is a digest of its definition, so that what a failing transaction read does no harm.
 */
export class TableDefinitions {
  readonly #known = new Map<number, { readonly version: string; readonly table: Table }>();

  async find(queries: Queries, address: TableAddress): Promise<Table | undefined> {
    const { accountId, region, name } = address;
    const row = await queries.get<{ number: number; version: string }>(
      'SELECT number, version FROM dynamodb_tables WHERE account_id = $1 AND region = $2 AND name = $3',
      accountId,
      region,
      name,
    );
    if (row === undefined) return undefined;
    const number = row.number;
    const version = row.version;
    const known = this.#known.get(number);
    if (known?.version === version) return known.table;
    const table = await readDefinition(queries, address);
    const [oldest] = this.#known.keys();
    if (this.#known.size >= DEFINITIONS_MAX && oldest !== undefined) this.#known.delete(oldest);
    this.#known.delete(number);
    this.#known.set(number, { version, table });
    return table;
  }
}

async function readDefinition(queries: Queries, address: TableAddress): Promise<Table> {
  const row = await queries.get<{ definition: string }>(
    'SELECT definition FROM dynamodb_tables WHERE account_id = $1 AND region = $2 AND name = $3',
    address.accountId,
    address.region,
    address.name,
  );
  // Only insertTable and updateTable write it.
  return JSON.parse(present(row, 'read in the same snapshot').definition) as Table;
}

/** A number that no table, index or stream has had before. */
export async function takeNumber(tx: Transaction): Promise<number> {
  const row = await tx.get<{ next: number }>(
    'UPDATE dynamodb_numbers SET next = next + 1 WHERE id = 1 RETURNING next',
  );
  return present(row, 'made by the schema').next - 1;
}

function versionOf(definition: string): string {
  return createHash('sha256').update(definition).digest('base64');
}

/** Writes a new definition; the name must be free. */
export async function insertTable(tx: Transaction, table: Table): Promise<void> {
  const definition = JSON.stringify(table);
  await tx.run(
    `INSERT INTO dynamodb_tables (account_id, region, name, number, version, definition, ttl_number)
     VALUES ($1, $2, $3, $4, $5, $6, $7)`,
    table.accountId,
    table.region,
    table.name,
    table.number,
    versionOf(definition),
    definition,
    table.timeToLive?.number ?? null,
  );
}

/** Writes a changed definition; everybody reads it from their next statement on. */
export async function updateTable(tx: Transaction, table: Table): Promise<void> {
  const definition = JSON.stringify(table);
  await tx.run(
    `UPDATE dynamodb_tables SET version = $4, definition = $5, ttl_number = $6
     WHERE account_id = $1 AND region = $2 AND name = $3`,
    table.accountId,
    table.region,
    table.name,
    versionOf(definition),
    definition,
    table.timeToLive?.number ?? null,
  );
}

/** Frees the name; the rows stay for the background to clear. */
export async function deleteTable(tx: Transaction, table: Table): Promise<void> {
  await tx.run(
    'DELETE FROM dynamodb_tables WHERE account_id = $1 AND region = $2 AND name = $3',
    table.accountId,
    table.region,
    table.name,
  );
}

/** Names in their order, after one of them. */
export async function listTableNames(
  queries: Queries,
  address: TableAddress,
  limit: number,
): Promise<readonly string[]> {
  const rows = await queries.all<{ name: string }>(
    `SELECT name FROM dynamodb_tables WHERE account_id = $1 AND region = $2 AND name > $3
     ORDER BY name LIMIT $4`,
    address.accountId,
    address.region,
    address.name,
    limit,
  );
  return rows.map((row) => row.name);
}

/** Number of tables in the account and Region. */
export async function countTables(queries: Queries, address: TableAddress): Promise<number> {
  const row = await queries.get<{ tables: number }>(
    'SELECT COUNT(*) AS tables FROM dynamodb_tables WHERE account_id = $1 AND region = $2',
    address.accountId,
    address.region,
  );
  return row?.tables ?? 0;
}

/** The tables whose items may expire. */
export async function listExpiringTables(queries: Queries): Promise<readonly TableAddress[]> {
  const rows = await queries.all<{ account_id: string; region: string; name: string }>(
    'SELECT account_id, region, name FROM dynamodb_tables WHERE ttl_number IS NOT NULL ORDER BY ttl_number',
  );
  return rows.map(({ account_id, region, name }) => ({ accountId: account_id, region, name }));
}
