/**
 * Sends to API destinations what was committed for them.
 * I1 A post stays in the store until it was taken or given up: after a crash it is sent again.
 * I2 No destination's posts wait for another's: each is sent at its own rate, with at most LANE_MAX on their way.
 * I3 A post's end and its dead letter are one transaction.
 */
import { MINUTE_MS, SECOND_MS } from '#kernel/units.ts';
import type { Queries } from '#ports/world/database.ts';
import { runDueLoop } from '#ports/world/due-loop.ts';
import type { PostDependencies } from './dependencies.ts';
import { RateLimits } from './rate-limits.ts';
import { sendPost } from './send-post.ts';
import { apiDestinationOf } from './store-connections.ts';
import { duePosts, postLaneAfter, type Post } from './store-posts.ts';

export const POSTS_TOPIC = 'events/posts';
const LANE_MAX = 32;
const UNDERWAY_MAX = 256;

/** Sends until the signal aborts; what is on its way then is sent again by the next server. */
export async function runPosts(dependencies: PostDependencies, signal: AbortSignal): Promise<void> {
  const { clock, wakeups, database } = dependencies;
  const underway = new Underway();
  const limits = new RateLimits(clock);
  const failing = new AbortController();
  const start = (post: Post): void => {
    const ended = sendPost(dependencies, post, signal)
      .catch((error: unknown) => {
        if (!signal.aborted) failing.abort(error);
      })
      .finally(() => {
        underway.leave(post);
        wakeups.notify(POSTS_TOPIC);
      });
    underway.enter(post, ended);
  };
  await runDueLoop({
    clock,
    wakeups,
    topic: POSTS_TOPIC,
    intervalMs: MINUTE_MS,
    now: () => clock.steadyMs(),
    signal: AbortSignal.any([signal, failing.signal]),
    work: async () => {
      const { posts, nextMs } = await database.read((queries) =>
        findDue(queries, { nowMs: clock.steadyMs(), underway, limits }),
      );
      for (const post of posts) start(post);
      return nextMs;
    },
  });
  await underway.settled();
  if (failing.signal.aborted) throw failing.signal.reason;
}

interface Bounds {
  readonly nowMs: number;
  readonly underway: Underway;
  readonly limits: RateLimits;
}

/** What may be sent now, destination by destination, and when there is more. */
async function findDue(
  queries: Queries,
  bounds: Bounds,
): Promise<{ readonly posts: readonly Post[]; readonly nextMs: number }> {
  const posts: Post[] = [];
  let nextMs = Infinity;
  for (let lane = await postLaneAfter(queries, ''); lane;) {
    if (lane.dueAtMs > bounds.nowMs) nextMs = Math.min(nextMs, lane.dueAtMs);
    else {
      const due = await findDueOf(queries, lane.destinationArn, bounds, posts.length);
      posts.push(...due.posts);
      nextMs = Math.min(nextMs, due.nextMs);
    }
    lane = await postLaneAfter(queries, lane.destinationArn);
  }
  return { posts, nextMs };
}

/** @param begun how many posts of other destinations are about to be sent */
async function findDueOf(
  queries: Queries,
  arn: string,
  { nowMs, underway, limits }: Bounds,
  begun: number,
): Promise<{ readonly posts: readonly Post[]; readonly nextMs: number }> {
  const running = underway.of(arn);
  const room = Math.max(0, Math.min(LANE_MAX - running, UNDERWAY_MAX - underway.size - begun));
  const due = await duePosts(queries, arn, { nowMs, limit: room + running });
  const waiting = due.filter((post) => !underway.has(post)).slice(0, room);
  const rate = (await apiDestinationOf(queries, arn))?.ratePerSecond ?? LANE_MAX;
  const taken = limits.take(arn, rate, waiting.length);
  // Without room the end of a post hastens the loop; without a token, time does.
  const isSlowed = taken < waiting.length;
  return {
    posts: waiting.slice(0, taken),
    nextMs: isSlowed ? nowMs + Math.ceil(SECOND_MS / rate) : Infinity,
  };
}

/** Posts on their way, and how many of each destination. */
class Underway {
  readonly #ended = new Map<string, Promise<void>>();
  readonly #counts = new Map<string, number>();

  get size(): number {
    return this.#ended.size;
  }

  has({ id }: Post): boolean {
    return this.#ended.has(id);
  }

  of(destinationArn: string): number {
    return this.#counts.get(destinationArn) ?? 0;
  }

  enter({ id, destinationArn }: Post, ended: Promise<void>): void {
    this.#ended.set(id, ended);
    this.#counts.set(destinationArn, this.of(destinationArn) + 1);
  }

  leave({ id, destinationArn }: Post): void {
    this.#ended.delete(id);
    const left = this.of(destinationArn) - 1;
    if (left > 0) this.#counts.set(destinationArn, left);
    else this.#counts.delete(destinationArn);
  }

  async settled(): Promise<void> {
    await Promise.all(this.#ended.values());
  }
}
