/** Topics and subscriptions on the database: the only SQL of this service. */
import { DAY_MS } from '#kernel/units.ts';
import type { Queries, Schema, SqlValue, Transaction } from '#ports/world/database.ts';
import type { Subscription, SubscriptionAddress, Topic, TopicAddress } from './model.ts';

/** Bodies are JSON of the types in model.ts. */
export const snsSchema: Schema = {
  name: 'sns',
  steps: [
    `CREATE TABLE sns_topics (
      account_id TEXT NOT NULL,
      region TEXT NOT NULL,
      topic TEXT NOT NULL,
      sequence BIGINT NOT NULL,
      body TEXT NOT NULL,
      PRIMARY KEY (account_id, region, topic)
    );
    CREATE TABLE sns_subscriptions (
      account_id TEXT NOT NULL,
      region TEXT NOT NULL,
      topic TEXT NOT NULL,
      id TEXT NOT NULL,
      protocol TEXT NOT NULL,
      endpoint TEXT NOT NULL,
      body TEXT NOT NULL,
      PRIMARY KEY (account_id, region, topic, id)
    );
    CREATE UNIQUE INDEX sns_subscriptions_endpoint
      ON sns_subscriptions (account_id, region, topic, protocol, endpoint);
    CREATE TABLE sns_deduplication (
      account_id TEXT NOT NULL,
      region TEXT NOT NULL,
      topic TEXT NOT NULL,
      deduplication_id TEXT NOT NULL,
      expires_ms BIGINT NOT NULL,
      message_id TEXT NOT NULL,
      sequence_number TEXT NOT NULL,
      PRIMARY KEY (account_id, region, topic, deduplication_id)
    );
    CREATE INDEX sns_deduplication_expires ON sns_deduplication (expires_ms)`,
    `CREATE TABLE sns_signing_key (
      id INTEGER PRIMARY KEY,
      private_key TEXT NOT NULL,
      certificate TEXT NOT NULL
    );
    CREATE TABLE sns_posts (
      id TEXT PRIMARY KEY,
      attempts INTEGER NOT NULL,
      due_ms BIGINT NOT NULL,
      body TEXT NOT NULL
    );
    CREATE INDEX sns_posts_due ON sns_posts (due_ms)`,
    `ALTER TABLE sns_subscriptions ADD COLUMN orphaned_ms BIGINT;
    DROP INDEX sns_subscriptions_endpoint;
    CREATE UNIQUE INDEX sns_subscriptions_endpoint
      ON sns_subscriptions (account_id, region, topic, protocol, endpoint) WHERE orphaned_ms IS NULL;
    CREATE INDEX sns_subscriptions_orphaned
      ON sns_subscriptions (orphaned_ms) WHERE orphaned_ms IS NOT NULL;
    CREATE TABLE sns_applications (
      account_id TEXT NOT NULL,
      region TEXT NOT NULL,
      platform TEXT NOT NULL,
      application TEXT NOT NULL,
      body TEXT NOT NULL,
      PRIMARY KEY (account_id, region, platform, application)
    );
    CREATE TABLE sns_endpoints (
      account_id TEXT NOT NULL,
      region TEXT NOT NULL,
      platform TEXT NOT NULL,
      application TEXT NOT NULL,
      id TEXT PRIMARY KEY,
      token TEXT NOT NULL,
      body TEXT NOT NULL
    );
    CREATE INDEX sns_endpoints_token
      ON sns_endpoints (account_id, region, platform, application, token);
    CREATE TABLE sns_sms_settings (
      account_id TEXT NOT NULL,
      region TEXT NOT NULL,
      body TEXT NOT NULL,
      PRIMARY KEY (account_id, region)
    )`,
  ],
};

interface Row {
  readonly body: string;
}

const OF_TOPIC = 'account_id = $1 AND region = $2 AND topic = $3';

function keyOf({ accountId, region, topic }: TopicAddress): SqlValue[] {
  return [accountId, region, topic];
}

/** The topic of an address, or `undefined`. */
export async function findTopic(
  queries: Queries,
  address: TopicAddress,
): Promise<Topic | undefined> {
  const row = await queries.get<Row>(
    `SELECT body FROM sns_topics WHERE ${OF_TOPIC}`,
    ...keyOf(address),
  );
  // What saveTopic has stored.
  return row && (JSON.parse(row.body) as Topic);
}

/** Adds a topic, or replaces the one of its name. */
export async function saveTopic(tx: Transaction, topic: Topic): Promise<void> {
  await tx.run(
    `INSERT INTO sns_topics (account_id, region, topic, sequence, body) VALUES ($1, $2, $3, 0, $4)
     ON CONFLICT (account_id, region, topic) DO UPDATE SET body = excluded.body`,
    ...keyOf(topic),
    JSON.stringify(topic),
  );
}

/** How long a subscription is told of whose topic was deleted; AWS keeps it for some days. */
const ORPHANED_MS = 3 * DAY_MS;

