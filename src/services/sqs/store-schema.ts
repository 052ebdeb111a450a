import type { Schema } from '#ports/world/database.ts';

/** Tables of Amazon SQS. Times are ms since 1970. */
export const sqsSchema: Schema = {
  name: 'sqs',
  steps: [
    `CREATE TABLE sqs_queues (
      queue_id TEXT PRIMARY KEY,
      account_id TEXT NOT NULL,
      region TEXT NOT NULL,
      name TEXT NOT NULL,
      is_fifo INTEGER NOT NULL,
      attributes TEXT NOT NULL,
      tags TEXT NOT NULL,
      created_ms BIGINT NOT NULL,
      modified_ms BIGINT NOT NULL,
      last_sequence BIGINT NOT NULL,
      UNIQUE (account_id, region, name)
    );
    CREATE TABLE sqs_messages (
      queue_id TEXT NOT NULL,
      sequence BIGINT NOT NULL,
      message_id TEXT NOT NULL,
      body TEXT NOT NULL,
      attributes TEXT,
      sender_id TEXT NOT NULL,
      sent_ms BIGINT NOT NULL,
      visible_ms BIGINT NOT NULL,
      receive_count INTEGER NOT NULL,
      first_received_ms BIGINT,
      group_id TEXT,
      deduplication_id TEXT,
      trace_header TEXT,
      dead_letter_source_arn TEXT,
      PRIMARY KEY (queue_id, sequence)
    );
    CREATE INDEX sqs_messages_visible ON sqs_messages (queue_id, visible_ms, sequence);
    CREATE INDEX sqs_messages_group ON sqs_messages (queue_id, group_id, sequence);
    CREATE TABLE sqs_groups (
      queue_id TEXT NOT NULL,
      group_id TEXT NOT NULL,
      head_sequence BIGINT NOT NULL,
      visible_ms BIGINT NOT NULL,
      PRIMARY KEY (queue_id, group_id)
    );
    CREATE INDEX sqs_groups_visible ON sqs_groups (queue_id, visible_ms, head_sequence);
    CREATE TABLE sqs_deduplication (
      queue_id TEXT NOT NULL,
      deduplication_key TEXT NOT NULL,
      message_id TEXT NOT NULL,
      sequence BIGINT NOT NULL,
      expires_ms BIGINT NOT NULL,
      PRIMARY KEY (queue_id, deduplication_key)
    );
    CREATE INDEX sqs_deduplication_expiry ON sqs_deduplication (expires_ms);
    CREATE TABLE sqs_move_tasks (
      task_handle TEXT PRIMARY KEY,
      source_queue_id TEXT NOT NULL,
      source_arn TEXT NOT NULL,
      destination_arn TEXT,
      status TEXT NOT NULL,
      per_second INTEGER,
      moved BIGINT NOT NULL,
      to_move BIGINT NOT NULL,
      started_ms BIGINT NOT NULL,
      failure_reason TEXT
    );
    CREATE INDEX sqs_move_tasks_source ON sqs_move_tasks (source_arn, started_ms)`,
    `ALTER TABLE sqs_move_tasks ADD COLUMN next_ms BIGINT NOT NULL DEFAULT 0;
    CREATE INDEX sqs_move_tasks_queue ON sqs_move_tasks (source_queue_id, started_ms);
    CREATE INDEX sqs_move_tasks_due ON sqs_move_tasks (status, next_ms)`,
    `ALTER TABLE sqs_queues ADD COLUMN message_count BIGINT NOT NULL DEFAULT 0;
    UPDATE sqs_queues SET message_count =
      (SELECT COUNT(*) FROM sqs_messages WHERE sqs_messages.queue_id = sqs_queues.queue_id);
    DROP INDEX sqs_messages_visible;
    CREATE INDEX sqs_messages_visible
      ON sqs_messages (queue_id, visible_ms, sequence, receive_count);
    CREATE INDEX sqs_groups_head ON sqs_groups (queue_id, head_sequence, visible_ms)`,
    `DROP INDEX sqs_messages_group;
    CREATE INDEX sqs_messages_group ON sqs_messages (queue_id, group_id, sequence)
      WHERE group_id IS NOT NULL`,
    `CREATE TABLE sqs_purges (
      queue_id TEXT PRIMARY KEY,
      sequence_max BIGINT NOT NULL,
      asked_ms BIGINT NOT NULL,
      is_done INTEGER NOT NULL
    );
    CREATE TABLE sqs_receive_attempts (
      queue_id TEXT NOT NULL,
      attempt_id TEXT NOT NULL,
      received TEXT NOT NULL,
      expires_ms BIGINT NOT NULL,
      PRIMARY KEY (queue_id, attempt_id)
    );
    CREATE INDEX sqs_receive_attempts_expiry ON sqs_receive_attempts (expires_ms)`,
  ],
};
