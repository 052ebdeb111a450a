import type {
  DescribeLogGroupsRequest,
  DescribeLogGroupsResponse,
  ListLogGroupsRequest,
  ListLogGroupsResponse,
  LogGroup as DescribedGroup,
} from '#aws/models/logs.types.gen.ts';
import type { Operation, RequestContext } from '#aws/operation.ts';
import type { Queries } from '#ports/world/database.ts';
import type { LogsDependencies } from '../dependencies.ts';
import { prefixAndPattern } from '../errors.ts';
import { DESCRIBE_LIMIT_DEFAULT } from '../limits.ts';
import { groupNameOf, logGroupArn } from '../model.ts';
import type { LogGroup } from '../model.ts';
import { decodeToken, encodeToken } from '../paging.ts';
import { listGroups, measureGroup } from '../store-groups.ts';

const GROUPS_AT_ONCE = 200;

/**
 * A pattern finds names anywhere; its answers lack `storedBytes` and end with a token also on the last page,
 * as `test_describe_log_groups_with_pattern` recorded.
 * @see https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_DescribeLogGroups.html
 */
export function describeLogGroups({
  database,
}: LogsDependencies): Operation<DescribeLogGroupsRequest, DescribeLogGroupsResponse> {
  return (context, input) => {
    const { logGroupNamePrefix = '', logGroupNamePattern: pattern } = input;
    if (logGroupNamePrefix !== '' && pattern !== undefined) throw prefixAndPattern();
    const identifiers = input.logGroupIdentifiers?.map(groupNameOf);
    const isWanted = (group: LogGroup): boolean =>
      group.name.startsWith(logGroupNamePrefix) &&
      group.name.includes(pattern ?? '') &&
      (identifiers?.includes(group.name) ?? true) &&
      group.class === (input.logGroupClass ?? group.class);
    return database.read(async (queries) => {
      const { groups, nextToken } = await page(queries, context, input, isWanted);
      const logGroups: DescribedGroup[] = [];
      for (const group of groups)
        logGroups.push(await describe(queries, group, pattern !== undefined));
      const last = groups.at(-1);
      const token =
        nextToken ??
        (pattern === undefined || !last ? undefined : encodeToken({ name: last.name }));
      return { logGroups, ...(token === undefined ? {} : { nextToken: token }) };
    });
  };
}

/** @see https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_ListLogGroups.html */
export function listLogGroups({
  database,
}: LogsDependencies): Operation<ListLogGroupsRequest, ListLogGroupsResponse> {
  return (context, input) => {
    const alternatives = input.logGroupNamePattern?.split('|') ?? [''];
    const isWanted = ({ name, class: groupClass }: LogGroup): boolean =>
      groupClass === (input.logGroupClass ?? groupClass) &&
      alternatives.some((part) =>
        part.startsWith('^') ? name.startsWith(part.slice(1)) : name.includes(part),
      );
    return database.read(async (queries) => {
      const { groups, nextToken } = await page(queries, context, input, isWanted);
      const logGroups = groups.map((group) => ({
        logGroupName: group.name,
        logGroupArn: logGroupArn(group, group.name),
        logGroupClass: group.class,
      }));
      return { logGroups, ...(nextToken === undefined ? {} : { nextToken }) };
    });
  };
}

async function page(
  queries: Queries,
  context: RequestContext,
  input: { readonly nextToken?: string; readonly limit?: number },
  isWanted: (group: LogGroup) => boolean,
): Promise<{ readonly groups: readonly LogGroup[]; readonly nextToken?: string }> {
  const limit = input.limit ?? DESCRIBE_LIMIT_DEFAULT;
  const groups: LogGroup[] = [];
  let after = input.nextToken === undefined ? '' : decodeToken(input.nextToken).text('name');
  for (;;) {
    const candidates = await listGroups(queries, context, after, GROUPS_AT_ONCE);
    for (const group of candidates.filter(isWanted)) {
      const last = groups.at(-1);
      // One more than asked for tells that there is a next page.
      if (last !== undefined && groups.length === limit)
        return { groups, nextToken: encodeToken({ name: last.name }) };
      groups.push(group);
    }
    const last = candidates.at(-1);
    if (candidates.length < GROUPS_AT_ONCE || last === undefined) return { groups };
    after = last.name;
  }
}

async function describe(
  queries: Queries,
  group: LogGroup,
  isBrief: boolean,
): Promise<DescribedGroup> {
  const { storedBytes, metricFilterCount } = await measureGroup(queries, group.groupId);
  const arn = logGroupArn(group, group.name);
  return {
    logGroupName: group.name,
    creationTime: group.createdAtMs,
    metricFilterCount,
    arn: `${arn}:*`,
    logGroupArn: arn,
    logGroupClass: group.class,
    ...(isBrief ? {} : { storedBytes, deletionProtectionEnabled: group.isProtected }),
    ...(group.retentionDays === undefined ? {} : { retentionInDays: group.retentionDays }),
    ...(group.kmsKeyId === undefined ? {} : { kmsKeyId: group.kmsKeyId }),
  };
}
