import type { Transaction } from '#ports/world/database.ts';
import { invalidParameter, invalidToken } from './errors.ts';
import { subscriptionAddressOf, subscriptionArn, topicAddressOf } from './model.ts';
import { deleteSubscriptionRow, saveSubscription, subscriptionsOf } from './store.ts';

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

/** A subscription that is not there is no error. */
export async function endSubscription(tx: Transaction, arn: string): Promise<void> {
  await deleteSubscriptionRow(tx, subscriptionAddressOf(arn));
}
