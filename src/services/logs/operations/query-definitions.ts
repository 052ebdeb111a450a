/** Queries that are saved under a name. @see https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_PutQueryDefinition.html */
import type {
  DeleteQueryDefinitionRequest,
  DeleteQueryDefinitionResponse,
  DescribeQueryDefinitionsRequest,
  DescribeQueryDefinitionsResponse,
  PutQueryDefinitionRequest,
  PutQueryDefinitionResponse,
} from '#aws/models/logs.types.gen.ts';
import type { Operation, Service } from '#aws/operation.ts';
import type { LogsDependencies } from '../dependencies.ts';
import { noQueryDefinition } from '../errors.ts';
import { pageByName } from '../paging.ts';
import { deleteSetting, listSettings, putSetting } from '../store-filters.ts';

type Definition = Omit<PutQueryDefinitionRequest, 'clientToken' | 'queryDefinitionId'>;

/** The operations on them. */
export function queryDefinitionOperations(dependencies: LogsDependencies): Service['operations'] {
  return {
    DeleteQueryDefinition: deleteQueryDefinition(dependencies),
    DescribeQueryDefinitions: describeQueryDefinitions(dependencies),
    PutQueryDefinition: putQueryDefinition(dependencies),
  };
}

function putQueryDefinition({
  database,
  clock,
  random,
}: LogsDependencies): Operation<PutQueryDefinitionRequest, PutQueryDefinitionResponse> {
  return (context, { queryDefinitionId, clientToken: _clientToken, ...settings }) =>
    database.transact(async (tx) => {
      const all = await listSettings<Definition>(tx, context, 'query-definition');
      const isKnown = all.some(({ name }) => name === queryDefinitionId);
      if (queryDefinitionId !== undefined && !isKnown) throw noQueryDefinition();
      const name = queryDefinitionId ?? random.uuid();
      const changedAtMs = Math.floor(clock.now());
      await putSetting(tx, context, 'query-definition', { name, changedAtMs, settings });
      return { queryDefinitionId: name };
    });
}

function describeQueryDefinitions({
  database,
}: LogsDependencies): Operation<DescribeQueryDefinitionsRequest, DescribeQueryDefinitionsResponse> {
  return async (context, { queryDefinitionNamePrefix = '', maxResults, nextToken: token }) => {
    const all = await database.read((queries) =>
      listSettings<Definition>(queries, context, 'query-definition'),
    );
    const wanted = all.filter(({ settings }) =>
      settings.name.startsWith(queryDefinitionNamePrefix),
    );
    const { page, nextToken } = pageByName(wanted, ({ name }) => name, {
      ...(token === undefined ? {} : { nextToken: token }),
      ...(maxResults === undefined ? {} : { limit: maxResults }),
    });
    return {
      queryDefinitions: page.map(({ name, changedAtMs, settings }) => ({
        queryLanguage: 'CWLI',
        ...settings,
        queryDefinitionId: name,
        lastModified: changedAtMs,
        logGroupNames: settings.logGroupNames ?? [],
      })),
      ...(nextToken === undefined ? {} : { nextToken }),
    };
  };
}

function deleteQueryDefinition({
  database,
}: LogsDependencies): Operation<DeleteQueryDefinitionRequest, DeleteQueryDefinitionResponse> {
  return (context, { queryDefinitionId }) =>
    database.transact(async (tx) => {
      const isDeleted = await deleteSetting(tx, context, 'query-definition', queryDefinitionId);
      if (!isDeleted) throw noQueryDefinition();
      return { success: true };
    });
}
