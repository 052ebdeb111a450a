/** The operations on destinations: names for Kinesis streams to which other accounts may subscribe. */
import type {
  DeleteDestinationRequest,
  DescribeDestinationsRequest,
  DescribeDestinationsResponse,
  Destination,
  PutDestinationPolicyRequest,
  PutDestinationRequest,
  PutDestinationResponse,
} from '#aws/models/logs.types.gen.ts';
import type { Operation } from '#aws/operation.ts';
import { formatArn } from '#kernel/arn.ts';
import type { Queries } from '#ports/world/database.ts';
import type { LogsDependencies } from '../dependencies.ts';
import { noDestination } from '../errors.ts';
import type { Scope } from '../model.ts';
import { pageByName } from '../paging.ts';
import { deleteSetting, listSettings, putSetting } from '../store-filters.ts';
import type { StoredSetting } from '../store-filters.ts';

export interface DestinationSettings {
  readonly targetArn: string;
  readonly roleArn: string;
  readonly accessPolicy?: string;
  readonly tags: Readonly<Record<string, string>>;
}

type StoredDestination = StoredSetting<DestinationSettings>;

/** @see https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_PutDestination.html */
export function putDestination({
  database,
  clock,
}: LogsDependencies): Operation<PutDestinationRequest, PutDestinationResponse> {
  return (context, input) =>
    database.transact(async (tx) => {
      const existing = await findDestination(tx, context, input.destinationName);
      const destination: StoredDestination = {
        name: input.destinationName,
        changedAtMs: existing?.changedAtMs ?? Math.floor(clock.now()),
        settings: {
          ...existing?.settings,
          targetArn: input.targetArn,
          roleArn: input.roleArn,
          tags: input.tags ?? existing?.settings.tags ?? {},
        },
      };
      await putSetting(tx, context, 'destination', destination);
      return { destination: describe(context, destination) };
    });
}

/** @see https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_PutDestinationPolicy.html */
export function putDestinationPolicy({
  database,
}: LogsDependencies): Operation<PutDestinationPolicyRequest, void> {
  return (context, input) =>
    database.transact(async (tx) => {
      const existing = await findDestination(tx, context, input.destinationName);
      if (existing === undefined) throw noDestination();
      const settings = { ...existing.settings, accessPolicy: input.accessPolicy };
      await putSetting(tx, context, 'destination', { ...existing, settings });
    });
}

/** @see https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_DescribeDestinations.html */
export function describeDestinations({
  database,
}: LogsDependencies): Operation<DescribeDestinationsRequest, DescribeDestinationsResponse> {
  return (context, input) =>
    database.read(async (queries) => {
      const all = await listSettings<DestinationSettings>(queries, context, 'destination');
      const wanted = all.filter(({ name }) => name.startsWith(input.DestinationNamePrefix ?? ''));
      const { page, nextToken } = pageByName(wanted, ({ name }) => name, input);
      return {
        destinations: page.map((destination) => describe(context, destination)),
        ...(nextToken === undefined ? {} : { nextToken }),
      };
    });
}

/** @see https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_DeleteDestination.html */
export function deleteDestination({
  database,
}: LogsDependencies): Operation<DeleteDestinationRequest, void> {
  return (context, input) =>
    database.transact(async (tx) => {
      if (!(await deleteSetting(tx, context, 'destination', input.destinationName)))
        throw noDestination();
    });
}

/** An account's destination by its name. */
export async function findDestination(
  queries: Queries,
  scope: Scope,
  wanted: string,
): Promise<StoredDestination | undefined> {
  const all = await listSettings<DestinationSettings>(queries, scope, 'destination');
  return all.find(({ name }) => name === wanted);
}

function describe(
  { accountId, region }: Scope,
  { name, changedAtMs, settings }: StoredDestination,
): Destination {
  return {
    destinationName: name,
    targetArn: settings.targetArn,
    roleArn: settings.roleArn,
    ...(settings.accessPolicy === undefined ? {} : { accessPolicy: settings.accessPolicy }),
    arn: formatArn('logs', region, accountId, `destination:${name}`),
    creationTime: changedAtMs,
  };
}
