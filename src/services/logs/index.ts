/** CloudWatch Logs: groups, streams and events; where functions' lines go. */
import { logs } from '#aws/models/logs.gen.ts';
import type { Service } from '#aws/operation.ts';
import type { ResourcePolicies } from '#ports/peers/access-control.ts';
import type { Deliverer } from '#ports/peers/deliverer.ts';
import type { LogSink } from '#ports/peers/log-sink.ts';
import type { Schema } from '#ports/world/database.ts';
import type { LogsDependencies } from './dependencies.ts';
import { createLogsDeliverer } from './delivery.ts';
import { LiveTails } from './live-tail.ts';
import { BufferingLogSink } from './log-sink.ts';
import * as groupChanges from './operations/change-log-group.ts';
import { createLogGroup } from './operations/create-log-group.ts';
import { describeLogGroups, listLogGroups } from './operations/describe-log-groups.ts';
import { deliveryOperations } from './operations/deliveries.ts';
import * as destinations from './operations/destinations.ts';
import { exportTaskOperations } from './operations/export-tasks.ts';
import { filterLogEvents } from './operations/filter-log-events.ts';
import { getLogEvents } from './operations/get-log-events.ts';
import * as streams from './operations/log-streams.ts';
import * as metricFilters from './operations/metric-filters.ts';
import { putLogEvents } from './operations/put-log-events.ts';
import { queryDefinitionOperations } from './operations/query-definitions.ts';
import { queryOperations } from './operations/queries.ts';
import * as policies from './operations/resource-policies.ts';
import { startLiveTail } from './operations/start-live-tail.ts';
import * as subscriptions from './operations/subscription-filters.ts';
import * as tags from './operations/tags.ts';
import { ExportRunner } from './run-exports.ts';
import { LOGS_PERMISSIONS, LOG_POLICIES } from './permissions.ts';
import { schema } from './store-schema.ts';
import { runSweep } from './sweep.ts';
import { EventWriter } from './write-events.ts';

export type { LogsDependencies } from './dependencies.ts';

export interface Logs {
  readonly service: Service;
  readonly schema: Schema;
  readonly logSink: LogSink;
  /** Takes events for `arn:aws:logs:REGION:ACCOUNT:log-group:NAME`. */
  readonly deliverer: Deliverer;
  /** The account's policies, where policies are evaluated. */
  readonly resourcePolicies: ResourcePolicies;
  /** Clears away what is expired or deleted and carries out exports, until the signal aborts. */
  run(signal: AbortSignal): Promise<void>;
}

/** Makes CloudWatch Logs; nothing runs or is read before it is asked for. */
export function createLogs(dependencies: LogsDependencies): Logs {
  const liveTails = new LiveTails(dependencies.clock);
  const writer = new EventWriter(dependencies, liveTails);
  const exports = new ExportRunner(dependencies);
  return {
    service: {
      model: logs,
      permissions: LOGS_PERMISSIONS,
      operations: {
        ...operationsOf(dependencies, writer, liveTails),
        ...deliveryOperations(dependencies),
        ...exportTaskOperations(dependencies, exports),
        ...queryDefinitionOperations(dependencies),
        ...queryOperations(dependencies),
      },
    },
    schema,
    resourcePolicies: LOG_POLICIES,
    deliverer: createLogsDeliverer(dependencies, writer),
    logSink: new BufferingLogSink(dependencies, writer),
    run: async (signal) => {
      await Promise.all([runSweep(dependencies, signal), exports.run(signal)]);
    },
  };
}

function operationsOf(
  dependencies: LogsDependencies,
  writer: EventWriter,
  liveTails: LiveTails,
): Service['operations'] {
  return {
    AssociateKmsKey: groupChanges.associateKmsKey(dependencies),
    CreateLogGroup: createLogGroup(dependencies),
    CreateLogStream: streams.createLogStream(dependencies),
    DeleteDestination: destinations.deleteDestination(dependencies),
    DeleteLogGroup: groupChanges.deleteLogGroup(dependencies),
    DeleteLogStream: streams.deleteLogStream(dependencies),
    DeleteMetricFilter: metricFilters.deleteMetricFilter(dependencies),
    DeleteResourcePolicy: policies.deleteResourcePolicy(dependencies),
    DeleteRetentionPolicy: groupChanges.deleteRetentionPolicy(dependencies),
    DeleteSubscriptionFilter: subscriptions.deleteSubscriptionFilter(dependencies),
    DescribeDestinations: destinations.describeDestinations(dependencies),
    DescribeLogGroups: describeLogGroups(dependencies),
    DescribeLogStreams: streams.describeLogStreams(dependencies),
    DescribeMetricFilters: metricFilters.describeMetricFilters(dependencies),
    DescribeResourcePolicies: policies.describeResourcePolicies(dependencies),
    DescribeSubscriptionFilters: subscriptions.describeSubscriptionFilters(dependencies),
    DisassociateKmsKey: groupChanges.disassociateKmsKey(dependencies),
    FilterLogEvents: filterLogEvents(dependencies),
    GetLogEvents: getLogEvents(dependencies),
    ListLogGroups: listLogGroups(dependencies),
    ListTagsForResource: tags.listTagsForResource(dependencies),
    ListTagsLogGroup: tags.listTagsLogGroup(dependencies),
    PutDestination: destinations.putDestination(dependencies),
    PutDestinationPolicy: destinations.putDestinationPolicy(dependencies),
    PutLogEvents: putLogEvents(dependencies, writer),
    PutLogGroupDeletionProtection: groupChanges.putLogGroupDeletionProtection(dependencies),
    PutMetricFilter: metricFilters.putMetricFilter(dependencies),
    PutResourcePolicy: policies.putResourcePolicy(dependencies),
    PutRetentionPolicy: groupChanges.putRetentionPolicy(dependencies),
    PutSubscriptionFilter: subscriptions.putSubscriptionFilter(dependencies),
    StartLiveTail: startLiveTail(dependencies, liveTails),
    TagLogGroup: tags.tagLogGroup(dependencies),
    TagResource: tags.tagResource(dependencies),
    TestMetricFilter: metricFilters.testMetricFilter(),
    UntagLogGroup: tags.untagLogGroup(dependencies),
    UntagResource: tags.untagResource(dependencies),
  };
}
