/** The operations on subscription filters. */
import type {
  DeleteSubscriptionFilterRequest,
  DescribeSubscriptionFiltersRequest,
  DescribeSubscriptionFiltersResponse,
  PutSubscriptionFilterRequest,
} from '#aws/models/logs.types.gen.ts';
import type { Operation, RequestContext } from '#aws/operation.ts';
import { parseArn } from '#kernel/arn.ts';
import type { Transaction } from '#ports/world/database.ts';
import { compilePattern } from '../compile-pattern.ts';
import type { LogsDependencies } from '../dependencies.ts';
import {
  lambdaNotPermitted,
  limitExceeded,
  noKinesisStream,
  noSubscriptionFilter,
  reservedLogGroup,
  undeliverable,
} from '../errors.ts';
import { SUBSCRIPTION_FILTERS_MAX } from '../limits.ts';
import type { LogGroup } from '../model.ts';
import { pageByName } from '../paging.ts';
import { deleteFilter, listGroupFilters, listSettings, putFilter } from '../store-filters.ts';
import type { StoredFilter } from '../store-filters.ts';
import { requireGroup } from '../store-groups.ts';
import { controlMessage, subscriptionTarget } from '../subscription.ts';
import type { SubscriptionSettings } from '../subscription.ts';
import type { DestinationSettings } from './destinations.ts';

/** @see https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_PutSubscriptionFilter.html */
export function putSubscriptionFilter(
  dependencies: LogsDependencies,
): Operation<PutSubscriptionFilterRequest, void> {
  const { database, clock } = dependencies;
  return (context, input) => {
    compilePattern(input.filterPattern);
    return database.transact(async (tx) => {
      const group = await requireGroup(tx, context, input.logGroupName);
      const others = (await listGroupFilters(tx, group.groupId)).filter(
        ({ kind, name }) => kind === 'subscription' && name !== input.filterName,
      );
      if (others.length >= SUBSCRIPTION_FILTERS_MAX) throw limitExceeded();
      const targetArn = await targetOf(tx, context, input.destinationArn);
      const settings: SubscriptionSettings = {
        destinationArn: input.destinationArn,
        ...(input.roleArn === undefined ? {} : { roleArn: input.roleArn }),
        distribution: input.distribution ?? 'ByLogStream',
        targetArn,
      };
      await checkTarget(dependencies, tx, group, settings);
      await putFilter(tx, {
        groupId: group.groupId,
        kind: 'subscription',
        name: input.filterName,
        pattern: input.filterPattern,
        createdAtMs: Math.floor(clock.now()),
        settings,
      });
    });
  };
}

/** Where a destination of CloudWatch Logs leads; anything else is its own target. */
async function targetOf(
  tx: Transaction,
  context: RequestContext,
  destinationArn: string,
): Promise<string> {
  const arn = parseArn(destinationArn);
  if (arn?.service !== 'logs') return destinationArn;
  const scope = { accountId: arn.accountId, region: context.region };
  const destinations = await listSettings<DestinationSettings>(tx, scope, 'destination');
  const destination = destinations.find(({ name }) => arn.resource === `destination:${name}`);
  if (destination === undefined) throw undeliverable();
  return destination.settings.targetArn;
}

async function checkTarget(
  { deliverer, clock }: LogsDependencies,
  tx: Transaction,
  group: LogGroup,
  settings: SubscriptionSettings,
): Promise<void> {
  const target = parseArn(settings.targetArn);
  const delivery = subscriptionTarget(settings, group);
  const isOwnLog = target?.resource === group.name.replace(/^\/aws\/lambda\//, 'function:');
  if (target?.service === 'lambda' && isOwnLog) throw reservedLogGroup();
  const isDeliverable = (await deliverer.check(delivery, tx)) === 'deliverable';
  if (target?.service === 'kinesis') {
    if (!isDeliverable) throw noKinesisStream();
    const options = { partitionKey: 'CWL CONTROL MESSAGE' };
    await deliverer.deliver(
      { ...delivery, payload: controlMessage(Math.floor(clock.now())), options },
      tx,
    );
  }
  if (!isDeliverable) throw target?.service === 'lambda' ? lambdaNotPermitted() : undeliverable();
}

/** @see https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_DescribeSubscriptionFilters.html */
export function describeSubscriptionFilters({
  database,
}: LogsDependencies): Operation<
  DescribeSubscriptionFiltersRequest,
  DescribeSubscriptionFiltersResponse
> {
  return (context, input) =>
    database.read(async (queries) => {
      const { groupId } = await requireGroup(queries, context, input.logGroupName);
      const filters = (await listGroupFilters(queries, groupId)).filter(
        ({ kind, name }) =>
          kind === 'subscription' && name.startsWith(input.filterNamePrefix ?? ''),
      );
      const { page, nextToken } = pageByName(filters, ({ name }) => name, input);
      return {
        subscriptionFilters: page.map(describe),
        ...(nextToken === undefined ? {} : { nextToken }),
      };
    });
}

function describe(
  filter: StoredFilter,
): NonNullable<DescribeSubscriptionFiltersResponse['subscriptionFilters']>[number] {
  // The kind of a stored filter says what its settings are.
  const { targetArn: _, ...settings } = filter.settings as SubscriptionSettings;
  return {
    filterName: filter.name,
    logGroupName: filter.groupName,
    filterPattern: filter.pattern,
    ...settings,
    applyOnTransformedLogs: false,
    creationTime: filter.createdAtMs,
  };
}

/** @see https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_DeleteSubscriptionFilter.html */
export function deleteSubscriptionFilter({
  database,
}: LogsDependencies): Operation<DeleteSubscriptionFilterRequest, void> {
  return (context, input) =>
    database.transact(async (tx) => {
      const { groupId } = await requireGroup(tx, context, input.logGroupName);
      if (!(await deleteFilter(tx, groupId, 'subscription', input.filterName)))
        throw noSubscriptionFilter();
    });
}
