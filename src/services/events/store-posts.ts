/** Events on their way to API destinations. A row stays until its event was taken or given up. */
import type { Queries, Transaction } from '#ports/world/database.ts';
import type { RequestParameters } from './http-request.ts';
import type { Place, RuleAddress } from './model.ts';

/** What is known of a post beside its columns. */
export interface PostBody {
  readonly rule: RuleAddress;
  readonly parameters: RequestParameters;
  readonly acceptedAtMs: number;
  readonly attemptsMax: number;
  readonly ageMsMax: number;
  readonly deadLetterArn?: string;
}

export interface Post extends Place {
  readonly id: string;
  readonly destinationArn: string;
  /** How often it was sent, and not taken. */
  readonly attempts: number;
  readonly payload: Uint8Array;
  readonly body: PostBody;
}

interface PostRow {
  readonly id: string;
  readonly account_id: string;
  readonly region: string;
  readonly destination_arn: string;
  readonly attempts: number;
  readonly payload: Uint8Array;
  readonly body: string;
}

/** Adds a post, or replaces the one of its id. @param dueAtMs when it is to be sent, in ms since 1970 */
export async function savePost(tx: Transaction, post: Post, dueAtMs: number): Promise<void> {
  await tx.run(
    `INSERT INTO events_posts
       (id, account_id, region, destination_arn, due_at_ms, attempts, payload, body)
     VALUES ($1, $2, $3, $4, $5, $6, $7, $8)
     ON CONFLICT (id) DO UPDATE SET due_at_ms = excluded.due_at_ms, attempts = excluded.attempts`,
    post.id,
    post.accountId,
    post.region,
    post.destinationArn,
    dueAtMs,
    post.attempts,
    post.payload,
    JSON.stringify(post.body),
  );
}

/** Takes a post off for good. */
export async function deletePost(tx: Transaction, id: string): Promise<void> {
  await tx.run('DELETE FROM events_posts WHERE id = $1', id);
}

export interface PostLane {
  readonly destinationArn: string;
  /** When its first post is due, in ms since 1970. */
  readonly dueAtMs: number;
}

/** The next destination that has posts, in the order of ARNs: one step down the index for each. */
export function postLaneAfter(queries: Queries, arn: string): Promise<PostLane | undefined> {
  return queries.get<PostLane>(
    `SELECT destination_arn AS "destinationArn", due_at_ms AS "dueAtMs" FROM events_posts
     WHERE destination_arn > $1 ORDER BY destination_arn, due_at_ms LIMIT 1`,
    arn,
  );
}

/** A destination's posts that are due, the oldest first. */
export async function duePosts(
  queries: Queries,
  destinationArn: string,
  { nowMs, limit }: { readonly nowMs: number; readonly limit: number },
): Promise<Post[]> {
  const rows = await queries.all<PostRow>(
    `SELECT * FROM events_posts WHERE destination_arn = $1 AND due_at_ms <= $2
     ORDER BY due_at_ms, id LIMIT $3`,
    destinationArn,
    nowMs,
    limit,
  );
  return rows.map((row) => ({
    id: row.id,
    accountId: row.account_id,
    region: row.region,
    destinationArn: row.destination_arn,
    attempts: row.attempts,
    payload: row.payload,
    // What savePost has stored.
    body: JSON.parse(row.body) as PostBody,
  }));
}

/** When the first of all posts is due, in ms since 1970. */
export async function nextPostOfAll(queries: Queries): Promise<number | undefined> {
  const row = await queries.get<{ readonly at: number | null }>(
    'SELECT MIN(due_at_ms) AS at FROM events_posts',
  );
  return row?.at ?? undefined;
}
