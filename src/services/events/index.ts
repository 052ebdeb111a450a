/** Amazon EventBridge: buses, rules, targets, schedules. */
import { events as model } from '#aws/models/events.gen.ts';
import type { Service } from '#aws/operation.ts';
import { steadyAgenda, type Agenda } from '#ports/peers/agenda.ts';
import type { ResourcePolicies } from '#ports/peers/access-control.ts';
import type { Deliverer } from '#ports/peers/deliverer.ts';
import type { Schema } from '#ports/world/database.ts';
import { createEventsDeliverer } from './delivery.ts';
import type { EventsDependencies } from './dependencies.ts';
import { runSchedules } from './fire-schedules.ts';
import { runAuthorizations } from './authorize.ts';
import * as apiDestinations from './operations/api-destinations.ts';
import * as archives from './operations/archives.ts';
import * as connections from './operations/connections.ts';
import * as buses from './operations/event-buses.ts';
import * as permissions from './operations/permissions.ts';
import { putEvents } from './operations/put-events.ts';
import * as replays from './operations/replays.ts';
import * as rules from './operations/rules.ts';
import * as tags from './operations/tags.ts';
import * as targets from './operations/targets.ts';
import { testEventPattern } from './operations/test-event-pattern.ts';
import { inOwnAccount } from './own-account.ts';
import { BUS_POLICIES, EVENTS_PERMISSIONS } from './permissions.ts';
import { PatternCache } from '#kernel/event-pattern/index.ts';
import { runPosts } from './run-posts.ts';
import { runReplays } from './run-replays.ts';
import { nextPostOfAll } from './store-posts.ts';
import { nextFiringOfAll } from './store-rules.ts';
import { eventsSchema } from './store-schema.ts';
import { createTokens } from './tokens.ts';

export type { EventsDependencies } from './dependencies.ts';

export interface Events {
  readonly service: Service;
  readonly schema: Schema;
  /** Takes whole events for `arn:aws:events:REGION:ACCOUNT:event-bus/NAME`. */
  readonly deliverer: Deliverer;
  /** When the next rule that has a schedule fires, or an API destination is asked. */
  readonly agenda: Agenda;
  /** Buses' policies, where policies are evaluated. */
  readonly resourcePolicies: ResourcePolicies;
  /** Fires schedules, replays archives, asks API destinations, authorizes connections, until the signal aborts. */
  run(signal: AbortSignal): Promise<void>;
}

/** Amazon EventBridge over a database whose schema was migrated. */
export function createEvents(dependencies: EventsDependencies): Events {
  const patterns = new PatternCache();
  const tokens = createTokens(dependencies);
  const nextPostAt = steadyAgenda(dependencies.clock, nextPostOfAll);
  const deliverer = createEventsDeliverer({ ...dependencies, patterns });
  return {
    service: {
      model,
      operations: inOwnAccount(operationsOf(dependencies, patterns)),
      permissions: EVENTS_PERMISSIONS,
    },
    schema: eventsSchema,
    resourcePolicies: BUS_POLICIES,
    deliverer,
    agenda: async (queries) => {
      const [firingMs, postMs] = [await nextFiringOfAll(queries), await nextPostAt(queries)];
      return firingMs === undefined || postMs === undefined
        ? (firingMs ?? postMs)
        : Math.min(firingMs, postMs);
    },
    run: async (signal) => {
      const failing = new AbortController();
      const either = AbortSignal.any([signal, failing.signal]);
      const loops = [
        runSchedules(dependencies, either),
        runReplays({ ...dependencies, patterns }, either),
        runPosts({ ...dependencies, tokens }, either),
        runAuthorizations({ ...dependencies, tokens }, either),
      ];
      try {
        await Promise.all(loops);
      } finally {
        failing.abort();
        await Promise.allSettled(loops);
      }
    },
  };
}

function operationsOf(
  dependencies: EventsDependencies,
  patterns: PatternCache,
): Service['operations'] {
  return {
    CancelReplay: replays.cancelReplay(dependencies),
    CreateApiDestination: apiDestinations.createApiDestination(dependencies),
    CreateArchive: archives.createArchive(dependencies),
    CreateConnection: connections.createConnection(dependencies),
    CreateEventBus: buses.createEventBus(dependencies),
    DeauthorizeConnection: connections.deauthorizeConnection(dependencies),
    DeleteApiDestination: apiDestinations.deleteApiDestination(dependencies),
    DeleteArchive: archives.deleteArchive(dependencies),
    DeleteConnection: connections.deleteConnection(dependencies),
    DeleteEventBus: buses.deleteEventBus(dependencies),
    DeleteRule: rules.deleteRule(dependencies),
    DescribeApiDestination: apiDestinations.describeApiDestination(dependencies),
    DescribeArchive: archives.describeArchive(dependencies),
    DescribeConnection: connections.describeConnection(dependencies),
    DescribeEventBus: buses.describeEventBus(dependencies),
    DescribeReplay: replays.describeReplay(dependencies),
    DescribeRule: rules.describeRule(dependencies),
    DisableRule: rules.disableRule(dependencies),
    EnableRule: rules.enableRule(dependencies),
    ListApiDestinations: apiDestinations.listApiDestinations(dependencies),
    ListArchives: archives.listArchives(dependencies),
    ListConnections: connections.listConnections(dependencies),
    ListEventBuses: buses.listEventBuses(dependencies),
    ListReplays: replays.listReplays(dependencies),
    ListRuleNamesByTarget: targets.listRuleNamesByTarget(dependencies),
    ListRules: rules.listRules(dependencies),
    ListTagsForResource: tags.listTagsForResource(dependencies),
    ListTargetsByRule: targets.listTargetsByRule(dependencies),
    PutEvents: putEvents({ ...dependencies, patterns }),
    PutPermission: permissions.putPermission(dependencies),
    PutRule: rules.putRule(dependencies),
    PutTargets: targets.putTargets(dependencies),
    RemovePermission: permissions.removePermission(dependencies),
    RemoveTargets: targets.removeTargets(dependencies),
    StartReplay: replays.startReplay(dependencies),
    TagResource: tags.tagResource(dependencies),
    TestEventPattern: testEventPattern(),
    UntagResource: tags.untagResource(dependencies),
    UpdateApiDestination: apiDestinations.updateApiDestination(dependencies),
    UpdateArchive: archives.updateArchive(dependencies),
    UpdateConnection: connections.updateConnection(dependencies),
    UpdateEventBus: buses.updateEventBus(dependencies),
  };
}
