import type { Operations } from '#aws/models/lambda.types.gen.ts';

import { describeMapping } from '../model.ts';
import { resultOf } from '../store.ts';
import { loadMapping, type MappingOperationsDependencies } from './dependencies.ts';

/** @see https://docs.aws.amazon.com/lambda/latest/api/API_GetEventSourceMapping.html */
export function getEventSourceMapping({
  database,
  clock,
}: MappingOperationsDependencies): Operations['GetEventSourceMapping'] {
  return (context, { UUID }) =>
    database.read(async (queries) => {
      const steadyMs = clock.steadyMs();
      const mapping = await loadMapping(queries, context, UUID, steadyMs);
      return describeMapping(mapping, steadyMs, await resultOf(queries, mapping));
    });
}
