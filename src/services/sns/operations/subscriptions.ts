import type { Operations, Subscription as Listed } from '#aws/models/sns.types.gen.ts';
import { parseArn } from '#kernel/arn.ts';
import { confirm, endSubscription } from '../confirm.ts';
import type { SnsDependencies } from '../dependencies.ts';
import { checkEndpoint, isConfirmedAtOnce } from '../endpoint.ts';
import { invalidParameter, noSuchSubscription } from '../errors.ts';
import {
  requestedTopic,
  subscriptionAddressOf,
  subscriptionArn,
  topicArn,
  type Subscription,
} from '../model.ts';
import { pageOf } from '../paging.ts';
import { askForConfirmation } from '../posts.ts';
import { contextOf, type PublishDependencies } from '../publish.ts';
import {
  allSubscriptions,
  findSubscription,
  findTopic,
  saveSubscription,
  subscriptionsOf,
} from '../store.ts';
import {
  checkAttributeName,
  checkSubscriptionAttributes,
  describeSubscription,
  keptSubscriptionAttributes,
} from '../subscription-attributes.ts';
import { requireTopic } from './topics.ts';

const PENDING = 'pending confirmation';

/** An endpoint that is subscribed already is answered, unless with other attributes. */
export function subscribe(dependencies: PublishDependencies): Operations['Subscribe'] {
  const { database, random, clock, signing } = dependencies;
  return async (context, input) => {
    const { Protocol: protocol, Endpoint: endpoint = '' } = input;
    const given = Object.entries(input.Attributes ?? {});
    const kept = Object.fromEntries(given.filter((entry) => !isEmptyPolicy(...entry)));
    const attributes = keptSubscriptionAttributes(kept);
    const address = requestedTopic(context, input.TopicArn);
    const subscription = await database.transact(async (tx) => {
      checkEndpoint(protocol, endpoint, address.topic.endsWith('.fifo'));
      const topic = await requireTopic(tx, address);
      checkSubscriptionAttributes(attributes, { protocol, isAtCreation: true });
      const others = await subscriptionsOf(tx, address);
      const known = others.find(
        (other) => other.protocol === protocol && other.endpoint === endpoint,
      );
      if (known !== undefined) return sameAs(known, attributes);
      const { accountId, region, topic: name } = topic;
      const made: Subscription = {
        accountId,
        region,
        topic: name,
        id: random.uuid(),
        protocol,
        endpoint,
        ownerId: context.accountId,
        principalArn: context.principal.arn,
        isPending: !isConfirmedAtOnce(protocol) || isOthersQueue(context, protocol, endpoint),
        token: Buffer.from(random.bytes(96)).toString('hex'),
        attributes,
      };
      await saveSubscription(tx, made);
      if (made.isPending && (protocol.startsWith('http') || protocol === 'sqs')) {
        const signer = await signing.open(tx, clock.now());
        await askForConfirmation(dependencies, tx, made, contextOf(dependencies, topic, signer));
      }
      return made;
    });
    const isHidden = subscription.isPending && input.ReturnSubscriptionArn !== true;
    return { SubscriptionArn: isHidden ? PENDING : subscriptionArn(subscription) };
  };
}

/** A queue of another account than the subscriber's is asked first. Recorded: `test_confirm_subscription`. */
function isOthersQueue(
  { accountId }: { readonly accountId: string },
  protocol: string,
  endpoint: string,
): boolean {
  return protocol === 'sqs' && parseArn(endpoint)?.accountId !== accountId;
}

function sameAs(known: Subscription, attributes: Readonly<Record<string, string>>): Subscription {
  const isOther = Object.entries(attributes).some(
    ([name, value]) => known.attributes[name] !== value,
  );
  if (!isOther) return known;
  const reason = 'Subscription already exists with different attributes';
  throw invalidParameter(`Attributes Reason: ${reason}`);
}

/** Confirms a subscription by the token that was sent to its endpoint. */
export function confirmSubscription({
  database,
}: SnsDependencies): Operations['ConfirmSubscription'] {
  return async (_context, { TopicArn, Token }) => {
    const SubscriptionArn = await database.transact((tx) => confirm(tx, TopicArn, Token));
    return { SubscriptionArn };
  };
}

/** Ends a subscription. */
export function unsubscribe(dependencies: PublishDependencies): Operations['Unsubscribe'] {
  return async (_context, { SubscriptionArn }) => {
    await dependencies.database.transact((tx) =>
      endSubscription(dependencies, tx, SubscriptionArn),
    );
    return {};
  };
}

/** Tells what is set of a subscription. */
export function getSubscriptionAttributes({
  database,
}: SnsDependencies): Operations['GetSubscriptionAttributes'] {
  return async (_context, { SubscriptionArn }) => {
    const address = subscriptionAddressOf(SubscriptionArn);
    const Attributes = await database.read(async (queries) => {
      const found = await findSubscription(queries, address);
      if (found === undefined) throw noSuchSubscription();
      const topic = await findTopic(queries, found);
      return describeSubscription(found, topic ?? { attributes: {} });
    });
    return { Attributes };
  };
}

/** An empty filter policy, and no value for another attribute, take the attribute away. */
export function setSubscriptionAttributes({
  database,
}: SnsDependencies): Operations['SetSubscriptionAttributes'] {
  return async (_context, { SubscriptionArn, AttributeName: name, AttributeValue: value }) => {
    const address = subscriptionAddressOf(SubscriptionArn);
    await database.transact(async (tx) => {
      const known = await findSubscription(tx, address);
      if (known === undefined) throw noSuchSubscription();
      const { [name]: _old, ...others } = known.attributes;
      const isTaken = value === undefined || value === '' || isEmptyPolicy(name, value);
      const attributes = isTaken ? others : { ...others, [name]: value };
      checkAttributeName(name);
      checkSubscriptionAttributes(attributes, {
        protocol: known.protocol,
        isAtCreation: false,
      });
      await saveSubscription(tx, { ...known, attributes: keptSubscriptionAttributes(attributes) });
    });
    return {};
  };
}

/** A policy without keys filters nothing: it is the same as none. */
function isEmptyPolicy(name: string, value: string): boolean {
  return name === 'FilterPolicy' && /^\s*\{\s*\}\s*$/.test(value);
}

/** Lists an account’s subscriptions, a page at a time. */
export function listSubscriptions({ database }: SnsDependencies): Operations['ListSubscriptions'] {
  return async (context, { NextToken }) => {
    const all = await database.read((queries) => allSubscriptions(queries, context));
    const { page, next } = pageOf(all, ({ topic, id }) => `${topic}:${id}`, NextToken);
    return { Subscriptions: page.map(listed), ...next };
  };
}

/** Lists a topic’s subscriptions, a page at a time. */
export function listSubscriptionsByTopic({
  database,
}: SnsDependencies): Operations['ListSubscriptionsByTopic'] {
  return async (context, { TopicArn, NextToken }) => {
    const address = requestedTopic(context, TopicArn);
    const subscriptions = await database.read(async (queries) => {
      await requireTopic(queries, address);
      return subscriptionsOf(queries, address);
    });
    const { page, next } = pageOf(subscriptions, ({ id }) => id, NextToken);
    return { Subscriptions: page.map(listed), ...next };
  };
}

function listed(subscription: Subscription): Listed {
  return {
    SubscriptionArn: subscription.isPending ? 'PendingConfirmation' : subscriptionArn(subscription),
    Owner: subscription.ownerId,
    Protocol: subscription.protocol,
    Endpoint: subscription.endpoint,
    TopicArn: topicArn(subscription),
  };
}
