/** What web servers are posted: notifications, and the letters that begin and end a subscription. */
import { utf8 } from '#kernel/bytes.ts';
import type { Transaction } from '#ports/world/database.ts';
import type { SnsDependencies } from './dependencies.ts';
import { effectivePolicy, type EffectivePolicy } from './delivery-policy.ts';
import { confirmation, type EnvelopeContext, type LetterType } from './envelope.ts';
import { subscriptionArn, topicArn, type Subscription } from './model.ts';
import type { Outcome } from './outcome.ts';
import { POSTS_TOPIC } from './post-loop.ts';
import { savePost } from './store-posts.ts';

export interface Letter {
  readonly type: 'Notification' | LetterType;
  readonly messageId: string;
  readonly body: string;
  readonly deadLetterArn?: string;
  readonly policy: EffectivePolicy;
  /** What is told of a notification when its post has ended. */
  readonly notification?: Outcome['message'];
}

/** Stores a post in the caller's transaction, and wakes who posts it. */
export async function postTo(
  { clock, random, wakeups }: SnsDependencies,
  tx: Transaction,
  subscription: Subscription,
  letter: Letter,
): Promise<void> {
  const { accountId, region, topic, endpoint, attributes } = subscription;
  const isRaw = letter.type === 'Notification' && attributes['RawMessageDelivery'] === 'true';
  const post = {
    id: random.uuid(),
    accountId,
    region,
    topic,
    url: endpoint,
    headers: {
      'content-type': letter.policy.requestPolicy.headerContentType,
      'accept-encoding': 'gzip,deflate',
      'user-agent': 'Amazon Simple Notification Service Agent',
      'x-amz-sns-message-type': letter.type,
      'x-amz-sns-message-id': letter.messageId,
      'x-amz-sns-topic-arn': topicArn(subscription),
      ...(letter.type === 'SubscriptionConfirmation'
        ? {}
        : { 'x-amz-sns-subscription-arn': subscriptionArn(subscription) }),
      ...(isRaw ? { 'x-amz-sns-rawdelivery': 'true' } : {}),
    },
    body: letter.body,
    retries: letter.policy.healthyRetryPolicy,
    ...(letter.notification === undefined ? {} : { notification: letter.notification }),
    ...(letter.deadLetterArn === undefined ? {} : { deadLetterArn: letter.deadLetterArn }),
  };
  await savePost(tx, post, clock.steadyMs());
  tx.afterCommit(() => wakeups.notify(POSTS_TOPIC));
}

/** Asks a web server, or whoever reads a queue, to confirm its subscription. */
export async function askForConfirmation(
  dependencies: SnsDependencies,
  tx: Transaction,
  subscription: Subscription,
  context: EnvelopeContext,
): Promise<void> {
  const letter = letterAbout(dependencies, subscription, 'SubscriptionConfirmation', context);
  if (subscription.protocol === 'sqs') {
    await dependencies.deliverer.deliver(
      {
        targetArn: subscription.endpoint,
        sourceArn: topicArn(subscription),
        sourceService: 'sns.amazonaws.com',
        sourceAccountId: subscription.accountId,
        payload: utf8(letter.body),
      },
      tx,
    );
    return;
  }
  await postTo(dependencies, tx, subscription, letter);
}

/** Tells a web server that its subscription has ended. */
export async function tellOfEnd(
  dependencies: SnsDependencies,
  tx: Transaction,
  subscription: Subscription,
  context: EnvelopeContext,
): Promise<void> {
  const letter = letterAbout(dependencies, subscription, 'UnsubscribeConfirmation', context);
  await postTo(dependencies, tx, subscription, letter);
}

function letterAbout(
  { random, clock }: SnsDependencies,
  subscription: Subscription,
  type: LetterType,
  context: EnvelopeContext,
): Letter {
  const policy = effectivePolicy({ attributes: {} }, { attributes: {} });
  const messageId = random.uuid();
  const body = confirmation(subscription, { type, messageId, atMs: clock.now() }, context);
  return { type, messageId, body, policy };
}
