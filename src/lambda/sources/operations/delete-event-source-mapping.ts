import type { Operations } from '#aws/models/lambda.types.gen.ts';

import { describeMapping, stateOf } from '../model.ts';
import { resultOf } from '../store.ts';
import { loadMapping, saveMapping, type MappingOperationsDependencies } from './dependencies.ts';

/**
 * Marks the mapping as being deleted; the loop deletes it once that has settled.
 * @see https://docs.aws.amazon.com/lambda/latest/api/API_DeleteEventSourceMapping.html
 */
export function deleteEventSourceMapping(
  dependencies: MappingOperationsDependencies,
): Operations['DeleteEventSourceMapping'] {
  const { database, clock, settleMs } = dependencies;
  return (context, { UUID }) =>
    database.transact(async (tx) => {
      const steadyMs = clock.steadyMs();
      const current = await loadMapping(tx, context, UUID, steadyMs);
      const result = await resultOf(tx, current);
      if (stateOf(current, steadyMs) === 'Deleting')
        return describeMapping(current, steadyMs, result);
      const phase = { kind: 'Deleting', untilMs: steadyMs + settleMs } as const;
      const mapping = { ...current, phase };
      await saveMapping(dependencies, tx, mapping);
      return describeMapping(mapping, steadyMs, result);
    });
}
