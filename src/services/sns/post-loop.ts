/**
 * Posts to web servers what was committed for them.
 * I1 A post stays in the store until the server took it or refused it for good: after a crash it is posted again.
 * I2 At most POSTS_MAX are on their way, and none twice at the same time: a slow server holds up nobody else.
 */
import { utf8 } from '#kernel/bytes.ts';
import { MINUTE_MS, SECOND_MS } from '#kernel/units.ts';
import { runDueLoop } from '#ports/world/due-loop.ts';
import type { Transaction } from '#ports/world/database.ts';
import type { HttpAnswer, HttpClient } from '#ports/world/http-client.ts';
import { DEFAULT_RETRY_POLICY, retryDelayMs } from './delivery-policy.ts';
import type { SnsDependencies } from './dependencies.ts';
import { deletePost, duePosts, nextPostAfter, retryPost, type DuePost } from './store-posts.ts';
import { topicArn } from './model.ts';
import { tell } from './outcome.ts';
import { findTopic } from './store.ts';

/** This loop is the only one that needs to reach the web. */
export type PostDependencies = SnsDependencies & { readonly http: HttpClient };

export const POSTS_TOPIC = 'sns/posts';
const POSTS_MAX = 100;
/** @see https://docs.aws.amazon.com/sns/latest/dg/sns-message-delivery-retries.html: 15 s to answer */
const ANSWER_MS = 15 * SECOND_MS;

/** Posts until the signal aborts; what is on its way then is posted again by the next server. */
export async function runPosts(dependencies: PostDependencies, signal: AbortSignal): Promise<void> {
  const { clock, wakeups, database } = dependencies;
  const underway = new Map<string, Promise<void>>();
  const failed = new AbortController();
  let failure: unknown;
  const start = (post: DuePost): void => {
    const ended = postOnce(dependencies, post, signal)
      .catch((error: unknown) => {
        if (signal.aborted) return;
        failure = error;
        failed.abort();
      })
      .finally(() => {
        underway.delete(post.id);
        wakeups.notify(POSTS_TOPIC);
      });
    underway.set(post.id, ended);
  };
  await runDueLoop({
    clock,
    wakeups,
    topic: POSTS_TOPIC,
    intervalMs: MINUTE_MS,
    now: () => clock.steadyMs(),
    signal: AbortSignal.any([signal, failed.signal]),
    work: () =>
      database.read(async (queries) => {
        const nowMs = clock.steadyMs();
        for (const post of await duePosts(queries, nowMs, POSTS_MAX + underway.size)) {
          if (underway.size < POSTS_MAX && !underway.has(post.id)) start(post);
        }
        return nextPostAfter(queries, nowMs);
      }),
  });
  await Promise.all(underway.values());
  if (failed.signal.aborted) throw failure;
}

async function postOnce(
  dependencies: PostDependencies,
  post: DuePost,
  signal: AbortSignal,
): Promise<void> {
  const { http, database, clock, deliverer } = dependencies;
  const { url, headers, body } = post;
  const answer = await http.post({ url, headers, body: utf8(body), timeoutMs: ANSWER_MS }, signal);
  const fate = fateOf(answer);
  const delayMs = retryDelayMs(post.retries ?? DEFAULT_RETRY_POLICY, post.attempts + 1);
  await database.transact(async (tx) => {
    if (fate === 'missed' && delayMs !== undefined) {
      await retryPost(tx, post.id, clock.steadyMs() + delayMs);
      return;
    }
    await deletePost(tx, post.id);
    await tellOf(dependencies, tx, post, answer);
    if (fate === 'taken' || post.deadLetterArn === undefined) return;
    await deliverer.deliver(
      {
        targetArn: post.deadLetterArn,
        sourceArn: topicArn(post),
        sourceService: 'sns.amazonaws.com',
        sourceAccountId: post.accountId,
        payload: utf8(body),
      },
      tx,
    );
  });
}

/** Where the topic is gone, nobody wants to know. */
async function tellOf(
  dependencies: PostDependencies,
  tx: Transaction,
  post: DuePost,
  answer: HttpAnswer,
): Promise<void> {
  const topic = await findTopic(tx, post);
  if (post.notification === undefined || topic === undefined) return;
  const isDelivered = fateOf(answer) === 'taken';
  tell(dependencies, tx, topic, {
    protocol: 'http',
    destination: post.url,
    isDelivered,
    statusCode: answer.kind === 'answered' ? answer.status : 0,
    providerResponse: isDelivered ? {} : { ErrorMessage: refusalOf(answer) },
    message: post.notification,
  });
}

function refusalOf(answer: HttpAnswer): string {
  return answer.kind === 'failed' ? answer.reason : `the server answered ${answer.status}`;
}

/** A refusal of the request itself (4xx but 429) is for good; anything else may pass. */
function fateOf(answer: HttpAnswer): 'taken' | 'missed' | 'refused' {
  const status = answer.kind === 'answered' ? answer.status : 0;
  if (status >= 200 && status < 300) return 'taken';
  const isForGood = status >= 400 && status < 500 && status !== 429;
  return isForGood ? 'refused' : 'missed';
}
