/**
 * Metric streams are kept, started and stopped; nothing is sent, for Firehose is not here. @see
 * https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_PutMetricStream.html
 */
import type {
  DeleteMetricStreamInput,
  GetMetricStreamInput,
  GetMetricStreamOutput,
  ListMetricStreamsInput,
  ListMetricStreamsOutput,
  PutMetricStreamInput,
  PutMetricStreamOutput,
  StartMetricStreamsInput,
} from '#aws/models/cloudwatch.types.gen.ts';
import type { Operation, Service } from '#aws/operation.ts';
import { formatArn } from '#kernel/arn.ts';
import type { MetricsDependencies } from '../dependencies.ts';
import { invalidCombination, noMetricStream } from '../errors.ts';
import { METRIC_STREAMS_PER_PAGE } from '../limits.ts';
import { pageByName } from '../paging.ts';
import { metricStreams } from '../store-documents.ts';
import { tagsOf } from './put-alarm.ts';

/** The operations on them. */
export function metricStreamOperations(dependencies: MetricsDependencies): Service['operations'] {
  return {
    PutMetricStream: putMetricStream(dependencies),
    GetMetricStream: getMetricStream(dependencies),
    ListMetricStreams: listMetricStreams(dependencies),
    DeleteMetricStream: deleteMetricStream(dependencies),
    StartMetricStreams: setState(dependencies, 'running'),
    StopMetricStreams: setState(dependencies, 'stopped'),
  };
}

function putMetricStream({
  database,
  clock,
}: MetricsDependencies): Operation<PutMetricStreamInput, PutMetricStreamOutput> {
  return (context, { Tags, ...settings }) => {
    if (settings.IncludeFilters !== undefined && settings.ExcludeFilters !== undefined) {
      throw invalidCombination('IncludeFilters and ExcludeFilters cannot both be specified.');
    }
    const { Name: name } = settings;
    const nowMs = Math.floor(clock.now());
    return database.transact(async (tx) => {
      const existing = await metricStreams.find(tx, context, name);
      const Arn = formatArn(
        'cloudwatch',
        context.region,
        context.accountId,
        `metric-stream/${name}`,
      );
      const body = {
        Arn,
        IncludeLinkedAccountsMetrics: false,
        ...settings,
        State: existing?.body.State ?? 'running',
        CreationDate: existing?.body.CreationDate ?? nowMs,
        LastUpdateDate: nowMs,
      };
      await metricStreams.put(tx, context, { name, body, tags: existing?.tags ?? tagsOf(Tags) });
      return { Arn };
    });
  };
}

function getMetricStream({
  database,
}: MetricsDependencies): Operation<GetMetricStreamInput, GetMetricStreamOutput> {
  return async (context, { Name: name }) => {
    const found = await database.read((queries) => metricStreams.find(queries, context, name));
    if (found === undefined) throw noMetricStream(name);
    return found.body;
  };
}

function listMetricStreams({
  database,
}: MetricsDependencies): Operation<ListMetricStreamsInput, ListMetricStreamsOutput> {
  return async (context, { NextToken, MaxResults: limit = METRIC_STREAMS_PER_PAGE }) => {
    const all = await database.read((queries) => metricStreams.list(queries, context));
    const { page, rest } = pageByName(all, ({ name }) => name, { nextToken: NextToken, limit });
    const entries = page.map(({ body }) => {
      const {
        IncludeFilters: _include,
        ExcludeFilters: _exclude,
        RoleArn: _role,
        StatisticsConfigurations: _statistics,
        IncludeLinkedAccountsMetrics: _linked,
        ...entry
      } = body;
      return entry;
    });
    return { Entries: entries, ...rest };
  };
}

/** One that is not there is no error. */
function deleteMetricStream({
  database,
}: MetricsDependencies): Operation<DeleteMetricStreamInput, Record<string, never>> {
  return (context, { Name }) =>
    database.transact(async (tx) => {
      await metricStreams.delete(tx, context, Name);
      return {};
    });
}

function setState(
  { database, clock }: MetricsDependencies,
  State: 'running' | 'stopped',
): Operation<StartMetricStreamsInput, Record<string, never>> {
  return (context, { Names }) =>
    database.transact(async (tx) => {
      for (const name of Names) {
        const found = await metricStreams.find(tx, context, name);
        if (found === undefined) throw noMetricStream(name);
        const body = { ...found.body, State, LastUpdateDate: Math.floor(clock.now()) };
        await metricStreams.put(tx, context, { ...found, body });
      }
      return {};
    });
}
