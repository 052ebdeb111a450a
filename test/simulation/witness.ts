/** A witness inside the database: triggers note what is taken into the asynchronous queue and what leaves it. */
import type { Database, Schema } from '#ports/world/database.ts';

/** Migrate it after the tables that it watches. */
export const WITNESS_SCHEMA: Schema = {
  name: 'simulation',
  steps: [
    `CREATE TABLE simulation_accepted (id TEXT NOT NULL, function_name TEXT NOT NULL, payload BLOB NOT NULL);
     CREATE TABLE simulation_ended (id TEXT NOT NULL);
     CREATE TRIGGER simulation_accepts AFTER INSERT ON lambda_async_events BEGIN
       INSERT INTO simulation_accepted VALUES (NEW.id, NEW.function_name, NEW.payload);
     END;
     CREATE TRIGGER simulation_ends AFTER DELETE ON lambda_async_events BEGIN
       INSERT INTO simulation_ended VALUES (OLD.id);
     END;
     CREATE TABLE simulation_places (uuid TEXT NOT NULL, shard_id TEXT NOT NULL, place TEXT NOT NULL);
     CREATE TRIGGER simulation_begins_shard AFTER INSERT ON lambda_stream_positions BEGIN
       INSERT INTO simulation_places VALUES (NEW.uuid, NEW.shard_id, NEW.sequence_number);
     END;
     CREATE TRIGGER simulation_goes_on AFTER UPDATE ON lambda_stream_positions BEGIN
       INSERT INTO simulation_places VALUES (NEW.uuid, NEW.shard_id, NEW.sequence_number);
     END;
     CREATE TABLE simulation_gone (queue_id TEXT NOT NULL);
     CREATE TRIGGER simulation_goes AFTER DELETE ON sqs_messages
     WHEN OLD.dead_letter_source_arn IS NOT NULL BEGIN
       INSERT INTO simulation_gone VALUES (OLD.queue_id);
     END;
     CREATE TABLE simulation_moves (source_arn TEXT NOT NULL, count BIGINT NOT NULL);
     CREATE TRIGGER simulation_moves_on AFTER UPDATE ON sqs_move_tasks BEGIN
       INSERT INTO simulation_moves VALUES (NEW.source_arn, NEW.moved - OLD.moved);
     END;`,
  ],
};

/** An event that a committed transaction took in. */
export interface AcceptedEvent {
  readonly id: string;
  readonly functionName: string;
  readonly payload: string;
  /** How often it left the queue for good. */
  readonly ends: number;
}

/** All events that were ever taken in. */
export async function acceptedEvents(database: Database): Promise<readonly AcceptedEvent[]> {
  const rows = await database.read((queries) =>
    queries.all<Omit<AcceptedEvent, 'payload'> & { readonly payload: Uint8Array }>(
      `SELECT id, function_name AS "functionName", payload,
         (SELECT COUNT(*) FROM simulation_ended AS ended WHERE ended.id = accepted.id) AS ends
       FROM simulation_accepted AS accepted ORDER BY id`,
    ),
  );
  return rows.map((row) => ({ ...row, payload: Buffer.from(row.payload).toString() }));
}

/** How many events wait or run. */
export async function queuedEvents(database: Database): Promise<number> {
  const row = await database.read((queries) =>
    queries.get<{ readonly count: number }>('SELECT COUNT(*) AS count FROM lambda_async_events'),
  );
  return row?.count ?? 0;
}

export interface StoredMessage {
  readonly queue: string;
  readonly body: string;
  readonly sequence: number;
  readonly groupId: string | null;
  /** In ms since 1970. */
  readonly sentAtMs: number;
}

/** All messages of some queues, or of all, whether visible or not. */
export async function storedMessages(
  database: Database,
  queues?: readonly string[],
): Promise<readonly StoredMessage[]> {
  return database.read((queries) =>
    queries.all<StoredMessage>(
      `SELECT name AS queue, body, sequence, group_id AS "groupId", sent_ms AS "sentAtMs"
       FROM sqs_messages JOIN sqs_queues USING (queue_id)
       WHERE $1 IS NULL OR name IN (SELECT value FROM json_each($1))
       ORDER BY queue_id, sequence`,
      queues === undefined ? null : JSON.stringify(queues),
    ),
  );
}

/** A place in a shard up to which a mapping had done all, in the order in which they were stored. */
export interface StoredPlace {
  /** The mapping and its shard. */
  readonly reader: string;
  /** A sequence number, or empty for the shard's beginning. */
  readonly place: string;
}

/** All places that mappings ever stored. */
export async function storedPlaces(database: Database): Promise<readonly StoredPlace[]> {
  return database.read((queries) =>
    queries.all<StoredPlace>(
      `SELECT uuid || ' ' || shard_id AS reader, place FROM simulation_places ORDER BY rowid`,
    ),
  );
}
