import type { ListEventSourceMappingsRequest, Operations } from '#aws/models/lambda.types.gen.ts';
import type { Queries } from '#ports/world/database.ts';

import { pageOf } from '../../control/index.ts';
import { parseFunctionReference } from '../../model/address.ts';
import type { Scope } from '../../model/records.ts';
import { describeMapping, stateOf, type MappingRecord } from '../model.ts';
import { mappings, resultOf } from '../store.ts';
import type { MappingOperationsDependencies } from './dependencies.ts';

const PAGE = { itemsMax: 100, keyParts: 1 };

/** @see https://docs.aws.amazon.com/lambda/latest/api/API_ListEventSourceMappings.html */
export function listEventSourceMappings({
  database,
  clock,
}: MappingOperationsDependencies): Operations['ListEventSourceMappings'] {
  return (context, input) =>
    database.read(async (queries) => {
      const steadyMs = clock.steadyMs();
      const wanted = (await wantedMappings(queries, context, input)).filter(
        (mapping) => stateOf(mapping, steadyMs) !== undefined,
      );
      const page = await pageOf(
        input,
        async ([after = ''], limit) =>
          wanted.filter(({ uuid }) => uuid > String(after)).slice(0, limit),
        ({ uuid }) => [uuid],
        PAGE,
      );
      const described = [];
      for (const mapping of page.items) {
        described.push(describeMapping(mapping, steadyMs, await resultOf(queries, mapping)));
      }
      return { EventSourceMappings: described, ...page.next };
    });
}

async function wantedMappings(
  queries: Queries,
  scope: Scope,
  input: ListEventSourceMappingsRequest,
): Promise<MappingRecord[]> {
  const { EventSourceArn, FunctionName } = input;
  const reference = FunctionName === undefined ? undefined : parseFunctionReference(FunctionName);
  if (FunctionName !== undefined && reference === undefined) return [];
  const all = await mappings.all(queries, { accountId: scope.accountId, region: scope.region });
  return all.filter(
    ({ eventSourceArn, target }) =>
      (EventSourceArn === undefined || eventSourceArn === EventSourceArn) &&
      (reference === undefined ||
        (target.functionName === reference.functionName &&
          target.qualifier === reference.qualifier)),
  );
}