/** With what it remembers; its subscriptions receive nothing any more. */
export async function deleteTopicRows(
  tx: Transaction,
  address: TopicAddress,
  nowMs: number,
): Promise<void> {
  for (const table of ['sns_deduplication', 'sns_topics']) {
    await tx.run(`DELETE FROM ${table} WHERE ${OF_TOPIC}`, ...keyOf(address));
  }
  await tx.run(
    `UPDATE sns_subscriptions SET orphaned_ms = $4 WHERE ${OF_TOPIC} AND orphaned_ms IS NULL`,
    ...keyOf(address),
    nowMs,
  );
  await tx.run('DELETE FROM sns_subscriptions WHERE orphaned_ms <= $1', nowMs - ORPHANED_MS);
}

/** Topics of an account and Region by name, a page at a time. */
export async function listTopicsOf(
  queries: Queries,
  { accountId, region }: Pick<TopicAddress, 'accountId' | 'region'>,
): Promise<Topic[]> {
  const rows = await queries.all<Row>(
    'SELECT body FROM sns_topics WHERE account_id = $1 AND region = $2 ORDER BY topic',
    accountId,
    region,
  );
  return rows.map(({ body }) => JSON.parse(body) as Topic);
}

/** The next number of a FIFO topic. */
export async function nextSequence(tx: Transaction, address: TopicAddress): Promise<number> {
  const row = await tx.get<{ readonly sequence: number }>(
    `UPDATE sns_topics SET sequence = sequence + 1 WHERE ${OF_TOPIC} RETURNING sequence`,
    ...keyOf(address),
  );
  return row?.sequence ?? 0;
}

/** The subscription of an ARN, also one whose topic is gone, or `undefined`. */
export async function findSubscription(
  queries: Queries,
  address: SubscriptionAddress,
): Promise<Subscription | undefined> {
  const row = await queries.get<Row>(
    `SELECT body FROM sns_subscriptions WHERE ${OF_TOPIC} AND id = $4`,
    ...keyOf(address),
    address.id,
  );
  // What saveSubscription has stored.
  return row && (JSON.parse(row.body) as Subscription);
}

/** Adds a subscription, or replaces the one with its id. */
export async function saveSubscription(tx: Transaction, subscription: Subscription): Promise<void> {
  await tx.run(
    `INSERT INTO sns_subscriptions (account_id, region, topic, id, protocol, endpoint, body)
     VALUES ($1, $2, $3, $4, $5, $6, $7)
     ON CONFLICT (account_id, region, topic, id) DO UPDATE SET body = excluded.body`,
    ...keyOf(subscription),
    subscription.id,
    subscription.protocol,
    subscription.endpoint,
    JSON.stringify(subscription),
  );
}

/** Deletes one subscription. */
export async function deleteSubscriptionRow(
  tx: Transaction,
  address: SubscriptionAddress,
): Promise<void> {
  await tx.run(
    `DELETE FROM sns_subscriptions WHERE ${OF_TOPIC} AND id = $4`,
    ...keyOf(address),
    address.id,
  );
}

/** A topic's subscriptions, in the order of their ids. */
export async function subscriptionsOf(
  queries: Queries,
  address: TopicAddress,
): Promise<Subscription[]> {
  const rows = await queries.all<Row>(
    `SELECT body FROM sns_subscriptions WHERE ${OF_TOPIC} AND orphaned_ms IS NULL ORDER BY id`,
    ...keyOf(address),
  );
  return rows.map(({ body }) => JSON.parse(body) as Subscription);
}

/** All subscriptions of a topic. */
export async function allSubscriptions(
  queries: Queries,
  { accountId, region }: Pick<TopicAddress, 'accountId' | 'region'>,
): Promise<Subscription[]> {
  const rows = await queries.all<Row>(
    `SELECT body FROM sns_subscriptions
     WHERE account_id = $1 AND region = $2 AND orphaned_ms IS NULL ORDER BY topic, id`,
    accountId,
    region,
  );
  return rows.map(({ body }) => JSON.parse(body) as Subscription);
}

/** What a message was answered that had the same deduplication id less than five minutes ago. */
export interface Remembered {
  readonly messageId: string;
  readonly sequenceNumber: string;
}

/** The message that was published with a deduplication id in the last five minutes. */
export async function findRemembered(
  queries: Queries,
  address: TopicAddress,
  deduplicationId: string,
  nowMs: number,
): Promise<Remembered | undefined> {
  const row = await queries.get<{ readonly message_id: string; readonly sequence_number: string }>(
    `SELECT message_id, sequence_number FROM sns_deduplication
     WHERE ${OF_TOPIC} AND deduplication_id = $4 AND expires_ms > $5`,
    ...keyOf(address),
    deduplicationId,
    nowMs,
  );
  return row && { messageId: row.message_id, sequenceNumber: row.sequence_number };
}

/** Remembers, and forgets what is past its time in all topics. */
export async function remember(
  tx: Transaction,
  address: TopicAddress,
  deduplicationId: string,
  {
    messageId,
    sequenceNumber,
    nowMs,
    expiresMs,
  }: Remembered & {
    readonly nowMs: number;
    readonly expiresMs: number;
  },
): Promise<void> {
  await tx.run('DELETE FROM sns_deduplication WHERE expires_ms <= $1', nowMs);
  await tx.run(
    `INSERT INTO sns_deduplication
       (account_id, region, topic, deduplication_id, expires_ms, message_id, sequence_number)
     VALUES ($1, $2, $3, $4, $5, $6, $7)`,
    ...keyOf(address),
    deduplicationId,
    expiresMs,
    messageId,
    sequenceNumber,
  );
}
