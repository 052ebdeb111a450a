/** Amazon SNS: topics, subscriptions, notifications. */
import { sns as model } from '#aws/models/sns.gen.ts';
import type { HttpSurface, Service } from '#aws/operation.ts';
import { PatternCache } from '#kernel/event-pattern/index.ts';
import type { ResourcePolicies } from '#ports/peers/access-control.ts';
import { steadyAgenda, type Agenda } from '#ports/peers/agenda.ts';
import type { Deliverer } from '#ports/peers/deliverer.ts';
import type { Schema } from '#ports/world/database.ts';
import { createSnsDeliverer } from './delivery.ts';
import type { SnsDependencies } from './dependencies.ts';
import * as protection from './operations/data-protection.ts';
import * as permissions from './operations/permissions.ts';
import * as platforms from './operations/platforms.ts';
import * as publishing from './operations/publish.ts';
import * as sms from './operations/sms.ts';
import * as subscriptions from './operations/subscriptions.ts';
import * as tags from './operations/tags.ts';
import * as topics from './operations/topics.ts';
import { SNS_PERMISSIONS, TOPIC_POLICIES } from './permissions.ts';
import { runPosts } from './post-loop.ts';
import { nextPostOfAll } from './store-posts.ts';
import type { PublishDependencies } from './publish.ts';
import { Signing } from './signing.ts';
import { snsSchema } from './store.ts';
import { createSnsSurface } from './surface.ts';

export type { SnsDependencies } from './dependencies.ts';

export interface Sns {
  readonly service: Service;
  readonly schema: Schema;
  /** Publishes to `arn:aws:sns:...`. */
  readonly deliverer: Deliverer;
  /** Topics' policies, where policies are evaluated. */
  readonly resourcePolicies: ResourcePolicies;
  /** Answers the links in notifications: the certificate, confirmations, ends of subscriptions. */
  readonly surface: HttpSurface;
  /** When the next post is due. */
  readonly agenda: Agenda;
  /** Posts to the endpoints of http and https, until the signal aborts. */
  run(signal: AbortSignal): Promise<void>;
}

/** What a link in a notification does needs no signature: the token or ARN is enough. */
const UNSIGNED = new Set(['ConfirmSubscription', 'Unsubscribe']);

/** Amazon SNS over a database whose schema was migrated. */
export function createSns(given: SnsDependencies): Sns {
  const signing = new Signing();
  const dependencies = { ...given, signing, policies: new PatternCache('sns') };
  return {
    service: {
      model,
      operations: operationsOf(dependencies),
      unsigned: UNSIGNED,
      permissions: SNS_PERMISSIONS,
    },
    schema: snsSchema,
    resourcePolicies: TOPIC_POLICIES,
    deliverer: createSnsDeliverer(dependencies),
    surface: createSnsSurface(dependencies),
    agenda: steadyAgenda(dependencies.clock, async (queries) =>
      given.http === undefined ? undefined : nextPostOfAll(queries),
    ),
    run: async (signal) => {
      const { http } = given;
      if (http !== undefined) await runPosts({ ...dependencies, http }, signal);
    },
  };
}

function operationsOf(dependencies: PublishDependencies): Service['operations'] {
  return {
    AddPermission: permissions.addPermission(dependencies),
    ConfirmSubscription: subscriptions.confirmSubscription(dependencies),
    CreateTopic: topics.createTopic(dependencies),
    DeleteTopic: topics.deleteTopic(dependencies),
    GetDataProtectionPolicy: protection.getDataProtectionPolicy(dependencies),
    GetSubscriptionAttributes: subscriptions.getSubscriptionAttributes(dependencies),
    GetTopicAttributes: topics.getTopicAttributes(dependencies),
    ListSubscriptions: subscriptions.listSubscriptions(dependencies),
    ListSubscriptionsByTopic: subscriptions.listSubscriptionsByTopic(dependencies),
    ListTagsForResource: tags.listTagsForResource(dependencies),
    ListTopics: topics.listTopics(dependencies),
    Publish: publishing.publish(dependencies),
    PublishBatch: publishing.publishBatch(dependencies),
    PutDataProtectionPolicy: protection.putDataProtectionPolicy(dependencies),
    RemovePermission: permissions.removePermission(dependencies),
    SetSubscriptionAttributes: subscriptions.setSubscriptionAttributes(dependencies),
    SetTopicAttributes: topics.setTopicAttributes(dependencies),
    Subscribe: subscriptions.subscribe(dependencies),
    TagResource: tags.tagResource(dependencies),
    Unsubscribe: subscriptions.unsubscribe(dependencies),
    UntagResource: tags.untagResource(dependencies),
    ...mobileOperationsOf(dependencies),
  };
}

/** What leads to telephones: kept and described, never sent. */
function mobileOperationsOf(dependencies: SnsDependencies): Service['operations'] {
  return {
    CheckIfPhoneNumberIsOptedOut: sms.checkIfPhoneNumberIsOptedOut(),
    CreatePlatformApplication: platforms.createPlatformApplication(dependencies),
    CreatePlatformEndpoint: platforms.createPlatformEndpoint(dependencies),
    CreateSMSSandboxPhoneNumber: sms.createSmsSandboxPhoneNumber(dependencies),
    DeleteEndpoint: platforms.deleteEndpoint(dependencies),
    DeletePlatformApplication: platforms.deletePlatformApplication(dependencies),
    DeleteSMSSandboxPhoneNumber: sms.deleteSmsSandboxPhoneNumber(dependencies),
    GetEndpointAttributes: platforms.getEndpointAttributes(dependencies),
    GetPlatformApplicationAttributes: platforms.getPlatformApplicationAttributes(dependencies),
    GetSMSAttributes: sms.getSmsAttributes(dependencies),
    GetSMSSandboxAccountStatus: sms.getSmsSandboxAccountStatus(),
    ListEndpointsByPlatformApplication: platforms.listEndpointsByPlatformApplication(dependencies),
    ListOriginationNumbers: sms.listOriginationNumbers(),
    ListPhoneNumbersOptedOut: sms.listPhoneNumbersOptedOut(),
    ListPlatformApplications: platforms.listPlatformApplications(dependencies),
    ListSMSSandboxPhoneNumbers: sms.listSmsSandboxPhoneNumbers(dependencies),
    OptInPhoneNumber: sms.optInPhoneNumber(),
    SetEndpointAttributes: platforms.setEndpointAttributes(dependencies),
    SetPlatformApplicationAttributes: platforms.setPlatformApplicationAttributes(dependencies),
    SetSMSAttributes: sms.setSmsAttributes(dependencies),
    VerifySMSSandboxPhoneNumber: sms.verifySmsSandboxPhoneNumber(dependencies),
  };
}
