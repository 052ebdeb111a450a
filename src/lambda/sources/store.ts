/** The tables of event source mappings, and how far each has read its stream. */
import type { Queries, Schema, Transaction } from '#ports/world/database.ts';

import { documentTable } from '../store-documents.ts';
import type { MappingRecord } from './model.ts';

export const SOURCES_SCHEMA: Schema = {
  name: 'lambda-sources',
  steps: [
    `
CREATE TABLE lambda_event_source_mappings (
  account_id TEXT NOT NULL, region TEXT NOT NULL, uuid TEXT NOT NULL,
  event_source_arn TEXT NOT NULL, function_name TEXT NOT NULL, document TEXT NOT NULL,
  PRIMARY KEY (account_id, region, uuid)
);
CREATE TABLE lambda_stream_positions (
  account_id TEXT NOT NULL, region TEXT NOT NULL, uuid TEXT NOT NULL, shard_id TEXT NOT NULL,
  sequence_number TEXT NOT NULL, is_at_end INTEGER NOT NULL, window_state TEXT,
  PRIMARY KEY (account_id, region, uuid, shard_id)
);
CREATE TABLE lambda_event_source_results (
  account_id TEXT NOT NULL, region TEXT NOT NULL, uuid TEXT NOT NULL, result TEXT NOT NULL,
  PRIMARY KEY (account_id, region, uuid)
);
`,
  ],
};

export const mappings = documentTable<MappingRecord>({
  name: 'lambda_event_source_mappings',
  keys: ['uuid'],
  keyOf: (record) => [record.uuid],
  columns: (record) => ({
    event_source_arn: record.eventSourceArn,
    function_name: record.target.functionName,
  }),
});

type MappingKey = Pick<MappingRecord, 'accountId' | 'region' | 'uuid'>;

/** Mappings of all accounts. */
export async function allMappings(queries: Queries): Promise<MappingRecord[]> {
  const rows = await queries.all<{ document: string }>(
    'SELECT document FROM lambda_event_source_mappings ORDER BY account_id, region, uuid',
  );
  return rows.map((row) => JSON.parse(row.document) as MappingRecord); // Only `put` writes them.
}

/** Forgets a mapping, its places in its stream and its last result. */
export async function forgetMapping(tx: Transaction, mapping: MappingKey): Promise<void> {
  const { accountId, region, uuid } = mapping;
  for (const table of ['event_source_mappings', 'stream_positions', 'event_source_results']) {
    await tx.run(
      `DELETE FROM lambda_${table} WHERE account_id = $1 AND region = $2 AND uuid = $3`,
      accountId,
      region,
      uuid,
    );
  }
}

/** How far a mapping has read a shard. */
export interface StreamPosition {
  readonly shardId: string;
  /** All records up to this one are done; empty where none is. */
  readonly sequenceNumber: string;
  /** True where the shard is closed and its last record done. */
  readonly isAtEnd: boolean;
  /** Of a tumbling window that is open, as JSON. */
  readonly windowState?: string;
}

interface PositionRow {
  readonly shard_id: string;
  readonly sequence_number: string;
  readonly is_at_end: number;
  readonly window_state: string | null;
}

/** The mapping's places in all shards that it has begun. */
export async function positionsOf(
  queries: Queries,
  mapping: MappingKey,
): Promise<StreamPosition[]> {
  const rows = await queries.all<PositionRow>(
    'SELECT shard_id, sequence_number, is_at_end, window_state FROM lambda_stream_positions ' +
      'WHERE account_id = $1 AND region = $2 AND uuid = $3',
    mapping.accountId,
    mapping.region,
    mapping.uuid,
  );
  return rows.map((row) => ({
    shardId: row.shard_id,
    sequenceNumber: row.sequence_number,
    isAtEnd: row.is_at_end === 1,
    ...(row.window_state === null ? {} : { windowState: row.window_state }),
  }));
}

/** Writes the mapping's place in a shard. */
export async function putPosition(
  tx: Transaction,
  mapping: MappingKey,
  position: StreamPosition,
): Promise<void> {
  await tx.run(
    `INSERT INTO lambda_stream_positions
       (account_id, region, uuid, shard_id, sequence_number, is_at_end, window_state)
     VALUES ($1, $2, $3, $4, $5, $6, $7)
     ON CONFLICT (account_id, region, uuid, shard_id) DO UPDATE SET
       sequence_number = excluded.sequence_number, is_at_end = excluded.is_at_end,
       window_state = excluded.window_state`,
    mapping.accountId,
    mapping.region,
    mapping.uuid,
    position.shardId,
    position.sequenceNumber,
    position.isAtEnd ? 1 : 0,
    position.windowState ?? null,
  );
}

/** What AWS shows as LastProcessingResult, or `undefined` where nothing was processed yet. */
export async function resultOf(queries: Queries, mapping: MappingKey): Promise<string | undefined> {
  const row = await queries.get<{ result: string }>(
    'SELECT result FROM lambda_event_source_results WHERE account_id = $1 AND region = $2 AND uuid = $3',
    mapping.accountId,
    mapping.region,
    mapping.uuid,
  );
  return row?.result;
}

/** Writes LastProcessingResult. */
export async function putResult(
  tx: Transaction,
  mapping: MappingKey,
  result: string,
): Promise<void> {
  await tx.run(
    `INSERT INTO lambda_event_source_results (account_id, region, uuid, result)
     VALUES ($1, $2, $3, $4) ON CONFLICT (account_id, region, uuid) DO UPDATE SET result = excluded.result`,
    mapping.accountId,
    mapping.region,
    mapping.uuid,
    result,
  );
}
