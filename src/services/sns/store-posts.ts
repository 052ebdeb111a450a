/** What is to be posted to web servers. */
import type { Queries, Transaction } from '#ports/world/database.ts';
import type { Outcome } from './outcome.ts';
import type { RetryPolicy } from './delivery-policy.ts';

export interface Post {
  readonly id: string;
  readonly accountId: string;
  readonly region: string;
  readonly topic: string;
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
  /** What was stored before there were policies has none. */
  readonly retries?: RetryPolicy;
  /** What is told of it when it has ended; none for a letter that begins a subscription. */
  readonly notification?: Outcome['message'];
  /** Where it goes when the server refuses it for good. */
  readonly deadLetterArn?: string;
}

export interface DuePost extends Post {
  readonly attempts: number;
}

/** Keeps a post until it is taken by its endpoint, or given up. */
export async function savePost(tx: Transaction, post: Post, dueMs: number): Promise<void> {
  await tx.run(
    'INSERT INTO sns_posts (id, attempts, due_ms, body) VALUES ($1, 0, $2, $3)',
    post.id,
    dueMs,
    JSON.stringify(post),
  );
}

/** The oldest first. */
export async function duePosts(queries: Queries, nowMs: number, limit: number): Promise<DuePost[]> {
  const rows = await queries.all<{ readonly attempts: number; readonly body: string }>(
    'SELECT attempts, body FROM sns_posts WHERE due_ms <= $1 ORDER BY due_ms, id LIMIT $2',
    nowMs,
    limit,
  );
  // What savePost has stored.
  return rows.map(({ attempts, body }) => ({ ...(JSON.parse(body) as Post), attempts }));
}

/** When the first post is due that is not yet. */
export async function nextPostAfter(queries: Queries, nowMs: number): Promise<number | undefined> {
  const row = await queries.get<{ readonly at: number | null }>(
    'SELECT MIN(due_ms) AS at FROM sns_posts WHERE due_ms > $1',
    nowMs,
  );
  return row?.at ?? undefined;
}

/** When the first post is due; one that is on its way is due since it was. */
export async function nextPostOfAll(queries: Queries): Promise<number | undefined> {
  const sql = 'SELECT MIN(due_ms) AS at FROM sns_posts';
  return (await queries.get<{ readonly at: number | null }>(sql))?.at ?? undefined;
}

/** Lets a post wait for its next attempt. */
export async function retryPost(tx: Transaction, id: string, dueMs: number): Promise<void> {
  await tx.run(
    'UPDATE sns_posts SET attempts = attempts + 1, due_ms = $1 WHERE id = $2',
    dueMs,
    id,
  );
}

/** Forgets a post. */
export async function deletePost(tx: Transaction, id: string): Promise<void> {
  await tx.run('DELETE FROM sns_posts WHERE id = $1', id);
}
