import type { Transaction } from '#ports/world/database.ts';
import { invalidParameter, invalidToken } from './errors.ts';
import { subscriptionAddressOf, subscriptionArn, topicAddressOf } from './model.ts';
import { tellOfEnd } from './posts.ts';
import { contextOf, type PublishDependencies } from './publish.ts';
import {
  deleteSubscriptionRow,
  findSubscription,
  findTopic,
  saveSubscription,
  subscriptionsOf,
} from './store.ts';

/**
 * Confirms a subscription by its token; answers its ARN.
 * @throws AwsError InvalidParameter; recorded: `test_sns_confirm_subscription_wrong_token`
 */
export async function confirm(tx: Transaction, topic: string, token: string): Promise<string> {
  const address = topicAddressOf(topic);
  if (!/^[0-9a-f]{192}$/.test(token)) throw invalidToken();
  const subscriptions = await subscriptionsOf(tx, address);
  const found = subscriptions.find((subscription) => subscription.token === token);
  if (found === undefined) throw invalidParameter('Token');
  await saveSubscription(tx, { ...found, isPending: false });
  return subscriptionArn(found);
}

/** Ends a subscription, and tells a web server so; one that is not there is no error. */
export async function endSubscription(
  dependencies: PublishDependencies,
  tx: Transaction,
  arn: string,
): Promise<void> {
  const address = subscriptionAddressOf(arn);
  const known = await findSubscription(tx, address);
  await deleteSubscriptionRow(tx, address);
  const topic = known === undefined ? undefined : await findTopic(tx, known);
  if (known === undefined || topic === undefined) return;
  if (known.isPending || !known.protocol.startsWith('http')) return;
  const signer = await dependencies.signing.open(tx, dependencies.clock.now());
  await tellOfEnd(dependencies, tx, known, contextOf(dependencies, topic, signer));
}
