/** Keeps an event that is to be sent to an API destination, in the transaction of the event itself. */
import type { Target } from '#aws/models/events.types.gen.ts';
import { SECOND_MS } from '#kernel/units.ts';
import type { DeliveryCheck } from '#ports/peers/deliverer.ts';
import type { Transaction } from '#ports/world/database.ts';
import type { EventsDependencies } from './dependencies.ts';
import { parametersOf } from './http-request.ts';
import { EVENT_AGE_SECONDS_DEFAULT, RETRY_ATTEMPTS_DEFAULT } from './limits.ts';
import type { EventEnvelope, RuleAddress } from './model.ts';
import { POSTS_TOPIC } from './run-posts.ts';
import { apiDestinationOf } from './store-connections.ts';
import { savePost } from './store-posts.ts';

/** Answers `missing` where there is no such destination; it is sent soon after the commit. */
export async function postToDestination(
  { clock, random, wakeups }: Pick<EventsDependencies, 'clock' | 'random' | 'wakeups'>,
  tx: Transaction,
  rule: RuleAddress,
  event: { readonly target: Target; readonly event: EventEnvelope; readonly payload: Uint8Array },
): Promise<DeliveryCheck> {
  const { target, payload } = event;
  if ((await apiDestinationOf(tx, target.Arn)) === undefined) return 'missing';
  const { RetryPolicy, DeadLetterConfig } = target;
  const ageSeconds = RetryPolicy?.MaximumEventAgeInSeconds ?? EVENT_AGE_SECONDS_DEFAULT;
  const deadLetterArn = DeadLetterConfig?.Arn;
  const nowMs = clock.steadyMs();
  const body = {
    rule,
    parameters: parametersOf(target.HttpParameters, event.event),
    acceptedAtMs: nowMs,
    attemptsMax: RetryPolicy?.MaximumRetryAttempts ?? RETRY_ATTEMPTS_DEFAULT,
    ageMsMax: ageSeconds * SECOND_MS,
    ...(deadLetterArn === undefined ? {} : { deadLetterArn }),
  };
  const { accountId, region } = rule;
  const destinationArn = target.Arn;
  const post = { id: random.uuid(), accountId, region, destinationArn, attempts: 0, payload, body };
  await savePost(tx, post, nowMs);
  tx.afterCommit(() => wakeups.notify(POSTS_TOPIC));
  return 'deliverable';
}
