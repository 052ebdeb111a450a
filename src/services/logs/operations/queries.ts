/**
 * Queries of Logs Insights. A query is kept when it is started; it runs when its results are asked for, over
 * events whose range its start fixed, so that a server that ends in between loses none.
 */
import type {
  DescribeQueriesRequest,
  DescribeQueriesResponse,
  GetLogGroupFieldsRequest,
  GetLogGroupFieldsResponse,
  GetLogRecordRequest,
  GetLogRecordResponse,
  GetQueryResultsRequest,
  GetQueryResultsResponse,
  ListLogGroupsForQueryRequest,
  ListLogGroupsForQueryResponse,
  StartQueryRequest,
  StartQueryResponse,
  StopQueryRequest,
  StopQueryResponse,
} from '#aws/models/logs.types.gen.ts';
import type { Operation, Service } from '#aws/operation.ts';
import { DAY_MS, MINUTE_MS, SECOND_MS } from '#kernel/units.ts';
import type { Queries, Transaction } from '#ports/world/database.ts';
import type { LogsDependencies } from '../dependencies.ts';
import { invalidParameter, malformedQuery, noQuery, queryIsOver } from '../errors.ts';
import { MalformedQuery, Pipeline, parseQuery } from '../insights/index.ts';
import { QUERY_ROWS_MAX, QUERY_GROUPS_MAX } from '../limits.ts';
import { groupNameOf, requestedGroupName } from '../model.ts';
import type { Scope } from '../model.ts';
import { pageByName } from '../paging.ts';
import { findRecord, runQuery } from '../run-query.ts';
import { deleteSetting, findSetting, listSettings, putSetting } from '../store-filters.ts';
import type { StoredSetting } from '../store-filters.ts';
import { requireGroup } from '../store-groups.ts';

interface QuerySettings {
  readonly groups: readonly string[];
  readonly text: string;
  readonly limit: number;
  readonly fromMs: number;
  readonly toMs: number;
}

/** AWS keeps results for a week. @see https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/AnalyzingLogData.html */
const KEPT_MS = 7 * DAY_MS;

/** @see https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_GetLogGroupFields.html */
const FIELDS_WINDOW_MS = 15 * MINUTE_MS;
const FIELDS_AROUND_MS = 8 * MINUTE_MS;

/** The operations on them. */
export function queryOperations(dependencies: LogsDependencies): Service['operations'] {
  return {
    DescribeQueries: describeQueries(dependencies),
    GetLogGroupFields: getLogGroupFields(dependencies),
    GetLogRecord: getLogRecord(dependencies),
    GetQueryResults: getQueryResults(dependencies),
    ListLogGroupsForQuery: listLogGroupsForQuery(dependencies),
    StartQuery: startQuery(dependencies),
    StopQuery: stopQuery(dependencies),
  };
}

function startQuery({
  database,
  clock,
  random,
}: LogsDependencies): Operation<StartQueryRequest, StartQueryResponse> {
  return (context, input) => {
    const { startTime, endTime, queryString: text, limit = QUERY_ROWS_MAX } = input;
    const groups = groupsOf(input);
    if (input.queryLanguage !== undefined && input.queryLanguage !== 'CWLI') {
      throw invalidParameter(`Query language ${input.queryLanguage} is not supported.`);
    }
    if (endTime < startTime) {
      throw invalidParameter('End time should not be less than start time');
    }
    const nowMs = Math.floor(clock.now());
    check(text);
    return database.transact(async (tx) => {
      for (const name of groups) await requireGroup(tx, context, name);
      await forgetOld(tx, context, nowMs - KEPT_MS);
      const queryId = random.uuid();
      const range = { fromMs: startTime * SECOND_MS, toMs: endTime * SECOND_MS + 999 };
      const settings: QuerySettings = { groups, text, limit, ...range };
      await putSetting(tx, context, 'query', { name: queryId, changedAtMs: nowMs, settings });
      return { queryId };
    });
  };
}

function groupsOf(input: StartQueryRequest): string[] {
  const { logGroupName, logGroupNames, logGroupIdentifiers } = input;
  const given = [
    logGroupName === undefined ? undefined : [logGroupName],
    logGroupNames,
    logGroupIdentifiers,
  ].filter((names) => names !== undefined);
  const [names] = given;
  if (given.length !== 1 || names === undefined || names.length === 0) {
    throw invalidParameter(
      'Exactly one of logGroupName, logGroupNames or logGroupIdentifiers must be specified.',
    );
  }
  if (names.length > QUERY_GROUPS_MAX) {
    throw invalidParameter(`A query can have at most ${QUERY_GROUPS_MAX} log groups.`);
  }
  return names.map(groupNameOf);
}

function check(text: string): void {
  try {
    parseQuery(text);
  } catch (error) {
    if (error instanceof MalformedQuery) throw malformedQuery(error);
    throw error;
  }
}

async function forgetOld(tx: Transaction, scope: Scope, beforeMs: number): Promise<void> {
  const queries = await listSettings<QuerySettings>(tx, scope, 'query');
  for (const { name, changedAtMs } of queries) {
    if (changedAtMs < beforeMs) await deleteSetting(tx, scope, 'query', name);
  }
}

