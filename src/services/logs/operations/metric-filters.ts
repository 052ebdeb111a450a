/** The operations on metric filters. */
import type {
  DeleteMetricFilterRequest,
  DescribeMetricFiltersRequest,
  DescribeMetricFiltersResponse,
  MetricFilter,
  PutMetricFilterRequest,
  TestMetricFilterRequest,
  TestMetricFilterResponse,
} from '#aws/models/logs.types.gen.ts';
import type { Operation } from '#aws/operation.ts';
import { compilePattern } from '../compile-pattern.ts';
import type { LogsDependencies } from '../dependencies.ts';
import { invalidParameter, limitExceeded, noMetricFilter } from '../errors.ts';
import { METRIC_FILTERS_MAX } from '../limits.ts';
import type { MetricSettings } from '../metric-filter.ts';
import { pageByName } from '../paging.ts';
import { deleteFilter, listFilters, listGroupFilters, putFilter } from '../store-filters.ts';
import type { StoredFilter } from '../store-filters.ts';
import { requireGroup } from '../store-groups.ts';

/** @see https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_PutMetricFilter.html */
export function putMetricFilter({
  database,
  clock,
}: LogsDependencies): Operation<PutMetricFilterRequest, void> {
  return (context, input) => {
    compilePattern(input.filterPattern);
    checkTransformations(input);
    return database.transact(async (tx) => {
      const { groupId } = await requireGroup(tx, context, input.logGroupName);
      const others = (await listGroupFilters(tx, groupId)).filter(
        ({ kind, name }) => kind === 'metric' && name !== input.filterName,
      );
      if (others.length >= METRIC_FILTERS_MAX) throw limitExceeded();
      const settings: MetricSettings = {
        metricTransformations: input.metricTransformations,
        applyOnTransformedLogs: input.applyOnTransformedLogs ?? false,
      };
      await putFilter(tx, {
        groupId,
        kind: 'metric',
        name: input.filterName,
        pattern: input.filterPattern,
        createdAtMs: Math.floor(clock.now()),
        settings,
      });
    });
  };
}

function checkTransformations({ metricTransformations }: PutMetricFilterRequest): void {
  for (const { dimensions, defaultValue } of metricTransformations) {
    if (dimensions === undefined || Object.keys(dimensions).length === 0) continue;
    if (Object.keys(dimensions).length > 3) {
      throw invalidParameter('A metric transformation can have at most 3 dimensions.');
    }
    if (defaultValue !== undefined) {
      throw invalidParameter(
        'Invalid metric transformation: dimensions and default value are mutually exclusive properties.',
      );
    }
  }
}

/** @see https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_DescribeMetricFilters.html */
export function describeMetricFilters({
  database,
}: LogsDependencies): Operation<DescribeMetricFiltersRequest, DescribeMetricFiltersResponse> {
  return (context, input) =>
    database.read(async (queries) => {
      if (input.logGroupName !== undefined)
        await requireGroup(queries, context, input.logGroupName);
      const filters = (await listFilters(queries, context, 'metric')).filter((filter) =>
        isWanted(filter, input),
      );
      const { page, nextToken } = pageByName(
        filters,
        ({ groupName, name }) => `${groupName}:${name}`,
        input,
      );
      return {
        metricFilters: page.map(describe),
        ...(nextToken === undefined ? {} : { nextToken }),
      };
    });
}

function isWanted(filter: StoredFilter, input: DescribeMetricFiltersRequest): boolean {
  const { metricTransformations } = settingsOf(filter);
  return (
    filter.groupName === (input.logGroupName ?? filter.groupName) &&
    filter.name.startsWith(input.filterNamePrefix ?? '') &&
    metricTransformations.some(
      ({ metricName, metricNamespace }) =>
        metricName === (input.metricName ?? metricName) &&
        metricNamespace === (input.metricNamespace ?? metricNamespace),
    )
  );
}

/** The kind of a stored filter says what its settings are. */
function settingsOf(filter: StoredFilter): MetricSettings {
  return filter.settings as MetricSettings;
}

function describe(filter: StoredFilter): MetricFilter {
  return {
    filterName: filter.name,
    filterPattern: filter.pattern,
    logGroupName: filter.groupName,
    creationTime: filter.createdAtMs,
    ...settingsOf(filter),
  };
}

/** @see https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_DeleteMetricFilter.html */
export function deleteMetricFilter({
  database,
}: LogsDependencies): Operation<DeleteMetricFilterRequest, void> {
  return (context, input) =>
    database.transact(async (tx) => {
      const { groupId } = await requireGroup(tx, context, input.logGroupName);
      if (!(await deleteFilter(tx, groupId, 'metric', input.filterName))) throw noMetricFilter();
    });
}

/** @see https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_TestMetricFilter.html */
export function testMetricFilter(): Operation<TestMetricFilterRequest, TestMetricFilterResponse> {
  return async (_context, input) => {
    const pattern = compilePattern(input.filterPattern);
    const matches = input.logEventMessages.flatMap((eventMessage, index) => {
      const match = pattern(eventMessage);
      return match === undefined
        ? []
        : [{ eventNumber: index + 1, eventMessage, extractedValues: match.values }];
    });
    return { matches };
  };
}
