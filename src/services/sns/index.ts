/** Amazon SNS: topics, subscriptions, notifications. */
import { sns as model } from '#aws/models/sns.gen.ts';
import type { Service } from '#aws/operation.ts';
import type { Deliverer } from '#ports/peers/deliverer.ts';
import type { Schema } from '#ports/world/database.ts';
import { createSnsDeliverer } from './delivery.ts';
import type { SnsDependencies } from './dependencies.ts';
import * as permissions from './operations/permissions.ts';
import * as publishing from './operations/publish.ts';
import * as subscriptions from './operations/subscriptions.ts';
import * as tags from './operations/tags.ts';
import * as topics from './operations/topics.ts';
import { snsSchema } from './store.ts';

export type { SnsDependencies } from './dependencies.ts';

export interface Sns {
  readonly service: Service;
  readonly schema: Schema;
  /** Publishes to `arn:aws:sns:...`. */
  readonly deliverer: Deliverer;
}

/** Amazon SNS over a database whose schema was migrated. */
export function createSns(dependencies: SnsDependencies): Sns {
  const operations: Service['operations'] = {
    AddPermission: permissions.addPermission(dependencies),
    ConfirmSubscription: subscriptions.confirmSubscription(dependencies),
    CreateTopic: topics.createTopic(dependencies),
    DeleteTopic: topics.deleteTopic(dependencies),
    GetSubscriptionAttributes: subscriptions.getSubscriptionAttributes(dependencies),
    GetTopicAttributes: topics.getTopicAttributes(dependencies),
    ListSubscriptions: subscriptions.listSubscriptions(dependencies),
    ListSubscriptionsByTopic: subscriptions.listSubscriptionsByTopic(dependencies),
    ListTagsForResource: tags.listTagsForResource(dependencies),
    ListTopics: topics.listTopics(dependencies),
    Publish: publishing.publish(dependencies),
    PublishBatch: publishing.publishBatch(dependencies),
    RemovePermission: permissions.removePermission(dependencies),
    SetSubscriptionAttributes: subscriptions.setSubscriptionAttributes(dependencies),
    SetTopicAttributes: topics.setTopicAttributes(dependencies),
    Subscribe: subscriptions.subscribe(dependencies),
    TagResource: tags.tagResource(dependencies),
    Unsubscribe: subscriptions.unsubscribe(dependencies),
    UntagResource: tags.untagResource(dependencies),
  };
  return {
    service: { model, operations },
    schema: snsSchema,
    deliverer: createSnsDeliverer(dependencies),
  };
}