async function requireQuery(
  queries: Queries,
  scope: Scope,
  queryId: string,
): Promise<StoredSetting<QuerySettings>> {
  const found = await findSetting<QuerySettings>(queries, scope, 'query', queryId);
  if (found === undefined) throw noQuery();
  return found;
}

function getQueryResults(
  dependencies: LogsDependencies,
): Operation<GetQueryResultsRequest, GetQueryResultsResponse> {
  return async (context, { queryId }) => {
    const { database } = dependencies;
    const query = await database.read((queries) => requireQuery(queries, context, queryId));
    const { text, groups, fromMs, toMs, limit } = query.settings;
    const pipeline = new Pipeline(parseQuery(text), query.changedAtMs);
    const search = { groups, fromMs, toMs };
    const { scanned, bytes } = await runQuery(dependencies, context, search, pipeline);
    const results = pipeline.results().slice(0, limit);
    return {
      queryLanguage: 'CWLI',
      results: results.map((row) => row.map(([field, value]) => ({ field, value }))),
      statistics: {
        recordsMatched: pipeline.matched,
        recordsScanned: scanned,
        bytesScanned: bytes,
        estimatedRecordsSkipped: 0,
        estimatedBytesSkipped: 0,
        logGroupsScanned: groups.length,
      },
      status: 'Complete',
    };
  };
}

/** A query that was started is as good as complete, and cannot be stopped. */
function stopQuery({ database }: LogsDependencies): Operation<StopQueryRequest, StopQueryResponse> {
  return async (context, { queryId }) => {
    await database.read((queries) => requireQuery(queries, context, queryId));
    throw queryIsOver();
  };
}

function describeQueries({
  database,
}: LogsDependencies): Operation<DescribeQueriesRequest, DescribeQueriesResponse> {
  return async (context, { logGroupName, status = 'Complete', maxResults, nextToken: token }) => {
    const all = await database.read((queries) =>
      listSettings<QuerySettings>(queries, context, 'query'),
    );
    const wanted = all.filter(
      ({ settings }) =>
        status === 'Complete' &&
        (logGroupName === undefined || settings.groups.includes(logGroupName)),
    );
    const { page, nextToken } = pageByName(wanted, ({ name }) => name, {
      ...(token === undefined ? {} : { nextToken: token }),
      ...(maxResults === undefined ? {} : { limit: maxResults }),
    });
    return {
      queries: page.map(({ name, changedAtMs, settings }) => ({
        queryLanguage: 'CWLI',
        queryId: name,
        queryString: sourced(settings),
        status: 'Complete',
        createTime: changedAtMs,
        ...(settings.groups[0] !== undefined && { logGroupName: settings.groups[0] }),
      })),
      ...(nextToken === undefined ? {} : { nextToken }),
    };
  };
}

/** As `test_describe_queries` recorded: `SOURCE "g" START=1000 END=2999 | fields @message`. */
function sourced({ groups, fromMs, toMs, text }: QuerySettings): string {
  const names = groups.map((name) => `"${name}"`).join(', ');
  return `SOURCE ${names} START=${fromMs} END=${toMs} | ${text}`;
}

function getLogRecord(
  dependencies: LogsDependencies,
): Operation<GetLogRecordRequest, GetLogRecordResponse> {
  return async (context, { logRecordPointer }) => {
    const logRecord = await findRecord(dependencies, context, logRecordPointer);
    if (logRecord === undefined) throw invalidParameter('The log record pointer is invalid.');
    return { logRecord };
  };
}

function listLogGroupsForQuery({
  database,
}: LogsDependencies): Operation<ListLogGroupsForQueryRequest, ListLogGroupsForQueryResponse> {
  return async (context, { queryId }) => {
    const query = await database.read((queries) => requireQuery(queries, context, queryId));
    return { logGroupIdentifiers: query.settings.groups };
  };
}

/** How many in a hundred of the last quarter of an hour's events have which field; or of those around a time. */
function getLogGroupFields(
  dependencies: LogsDependencies,
): Operation<GetLogGroupFieldsRequest, GetLogGroupFieldsResponse> {
  return async (context, input) => {
    const { database, clock } = dependencies;
    const name = requestedGroupName(input);
    await database.read((queries) => requireGroup(queries, context, name));
    const nowMs = Math.floor(clock.now());
    const [fromMs, toMs] =
      input.time === undefined
        ? [nowMs - FIELDS_WINDOW_MS, nowMs]
        : [input.time * SECOND_MS - FIELDS_AROUND_MS, input.time * SECOND_MS + FIELDS_AROUND_MS];
    const range = { groups: [name], fromMs, toMs };
    const counts = new Map<string, number>();
    let total = 0;
    const counter = {
      add(fields: ReadonlyMap<string, unknown>): boolean {
        total += 1;
        for (const field of fields.keys()) counts.set(field, (counts.get(field) ?? 0) + 1);
        return true;
      },
    };
    await runQuery(dependencies, context, range, counter);
    const shown = [...counts].filter(([field]) => field !== '@ptr');
    return {
      logGroupFields: shown
        .sort(([a, x], [b, y]) => y - x || (a < b ? -1 : 1))
        .map(([field, count]) => ({ name: field, percent: Math.round((100 * count) / total) })),
    };
  };
}
